"""Contracts of origin-place loans one by one: entered, renewed, granted, moved on; the caps."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.protected import IdNumber, Phone
from povedu.scope import Actor
from povedu.terms import Term
from schools.models import Division
from students.models import Student
from subsidies.choices import LoanState
from subsidies.models import Loan, LoanCap
from subsidies.rules.loans import LONGEST_YEARS, cap_of, is_too_long, next_states
from subsidies.selectors.loans import caps_of


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """What a contract says about its year; ``amount`` in yuan."""

    contract_no: str
    academic_year: int
    college: str
    level: str
    amount: Decimal
    bank: str = ""
    over_cap_reason: str = ""


@dataclass(frozen=True, slots=True)
class Borrower:
    """Who borrows, and who answers for it."""

    name: str
    id_number: IdNumber
    co_borrower_name: str = ""
    co_borrower_relation: str = ""
    co_borrower_id_number: IdNumber | None = None
    phone: Phone | None = None


def enter_loan(
    *, county: Division, terms: LoanTerms, borrower: Borrower, actor: Actor, now: datetime
) -> Loan:
    """Enter a first contract; an amount above the year's cap needs a reason and is marked."""
    co_number = borrower.co_borrower_id_number or IdNumber("")
    index = borrower.id_number.index
    if co_number.reveal() and co_number.index == index:
        raise Refusal(
            "co-borrower-same",
            _("共同借款人与借款人是同一人，请核对。"),
            field="co_borrower_id_number",
        )
    loan = Loan(
        county=county,
        borrower_name=borrower.name,
        borrower_id_number=borrower.id_number,
        borrower_index=index,
        student=Student.objects.filter(county=county, id_index=index).first() if index else None,
        co_borrower_name=borrower.co_borrower_name,
        co_borrower_id_number=co_number,
        co_borrower_relation=borrower.co_borrower_relation,
        phone=borrower.phone or Phone(""),
    )
    return _write_new(loan, terms, actor, now, "loan.enter")


def renew_loan(*, loan: Loan, terms: LoanTerms, actor: Actor, now: datetime) -> Loan:
    """Enter the contract of a later year for the same borrower; the people stay as they were.

    Refuses where the earlier contract was cancelled or is of the same or a later year.
    """
    if loan.state == LoanState.CANCELLED:
        raise Refusal("loan-cancelled", _("原合同已撤销，不能续贷；请登记新合同。"))
    if terms.academic_year <= loan.academic_year:
        raise Refusal(
            "renewal-year", _("续贷学年应晚于原合同学年。请核对。"), field="academic_year"
        )
    renewed = Loan(
        county_id=loan.county_id,
        is_renewal=True,
        **{
            name: getattr(loan, name)
            for name in (
                *("student_id", "borrower_name", "borrower_id_number", "borrower_index"),
                *("co_borrower_name", "co_borrower_id_number", "co_borrower_relation", "phone"),
            )
        },
    )
    return _write_new(renewed, terms, actor, now, "loan.renew")


def _write_new(loan: Loan, terms: LoanTerms, actor: Actor, now: datetime, verb: str) -> Loan:
    today = timezone.localtime(now).date()
    if terms.academic_year > Term.on(today).next.year:
        raise Refusal("year-ahead", _("学年尚未到来，不能登记。"), field="academic_year")
    cap = cap_of(terms.academic_year, terms.level, caps_of(loan.county_id))
    over = terms.amount > cap
    if over and not terms.over_cap_reason.strip():
        raise Refusal(
            "loan-over-cap",
            _("金额超过该学年最高额 %(cap)s 元。请改正；确需登记的，请填写超额理由。")
            % {"cap": f"{cap:,.0f}"},
            field="amount",
        )
    for name in ("contract_no", "academic_year", "college", "level", "amount", "bank"):
        setattr(loan, name, getattr(terms, name))
    loan.is_over_cap, loan.over_cap_reason = over, terms.over_cap_reason if over else ""
    loan.entered_by_id, loan.entered_at = actor.user_id, now
    try:
        with transaction.atomic():
            loan.save(force_insert=True)
            record(
                actor=actor,
                now=now,
                verb=verb,
                subject=loan,
                changes={
                    "amount": ("", str(loan.amount)),
                    "academic_year": ("", terms.academic_year),
                },
                reason=loan.over_cap_reason,
                place=(loan.county_id, ""),
            )
    except IntegrityError as clash:
        raise Refusal(
            "loan-again",
            _("合同号已登记，或同一借款人该学年已有合同。请在列表中核对。"),
            field="contract_no",
        ) from clash
    return loan


def grant_loan(*, loan: Loan, granted_on: date, due_on: date, actor: Actor, now: datetime) -> Loan:
    """Record that the bank has lent the money, once, and until when."""
    if granted_on > timezone.localtime(now).date():
        raise Refusal("date-ahead", _("放款日期尚未到来。请核对。"), field="granted_on")
    if due_on <= granted_on:
        raise Refusal("dates-out-of-order", _("到期日期应晚于放款日期。"), field="due_on")
    if is_too_long(granted_on, due_on):
        raise Refusal(
            "loan-too-long",
            _("贷款期限最长 %(years)s 年。请核对到期日期。") % {"years": LONGEST_YEARS},
            field="due_on",
        )
    return _move(
        loan,
        LoanState.SIGNED,
        {"state": LoanState.GRANTED, "granted_on": granted_on, "due_on": due_on},
        (actor, now, "loan.grant", ""),
    )


def move_loan(*, loan: Loan, state: str, reason: str, actor: Actor, now: datetime) -> Loan:
    """Move a contract on: repaying, overdue, settled, or cancelled before it was granted."""
    if state not in next_states(loan.state):
        raise Refusal(
            "loan-move",
            _("合同现为“%(now)s”，不能改为所选状态。") % {"now": loan.get_state_display()},
            field="state",
        )
    return _move(loan, loan.state, {"state": state}, (actor, now, "loan.move", reason))


def _move(
    loan: Loan, old: str, new: dict[str, object], about: tuple[Actor, datetime, str, str]
) -> Loan:
    actor, now, verb, reason = about
    with transaction.atomic():
        version = loan.version
        moved = Loan.objects.filter(pk=loan.pk, state=old, version=version).update(
            version=version + 1, **new
        )
        if not moved:
            raise Conflict("loan-moved", _("合同状态刚被更新。请刷新后核对。"))
        before = {name: getattr(loan, name) for name in new}
        loan.refresh_from_db()
        record(
            actor=actor,
            now=now,
            verb=verb,
            subject=loan,
            changes={name: (before[name], value) for name, value in new.items()},
            reason=reason,
            place=(loan.county_id, ""),
        )
    return loan


def set_cap(
    *,
    county: Division,
    since_year: int,
    usual_amount: Decimal,
    postgraduate_amount: Decimal,
    document: str,
    actor: Actor,
    now: datetime,
) -> LoanCap:
    """Set what a county lends at most from an academic year on; contracts entered stay marked."""
    if postgraduate_amount < usual_amount:
        raise Refusal(
            "cap-order", _("研究生最高额不低于本专科。请核对。"), field="postgraduate_amount"
        )
    values = {
        "usual_amount": usual_amount,
        "postgraduate_amount": postgraduate_amount,
        "document": document,
    }
    with transaction.atomic():
        cap, _made = LoanCap.objects.update_or_create(
            county=county, since_year=since_year, defaults=values
        )
        record(
            actor=actor,
            now=now,
            verb="loan-cap.set",
            subject=cap,
            changes={name: ("", str(value)) for name, value in values.items()},
            place=(county.pk, ""),
        )
    return cap
