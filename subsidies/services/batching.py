"""Making a batch: what is due, to which card, from which source."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, cast

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from povedu.bulk import insert_rows
from povedu.errors import Conflict, Refusal
from povedu.money import fen, yuan
from povedu.protected import BankAccount
from povedu.scope import Actor
from povedu.terms import Term
from students.choices import PayeeRelation
from subsidies.choices import AwardState, PayeeKind, PaymentState
from subsidies.models import (
    AwardSource,
    DisbursementBatch,
    Instalment,
    Payment,
    PaymentSource,
    Programme,
)
from subsidies.rules.bank_lines import can_hold
from subsidies.rules.instalments import spread
from subsidies.selectors.history import paid_before
from subsidies.selectors.payment_rules import rules_of
from subsidies.selectors.payments import approved_accounts, due_instalments
from subsidies.services.disbursement import recorded, tally
from subsidies.services.holding import hold_programme
from subsidies.services.numbers import next_number

_PAYMENT_FIELDS = (
    "instalment",
    "attempt",
    "batch",
    "line_no",
    "amount",
    "payee_kind",
    "payee_name",
    "bank_name",
    "account",
    "account_index",
    "state",
    "return_reason",
)


class _Payee(NamedTuple):
    """Who gets a line."""

    kind: str
    name: str
    bank: str
    account: BankAccount
    account_index: str


class _Due(NamedTuple):
    """A due instalment with what a line needs."""

    instalment_id: int
    amount: Decimal
    period: str
    award_id: int
    student_id: int
    school: str


def make_batch(
    *,
    programme: Programme,
    term: Term,
    actor: Actor,
    now: datetime,
    due_by: date | None = None,
    title: str = "",
    students: Collection[int] | None = None,
) -> DisbursementBatch:
    """Put every instalment that is due and can be paid into a new batch, set-wise.

    Left out (and listed by ``selectors.payments.due_problems``): no approved card, identity not
    confirmed, paid before by another system, a name that the county's bank file cannot hold. An
    instalment that came back goes out as a new attempt. ``students`` narrows the batch to these
    children (a back-pay). Raises Refusal where nothing is due, Conflict where somebody else has
    just batched the same.
    """
    today = timezone.localtime(now).date()
    try:
        with transaction.atomic():
            programme = hold_programme(programme.pk)
            lines = _payable(programme, term, due_by or today, students)
            if not lines:
                raise Refusal("nothing-due", _("没有到期且可发放的款项；请查看不能发放的原因。"))
            batch = DisbursementBatch.objects.create(
                number=next_number(DisbursementBatch, "FF", programme.county_id, today),
                programme=programme,
                term=term.code,
                title=(title or f"{programme.name} {term.label}")[:80],
                made_by_id=actor.user_id,
                made_at=now,
            )
            _write_payments(programme, batch, lines)
            tally(batch)
            recorded("batch.make", batch, actor, now, count=batch.payments_count)
    except IntegrityError as clash:
        raise Conflict("batch-raced", _("同样的款项刚被他人编入批次，请刷新后重试。")) from clash
    return batch


def _payable(
    programme: Programme, term: Term, due_by: date, students: Collection[int] | None
) -> list[tuple[_Due, _Payee]]:
    found = due_instalments(programme, term.code, due_by)
    if students is not None:
        found = found.filter(award__student_id__in=students)
    rows = (
        found.filter(award__student__identity_confirmed=True)
        .exclude(award__student__in=paid_before(programme, term))
        .order_by("award__school__code", "award__grade", "award__class_name", "award_id", "period")
        .values_list(
            "pk",
            "amount",
            "period",
            "award_id",
            "award__student_id",
            Coalesce("school__name", "award__school__name"),
        )
    )
    due = [_Due(*row) for row in rows]
    if programme.payee_kind == PayeeKind.SCHOOL:
        nothing = BankAccount("")
        return [(one, _Payee(PayeeKind.SCHOOL, one.school, "", nothing, "")) for one in due]
    cards = _cards(programme) if due else {}
    encoding = rules_of(programme.county_id).encoding
    return [
        (one, payee)
        for one in due
        if (payee := cards.get(one.student_id)) and can_hold(payee.name, encoding)
    ]


def _cards(programme: Programme) -> dict[int, _Payee]:
    rows = approved_accounts(programme).values_list(
        "student_id", "relation", "payee_name", "bank_name", "account", "account_index"
    )
    return {
        student: _Payee(
            PayeeKind.STUDENT if relation == PayeeRelation.SELF else PayeeKind.GUARDIAN,
            name,
            bank,
            cast("BankAccount", account),
            account_index,
        )
        for student, relation, name, bank, account, account_index in rows
    }


def _write_payments(
    programme: Programme, batch: DisbursementBatch, lines: Sequence[tuple[_Due, _Payee]]
) -> None:
    attempts = dict(
        Payment.objects.filter(
            instalment__award__programme=programme, instalment__award__term=batch.term
        )
        .order_by("instalment_id")
        .values_list("instalment_id")
        .annotate(last=Max("attempt"))
    )
    insert_rows(
        Payment,
        _PAYMENT_FIELDS,
        (
            (
                due.instalment_id,
                attempts.get(due.instalment_id, 0) + 1,
                batch.pk,
                number,
                due.amount,
                payee.kind,
                payee.name,
                payee.bank,
                payee.account,
                payee.account_index,
                PaymentState.PENDING,
                "",
            )
            for number, (due, payee) in enumerate(lines, start=1)
        ),
    )
    numbers = dict(Payment.objects.filter(batch=batch).values_list("instalment_id", "pk"))
    shares = _shares(programme, batch.term, [due for due, _payee in lines])
    insert_rows(
        PaymentSource,
        ("payment", "source", "amount"),
        (
            (numbers[due.instalment_id], source, yuan(amount))
            for due, _payee in lines
            for source, amount in shares[due.instalment_id]
        ),
    )


def _shares(
    programme: Programme, term: str, due: Sequence[_Due]
) -> dict[int, list[tuple[str, int]]]:
    """Return which source pays how much of each instalment, the same however often it is asked."""
    sources: dict[int, list[tuple[str, int]]] = defaultdict(list)
    rows = AwardSource.objects.filter(
        award__programme=programme, award__term=term, award__state=AwardState.GRANTED
    )
    for award, source, amount in rows.order_by("award_id", "pk").values_list(
        "award_id", "source", "amount"
    ):
        sources[award].append((source, fen(amount)))
    parts = _parts_of(programme, term, {one.award_id for one in due})
    found: dict[int, list[tuple[str, int]]] = {}
    for award, own in parts.items():
        split = spread([amount for _pk, amount in own], sources[award])
        found.update(zip((pk for pk, _amount in own), split, strict=True))
    return found


def _parts_of(
    programme: Programme, term: str, awards: set[int]
) -> Mapping[int, list[tuple[int, int]]]:
    """Return all instalments of the awards, paid or not, in order of their periods."""
    parts: dict[int, list[tuple[int, int]]] = defaultdict(list)
    rows = Instalment.objects.filter(
        award__programme=programme, award__term=term, award__state=AwardState.GRANTED
    )
    for award, pk, amount in rows.order_by("award_id", "period").values_list(
        "award_id", "pk", "amount"
    ):
        if award in awards:
            parts[award].append((pk, fen(amount)))
    return parts
