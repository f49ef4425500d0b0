"""Reading awards, batches, payments and what the bank answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Sum, When

from povedu.ledger.selectors import correction_of
from povedu.money import ZERO
from povedu.scope import Scope
from povedu.terms import Term
from students.choices import ApprovalState
from students.models import PayeeAccount
from subsidies.choices import AwardState, DueProblem, LineOutcome, PayeeKind, PaymentState
from subsidies.models import (
    ApplicationPaper,
    Award,
    BankReturn,
    BankReturnLine,
    Determination,
    DisbursementBatch,
    Donor,
    FundReceipt,
    Gift,
    Instalment,
    NoticeLine,
    Objection,
    Payment,
    Programme,
    PublicNotice,
)
from subsidies.rules.bank_lines import can_hold, has_private_glyph
from subsidies.selectors.history import paid_before
from subsidies.selectors.payment_rules import rules_of
from subsidies.selectors.programmes import for_office

LIVE = (PaymentState.PENDING, PaymentState.SENT, PaymentState.SETTLED)


def _county(scope: Scope, path: str) -> Q:
    return Q(**{f"{path.removesuffix('_id')}__code__startswith": scope.division_prefix[:6]})


def _county_wide(scope: Scope, path: str) -> Q:
    """Keep the counties in scope, for those who see a whole county at least."""
    if scope.school_code is not None or len(scope.division_prefix) > 6:
        return Q(pk__in=[])
    return _county(scope, path)


def awards(scope: Scope, office: str = "") -> QuerySet[Award]:
    """Return the awards to students of the schools in scope."""
    return (
        Award.objects.filter(
            scope.q(division="school__division_id", school="school__code"), for_office(office)
        )
        .select_related("student", "programme", "school", "standard")
        .order_by("-term", "-pk")
    )


def instalments(award: Award) -> QuerySet[Instalment]:
    """Return an award's instalments with their payments."""
    return award.instalments.prefetch_related("payments__batch").order_by("period")


def determinations(scope: Scope, office: str = "") -> QuerySet[Determination]:
    """Return the paper determinations of students of the schools in scope."""
    return (
        Determination.objects.filter(
            scope.q(division="student__school__division_id", school="student__school__code"),
            for_office(office) | Q(programme__isnull=True),
        )
        .select_related("student__school", "programme", "entered_by", "approved_by")
        .order_by("-entered_at", "-pk")
    )


def application_papers(scope: Scope, office: str = "") -> QuerySet[ApplicationPaper]:
    """Return the papers put to applications in scope."""
    return ApplicationPaper.objects.filter(
        determination__in=determinations(scope, office).order_by().values("pk")
    ).select_related("determination__student__school", "added_by")


def notices(scope: Scope, office: str = "") -> QuerySet[PublicNotice]:
    """Return the notices of the county; a school or township sees those that name its students."""
    rows = PublicNotice.objects.filter(
        _county(scope, "programme__county_id"), for_office(office)
    ).select_related("programme", "made_by")
    if scope.school_code is not None or len(scope.division_prefix) > 6:
        rows = rows.filter(Exists(notice_lines(scope).filter(notice=OuterRef("pk"))))
    return rows.order_by("-starts_on", "-pk")


def notice_lines(scope: Scope) -> QuerySet[NoticeLine]:
    """Return the lines of notices that name students of the schools in scope."""
    return NoticeLine.objects.filter(
        scope.q(division="award__school__division_id", school="award__school__code")
    ).order_by("notice_id", "school_name", "pk")


def objections(scope: Scope, office: str = "") -> QuerySet[Objection]:
    """Return the objections to the county's notices."""
    return (
        Objection.objects.filter(
            _county_wide(scope, "notice__programme__county_id"),
            for_office(office, "notice__programme__office"),
        )
        .select_related("notice__programme", "line__award", "entered_by")
        .order_by("-received_on", "-pk")
    )


def batches(scope: Scope, office: str = "") -> QuerySet[DisbursementBatch]:
    """Return the batches of the counties in scope."""
    return (
        DisbursementBatch.objects.filter(
            _county_wide(scope, "programme__county_id"), for_office(office)
        )
        .select_related("programme", "made_by", "approved_by")
        .order_by("-made_at", "-pk")
    )


