"""Bringing past payments in as evidence, and withdrawing what proved wrong."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.bulk import insert_rows, reserve_ids
from povedu.errors import Conflict, Refusal
from povedu.identity import normal_name
from povedu.intake.choices import RowChange
from povedu.intake.frame import Frame
from povedu.intake.kinds import Applied, Changes, Context
from povedu.intake.people import valid_ids
from povedu.protected import BankAccount, IdNumber, blind_index
from povedu.scope import Actor
from students.models import Student
from subsidies.models import PastPayment, PastPaymentWithdrawal

_CHUNK = 5000
_FIELDS = (
    *("id", "county", "programme", "programme_as_stated", "term", "period", "amount", "student"),
    *("name", "id_number", "id_index", "school", "school_as_stated", "stage", "tier"),
    *("hardship_as_stated", "account", "account_index", "paid_on", "file_name"),
    *("import_batch_id", "source_sheet", "source_row", "mark", "entered_by", "entered_at"),
)


class Part(NamedTuple):
    """One payment that a row states: a row of a county's workbook states meals beside the aid."""

    at: int
    programme: str
    code: str
    amount: Any
    mark: str


def parts_of(frame: Frame, context: Context) -> list[Part]:
    """Return the payments that the rows state, one for each programme of a row.

    A row that says that nothing was received states none.
    """
    county = context.county_code
    columns = [
        frame.column(name)
        for name in (
            *("programme", "programme_code", "amount", "meals_amount", "is_enjoyed"),
            *("id_number", "name", "school", "period", "paid_on"),
        )
    ]
    parts = []
    for at, row in enumerate(zip(*columns, strict=True)):
        programme, code, amount, meals, enjoyed, *about = row
        stated = [(programme, code, amount)] if amount else []
        if amount is None and enjoyed is not False and (programme or enjoyed):
            stated = [(programme, code, None)]
        if meals:
            stated.append((str(_("营养餐")), "meals", meals))
        number, name, school, period, paid_on = about
        who = number or f"{normal_name(str(name))} {school}"
        for words, meant, money in stated:
            said = [county, who, meant or words, period, str(money or ""), str(paid_on or "")]
            parts.append(Part(at, words, meant, money, blind_index("past", "\0".join(said))))
    return parts


def _known_marks(parts: list[Part], context: Context) -> set[str]:
    county = f"{context.county_code}000000"
    known: set[str] = set()
    marks = sorted({part.mark for part in parts})
    for start in range(0, len(marks), _CHUNK):
        rows = PastPayment.objects.filter(county=county, mark__in=marks[start : start + _CHUNK])
        known.update(rows.values_list("mark", flat=True))
    return known


def classify_history(frame: Frame, context: Context) -> Changes:
    """Return per row whether it states a payment that is not on record yet."""
    parts = parts_of(frame, context)
    known = _known_marks(parts, context)
    new = {part.at for part in parts if part.mark not in known}
    return {
        at: (RowChange.NEW if at in new else RowChange.UNCHANGED, None, None)
        for at in range(len(frame))
    }


def apply_history(frame: Frame, context: Context) -> Applied:
    """Keep what the accepted rows state; a statement already on record stays as it is."""
    parts = parts_of(frame, context)
    known = _known_marks(parts, context)
    fresh: dict[str, Part] = {}
    for part in parts:
        if part.mark not in known:
            fresh.setdefault(part.mark, part)
    ids = reserve_ids(PastPayment, len(fresh))
    insert_rows(
        PastPayment, _FIELDS, _rows(list(zip(ids, fresh.values(), strict=True)), frame, context)
    )
    applied = Applied(new=len({part.at for part in fresh.values()}))
    applied.unchanged = len(frame) - applied.new
    applied.after["payments"] = len(fresh)
    applied.targets = {
        part.at: (RowChange.NEW, pk) for pk, part in zip(ids, fresh.values(), strict=True)
    }
    return applied


def _rows(
    parts: Iterable[tuple[int, Part]], frame: Frame, context: Context
) -> Iterator[tuple[Any, ...]]:
    indexes = [blind_index(IdNumber.kind, number) for number in valid_ids(frame)]
    students = students_by_index(indexes, context.county_code)
    programmes = context.lookups["programme_by_code"]
    schools = {code: school.pk for code, school in context.lookups["names"][""].by_code.items()}
    county = f"{context.county_code}000000"

    def text(name: str, at: int, length: int) -> str:
        return str(frame.column(name)[at] or "")[:length]

    for pk, part in parts:
        at = part.at
        sheet, row = frame.places[at]
        period, account = str(frame.column("period")[at]), text("bank_account", at, 40)
        student = students.get(indexes[at])
        yield (
            *(pk, county, programmes.get(part.code), part.programme[:80]),
            *(frame.column("term")[at], period, part.amount, student and student[0]),
            *(text("name", at, 40), text("id_number", at, 40), indexes[at]),
            *(schools.get(frame.column("school_code")[at]), text("school", at, 80)),
            *(text("stage", at, 20), text("tier", at, 20), text("hardship", at, 60)),
            *(account, blind_index(BankAccount.kind, account), frame.column("paid_on")[at]),
            *(context.file_name[:120], context.batch_id, frame.sheets[sheet][:60], row + 1),
            *(part.mark, context.actor.user_id, context.now),
        )


def students_by_index(indexes: Iterable[str], county_code: str) -> dict[str, tuple[int, str]]:
    """Return (key, name in normal form) of the confirmed students of a county by number."""
    wanted = sorted({index for index in indexes if index})
    found: dict[str, tuple[int, str]] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = Student.objects.filter(
            county=f"{county_code}000000",
            identity_confirmed=True,
            id_index__in=wanted[start : start + _CHUNK],
        )
        found.update(
            (index, (pk, name))
            for pk, index, name in rows.values_list("pk", "id_index", "normal_name")
        )
    return found


def withdraw_past_payment(
    *, past_payment: PastPayment, reason: str, actor: Actor, now: datetime
) -> PastPaymentWithdrawal:
    """Say that a record is not to be believed, and why; it then keeps nobody from being paid.

    Whoever entered the record does not withdraw it as well.
    """
    if not reason.strip():
        raise Refusal("reason-missing", _("请写明原因。"), field="reason")
    if past_payment.entered_by_id == actor.user_id:
        raise Refusal("same-person", _("登记人不能自己撤下记录，请由他人办理。"))
    try:
        with transaction.atomic():
            withdrawal = PastPaymentWithdrawal.objects.create(
                past_payment=past_payment,
                reason=reason[:200],
                withdrawn_by_id=actor.user_id,
                withdrawn_at=now,
            )
            record(
                actor=actor,
                now=now,
                verb="history.withdraw",
                subject=past_payment,
                reason=reason,
                place=(past_payment.county_id, ""),
            )
    except IntegrityError as known:
        raise Conflict("withdrawn", _("该记录已由他人撤下，请刷新后查看。")) from known
    return withdrawal
