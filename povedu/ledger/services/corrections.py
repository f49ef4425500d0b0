"""Taking a voucher back by a counter voucher: asked for by one person, decided by another."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.ledger.choices import CorrectionState
from povedu.ledger.models import Correction, LedgerEntry
from povedu.ledger.services.posting import Leg, check_open, post
from povedu.money import fen
from povedu.scope import Actor

# What is taken back by a counter voucher alone. Payments, gifts and recoveries have rows of their
# own that would go on saying otherwise: they are recovered where they were made.
CORRECTABLE = ("opening:", "receipt:")


def ask_correction(
    *,
    county_code: str,
    transaction_no: int,
    reason: str,
    effective_on: date,
    actor: Actor,
    now: datetime,
    document: str = "",
) -> Correction:
    """Ask for a voucher to be taken back; nothing is posted until somebody else agrees.

    Raises Refusal where there is no such voucher or it is not one to be taken back here, Conflict
    where it is being taken back already.
    """
    if not reason.strip():
        raise Refusal("reason-missing", _("请写明更正理由。"), field="reason")
    _check_correctable(county_code, transaction_no)
    check_open(county_code=county_code, days=[effective_on])
    try:
        with transaction.atomic():
            asked = Correction.objects.create(
                county_code=county_code,
                transaction_no=transaction_no,
                reason=reason[:120],
                document=document[:120],
                effective_on=effective_on,
                asked_by_id=actor.user_id,
                asked_at=now,
            )
            _record("correction.ask", asked, actor, now, reason)
    except IntegrityError as known:
        raise Conflict("correction-known", _("该凭证已在更正或已更正，不能重复办理。")) from known
    return asked


def _check_correctable(county_code: str, transaction_no: int) -> None:
    legs = LedgerEntry.objects.filter(county_code=county_code, transaction_no=transaction_no)
    subjects = set(legs.values_list("subject", flat=True))
    if not subjects:
        raise _no_such_voucher(transaction_no)
    if not all(subject.startswith(CORRECTABLE) for subject in subjects):
        raise Refusal(
            "not-correctable",
            _(
                "%(number)d 号凭证不是资金到账或期初余额，不能在此冲回："
                "已发放的资助请办理追回，捐助请在社会捐助中更正。"
            )
            % {"number": transaction_no},
            field="transaction_no",
        )


def decide_correction(
    *, correction: Correction, approved: bool, actor: Actor, now: datetime, note: str = ""
) -> Correction:
    """Agree to a correction, and post the counter voucher, or turn it down.

    The counter voucher has every leg of the original with the other sign; the original stays. Never
    by who asked for it. Raises Conflict where somebody else has decided.
    """
    if correction.asked_by_id == actor.user_id:
        raise Refusal("maker-is-checker", _("申请人不能审批自己提出的更正，请由他人审批。"))
    new = CorrectionState.POSTED if approved else CorrectionState.REFUSED
    with transaction.atomic():
        held = Correction.objects.select_for_update().filter(
            pk=correction.pk, state=CorrectionState.ASKED
        )
        if not held.exists():
            raise Conflict("correction-moved", _("该更正刚被他人办理，请刷新后核对。"))
        number = None
        if approved:
            posted = post(
                county_code=correction.county_code,
                legs=_counter_legs(correction),
                actor=actor,
                now=now,
                memo=correction.reason,
            )
            number = posted.last_transaction
        held.update(
            state=new,
            decided_by_id=actor.user_id,
            decided_at=now,
            note=note[:120],
            posted_no=number,
        )
        verb = "correction.post" if approved else "correction.refuse"
        _record(verb, correction, actor, now, note or correction.reason)
    correction.refresh_from_db()
    return correction


def _no_such_voucher(transaction_no: int) -> Refusal:
    return Refusal(
        "no-such-voucher",
        _("没有 %(number)d 号凭证，请核对凭证号。") % {"number": transaction_no},
        field="transaction_no",
    )


def _counter_legs(correction: Correction) -> list[Leg]:
    rows = LedgerEntry.objects.filter(
        county_code=correction.county_code, transaction_no=correction.transaction_no
    ).order_by("seq")
    if not rows.exists():
        raise _no_such_voucher(correction.transaction_no)
    memo = _("冲回 %(number)d 号凭证：%(reason)s") % {
        "number": correction.transaction_no,
        "reason": correction.reason,
    }
    return [
        Leg(
            1,
            correction.effective_on,
            row.account,
            -fen(row.amount),
            row.source,
            row.programme_code,
            row.school_code,
            row.term,
            f"correction:{correction.pk}",
            memo[:120],
        )
        for row in rows
    ]


def _record(verb: str, correction: Correction, actor: Actor, now: datetime, reason: str) -> None:
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=correction,
        changes={"transaction_no": ("", correction.transaction_no)},
        reason=reason,
        place=(correction.county_code, ""),
    )