def payments(scope: Scope, office: str = "") -> QuerySet[Payment]:
    """Return the payments to students of the schools in scope."""
    return (
        Payment.objects.filter(
            scope.q(
                division="instalment__award__school__division_id",
                school="instalment__award__school__code",
            ),
            for_office(office, "instalment__award__programme__office"),
        )
        .select_related(
            "instalment__award__student",
            "instalment__award__programme",
            "instalment__award__school",
            "batch",
        )
        .order_by("-batch_id", "line_no")
    )


def payments_of_batch(batch: DisbursementBatch) -> QuerySet[Payment]:
    """Return a batch's payments in line order."""
    return (
        Payment.objects.filter(batch=batch)
        .select_related("batch", "instalment__award__student", "instalment__award__school")
        .order_by("line_no")
    )


def bank_returns(scope: Scope, office: str = "") -> QuerySet[BankReturn]:
    """Return the bank's answers to the batches in scope."""
    return (
        BankReturn.objects.filter(
            _county_wide(scope, "batch__programme__county_id"),
            for_office(office, "batch__programme__office"),
        )
        .select_related("batch__programme", "entered_by")
        .order_by("-received_at", "-pk")
    )


def bank_answers(scope: Scope, office: str = "") -> QuerySet[BankReturn]:
    """Return the bank's answers with how many lines settled, came back, or are about nothing."""

    def lines(*outcomes: LineOutcome) -> Count:
        return Count("lines", filter=Q(lines__outcome__in=outcomes))

    return bank_returns(scope, office).annotate(
        settled_count=lines(LineOutcome.SETTLED),
        returned_count=lines(LineOutcome.RETURNED),
        open_count=lines(LineOutcome.UNMATCHED, LineOutcome.REPEATED),
    )


def receipts(scope: Scope) -> QuerySet[FundReceipt]:
    """Return the money that arrived in the counties in scope, and whether it was taken back.

    ``correction`` is the state of the correction that takes the receipt's voucher back, else "".
    """
    return (
        FundReceipt.objects.filter(_county_wide(scope, "county_id"))
        .annotate(correction=correction_of("receipt"))
        .select_related("programme", "entered_by")
        .order_by("-received_on", "-pk")
    )


def donors(scope: Scope) -> QuerySet[Donor]:
    """Return the donors of the counties in scope."""
    return Donor.objects.filter(_county_wide(scope, "county_id")).order_by("name")


def gifts(scope: Scope, office: str = "") -> QuerySet[Gift]:
    """Return the gifts to students of the schools in scope."""
    return (
        Gift.objects.filter(
            scope.q(division="school__division_id", school="school__code"), for_office(office)
        )
        .select_related("programme", "donor", "student", "school")
        .order_by("-given_on", "-pk")
    )


# --- what is due --------------------------------------------------------------------------------


def due_instalments(programme: Programme, term: str, due_by: date) -> QuerySet[Instalment]:
    """Return the granted instalments due by a day that no live payment pays."""
    live = Payment.objects.filter(instalment=OuterRef("pk"), state__in=LIVE)
    return Instalment.objects.filter(
        ~Exists(live),
        award__programme=programme,
        award__term=term,
        award__state=AwardState.GRANTED,
        stopped_at__isnull=True,
        due_on__lte=due_by,
    )


def approved_accounts(programme: Programme) -> QuerySet[PayeeAccount]:
    """Return the cards that a programme's students are paid by."""
    holders = Award.objects.filter(programme=programme, state=AwardState.GRANTED)
    return PayeeAccount.objects.filter(
        state=ApprovalState.APPROVED, student_id__in=holders.values("student_id")
    )


@dataclass(frozen=True, slots=True)
class DueLine:
    """A due instalment that cannot be paid yet, and why."""

    problem: DueProblem
    student: str
    school: str
    amount: Decimal
    student_id: int


def due_problems(programme: Programme, term: str, due_by: date) -> list[DueLine]:
    """Return the due instalments that a batch would leave out, each with its reason.

    No approved card, no confirmed identity, paid before by another system, or a name that the
    county's bank file cannot hold.
    """
    found = _unpayable(programme, term, due_by)
    if programme.payee_kind != PayeeKind.SCHOOL:
        found += _unwritable(programme, term, due_by, {line.student_id for line in found})
    return found


def _unpayable(programme: Programme, term: str, due_by: date) -> list[DueLine]:

    before = Q(award__student__in=paid_before(programme, Term.parse(term)))
    left_out: Q = before | Q(award__student__identity_confirmed=False)
    if programme.payee_kind != PayeeKind.SCHOOL:
        carded = PayeeAccount.objects.filter(
            student=OuterRef("award__student"), state=ApprovalState.APPROVED
        )
        left_out |= Q(~Exists(carded))
    rows = due_instalments(programme, term, due_by).filter(left_out)
    rows = rows.annotate(was_paid=Case(When(before, then=True), default=False))
    found = rows.order_by("award__school__code", "award__student_id", "period").values_list(
        "was_paid",
        "award__student__identity_confirmed",
        "award__student__name",
        "award__school__name",
        "amount",
        "award__student_id",
    )
    return [
        DueLine(_problem(was_paid=paid, confirmed=ok), student, school, amount, pk)
        for paid, ok, student, school, amount, pk in found
    ]


def _unwritable(programme: Programme, term: str, due_by: date, known: set[int]) -> list[DueLine]:
    encoding = rules_of(programme.county_id).encoding
    names = approved_accounts(programme).values_list("student_id", "payee_name")
    stopped = {pk for pk, name in names if pk not in known and not can_hold(name, encoding)}
    rows = due_instalments(programme, term, due_by).filter(award__student__in=stopped)
    return [
        DueLine(DueProblem.RARE_GLYPH, student, school, amount, pk)
        for student, school, amount, pk in rows.order_by("award__school__code", "pk").values_list(
            "award__student__name", "award__school__name", "amount", "award__student_id"
        )
    ]


def _problem(*, was_paid: bool, confirmed: bool) -> DueProblem:
    if was_paid:
        return DueProblem.PAID_BEFORE
    return DueProblem.NO_CARD if confirmed else DueProblem.IDENTITY


def flagged_lines(batch: DisbursementBatch) -> list[tuple[Payment, DueProblem]]:
    """Return a batch's lines that deserve a look.

    Paid before by another system, one card for several students, drawn glyphs.
    """
    before = paid_before(batch.programme, Term.parse(batch.term))
    shared = (
        Payment.objects.filter(batch=batch)
        .exclude(account_index="")
        .order_by("account_index")
        .values("account_index")
        .annotate(students=Count("instalment__award__student", distinct=True))
        .filter(students__gt=1)
        .values("account_index")
    )
    lines = payments_of_batch(batch)
    paid = lines.filter(instalment__award__student__in=before)
    found = [(one, DueProblem.PAID_BEFORE) for one in paid]
    found += [(one, DueProblem.SHARED_CARD) for one in lines.filter(account_index__in=shared)]
    drawn = [one for one in lines.iterator(chunk_size=2000) if has_private_glyph(one.payee_name)]
    return found + [(one, DueProblem.RARE_GLYPH) for one in drawn]


# --- sums ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StateSum:
    """Payments of one state: how many, how much."""

    state: str
    count: int
    amount: Decimal


def sums_of_batch(batch: DisbursementBatch) -> dict[str, StateSum]:
    """Return a batch's payments by state."""
    rows = (
        Payment.objects.filter(batch=batch)
        .order_by("state")
        .values_list("state")
        .annotate(lines=Count("pk"), total=Sum("amount"))
    )
    return {state: StateSum(state, lines, total) for state, lines, total in rows}


def sums_of_return(answer: BankReturn) -> dict[str, StateSum]:
    """Return a bank answer's lines by outcome."""
    rows = (
        BankReturnLine.objects.filter(bank_return=answer)
        .order_by("outcome")
        .values_list("outcome")
        .annotate(lines=Count("pk"), total=Sum("amount"))
    )
    return {outcome: StateSum(outcome, lines, total or ZERO) for outcome, lines, total in rows}


def returned_unresolved(scope: Scope, office: str = "") -> QuerySet[Payment]:
    """Return the payments that came back and were neither paid anew nor given up."""
    again = Payment.objects.filter(instalment=OuterRef("instalment"), state__in=LIVE)
    return payments(scope, office).filter(~Exists(again), state=PaymentState.RETURNED)


def unresolved_of_batch(batch: DisbursementBatch) -> QuerySet[Payment]:
    """Return a batch's returned payments that nobody has dealt with."""
    again = Payment.objects.filter(instalment=OuterRef("instalment"), state__in=LIVE)
    return Payment.objects.filter(~Exists(again), batch=batch, state=PaymentState.RETURNED)


def return_lines(answer: BankReturn, outcomes: Iterable[LineOutcome] = ()) -> QuerySet[Any]:
    """Return a bank answer's lines, of some outcomes or all."""
    rows = BankReturnLine.objects.filter(bank_return=answer).select_related("payment")
    wanted = list(outcomes)
    return (rows.filter(outcome__in=wanted) if wanted else rows).order_by("row_number")
