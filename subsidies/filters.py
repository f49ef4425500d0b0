"""Filters of the lists of money."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.ledger.choices import FundSource
from povedu.screens.filters import ScreenFilterSet
from povedu.terms import Term
from schools.choices import Stage
from schools.models import Division
from students.choices import ApprovalState, Place
from students.filters.scoped import townships_in_scope, under
from students.models import Enrolment, PlacedChild, RegisterEntry, Student
from subsidies.choices import (
    AllocationState,
    AwardChangeKind,
    AwardEffect,
    AwardState,
    BackPayKind,
    BatchState,
    Cadence,
    CellReason,
    CellState,
    DoubtKind,
    DoubtState,
    DueProblem,
    Found,
    GiftState,
    ListResult,
    LoanLevel,
    LoanState,
    NoticeState,
    ObjectionState,
    PaperStep,
    PaymentState,
    ProgrammeKind,
    RecoveryCause,
    RecoveryState,
    ReliefCause,
    ReliefKind,
    ReliefState,
    SampleResult,
    Skip,
)
from subsidies.models import (
    AidCell,
    Allocation,
    Award,
    AwardChange,
    BackPay,
    BankReturn,
    Determination,
    DisbursementBatch,
    Doubt,
    FundReceipt,
    Gift,
    Loan,
    LoanRelief,
    Objection,
    PastPayment,
    Payment,
    Programme,
    PublicNotice,
    Recovery,
    SampleItem,
)
from subsidies.selectors.batches import overdue_batches
from subsidies.selectors.giving import gifts_in_state
from subsidies.selectors.monthly import MONTH_COLUMNS, NONE
from subsidies.selectors.programmes import office_of, programmes

LAST_YEAR = 2030  # the last academic year that lists offer


def _choice(label: object, choices: object, field: str = "") -> django_filters.ChoiceFilter:
    extra = {"field_name": field} if field else {}
    return django_filters.ChoiceFilter(label=label, choices=choices, empty_label=_("全部"), **extra)


def _term_choices() -> list[tuple[str, str]]:
    """Return every term from the first presets on, the newest first, in the reader's language."""
    terms = [Term(LAST_YEAR, 2)]
    while terms[-1] > Term(2011, 1):
        terms.append(terms[-1].previous)
    return [(one.code, one.label) for one in terms]


def _term(field: str = "term") -> django_filters.ChoiceFilter:
    return _choice(_("学期"), _term_choices, field)


def _own_programmes(request: Any) -> QuerySet[Programme]:
    """Return the programmes that whoever filters may see; a program's request wraps another."""
    actor = getattr(getattr(request, "_request", request), "actor", None)
    if actor is None:
        return Programme.objects.none()
    return programmes(actor.scope, office_of(actor))


def _programme(field: str = "programme") -> django_filters.ModelChoiceFilter:
    return django_filters.ModelChoiceFilter(
        label=_("资助项目"), field_name=field, queryset=_own_programmes, empty_label=_("全部")
    )


def _reason_choices() -> list[tuple[str, str]]:
    """Return every reason that a cell can have, each once."""
    known = {**dict(DueProblem.choices), **dict(Skip.choices), **dict(CellReason.choices)}
    return [(str(code), str(label)) for code, label in known.items()]


def _code(label: object, field: str) -> django_filters.CharFilter:
    return django_filters.CharFilter(label=label, field_name=field, lookup_expr="exact")


class ProgrammeFilter(ScreenFilterSet):
    """By nature and cadence."""

    kind = _choice(_("性质"), ProgrammeKind.choices)
    cadence = _choice(_("发放周期"), Cadence.choices)

    class Meta:
        model = Programme
        fields = ("kind", "cadence")


class AwardFilter(ScreenFilterSet):
    """By programme, term, state, stage and school."""

    state = _choice(_("状态"), AwardState.choices)
    programme = _programme()
    term = _term()
    stage = _choice(_("学段"), Stage.choices)
    school = _code(_("学校代码"), "school__code")

    class Meta:
        model = Award
        fields = ("state", "programme", "term", "stage", "school")


class DeterminationFilter(ScreenFilterSet):
    """By state and year."""

    state = _choice(_("状态"), ApprovalState.choices)
    step = _choice(_("审核环节"), PaperStep.choices)
    academic_year = django_filters.NumberFilter(label=_("学年（起始年）"))

    class Meta:
        model = Determination
        fields = ("state", "step", "academic_year")


class AwardChangeFilter(ScreenFilterSet):
    """By what changed, what followed, programme and day."""

    kind = _choice(_("变动"), AwardChangeKind.choices)
    effect = _choice(_("处理"), AwardEffect.choices)
    programme = _programme("award__programme")
    made_at = django_filters.DateFromToRangeFilter(label=_("办理时间"))

    class Meta:
        model = AwardChange
        fields = ("kind", "effect", "programme", "made_at")


class AllocationFilter(ScreenFilterSet):
    """By state, programme and term."""

    state = _choice(_("状态"), AllocationState.choices)
    programme = _programme()
    term = _term()

    class Meta:
        model = Allocation
        fields = ("state", "programme", "term")


class NoticeFilter(ScreenFilterSet):
    """By state, programme and term."""

    state = _choice(_("状态"), NoticeState.choices)
    programme = _programme()
    term = _term()

    class Meta:
        model = PublicNotice
        fields = ("state", "programme", "term")


class ObjectionFilter(ScreenFilterSet):
    """By state."""

    state = _choice(_("状态"), ObjectionState.choices)

    class Meta:
        model = Objection
        fields = ("state",)


class BatchFilter(ScreenFilterSet):
    """By state, programme and term."""

    state = _choice(_("状态"), BatchState.choices)
    programme = _programme()
    term = _term()
    overdue = django_filters.BooleanFilter(label=_("逾期"), method="by_deadline")

    def by_deadline(self, rows: Any, _name: str, value: bool) -> Any:  # noqa: FBT001  # django-filter's signature
        """Keep those whose next step is overdue, or those that are in time."""
        request: Any = getattr(self.request, "_request", self.request)
        today = timezone.localtime(request.now).date()
        late = overdue_batches(request.actor.scope, "", today).values("pk")
        return rows.filter(pk__in=late) if value else rows.exclude(pk__in=late)

    class Meta:
        model = DisbursementBatch
        fields = ("state", "programme", "term")


class AnswerFilter(ScreenFilterSet):
    """By programme, term and whether it is posted."""

    programme = _programme("batch__programme")
    term = _term("batch__term")
    waiting = django_filters.BooleanFilter(
        label=_("待入账"), field_name="applied_at", lookup_expr="isnull"
    )

    class Meta:
        model = BankReturn
        fields = ("programme", "term", "waiting")


class PaymentFilter(ScreenFilterSet):
    """By state, programme, term, school, batch and day of settlement."""

    state = _choice(_("状态"), PaymentState.choices)
    programme = _programme("instalment__award__programme")
    term = _term("instalment__award__term")
    school = _code(_("学校代码"), "instalment__award__school__code")
    batch = _code(_("批次号"), "batch__number")
    settled_on = django_filters.DateFromToRangeFilter(label=_("到账日期"))

    class Meta:
        model = Payment
        fields = ("state", "programme", "term", "school", "batch", "settled_on")


class LoanFilter(ScreenFilterSet):
    """By year, level, state, and whether the amount exceeds the year's cap."""

    academic_year = django_filters.NumberFilter(label=_("学年（起始年）"))
    level = _choice(_("学历层次"), LoanLevel.choices)
    state = _choice(_("状态"), LoanState.choices)
    is_renewal = django_filters.BooleanFilter(label=_("续贷"))
    is_over_cap = django_filters.BooleanFilter(label=_("超过当年最高额"))

    class Meta:
        model = Loan
        fields = ("academic_year", "level", "state", "is_renewal", "is_over_cap")


class ReliefFilter(ScreenFilterSet):
    """By state, kind, cause and year."""

    state = _choice(_("状态"), ReliefState.choices)
    kind = _choice(_("类别"), ReliefKind.choices)
    cause = _choice(_("事由"), ReliefCause.choices)
    year = django_filters.NumberFilter(label=_("年度"))

    class Meta:
        model = LoanRelief
        fields = ("state", "kind", "cause", "year")


class PastPaymentFilter(ScreenFilterSet):
    """By programme, term, school, whether a pupil has the number, and whether it is believed."""

    programme = _programme()
    term = _term()
    school = _code(_("学校代码"), "school__code")
    is_linked = django_filters.BooleanFilter(label=_("对应学生"))
    withdrawn = django_filters.BooleanFilter(
        label=_("不予采信"), field_name="withdrawal", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = PastPayment
        fields = ("programme", "term", "school", "is_linked", "withdrawn")


class ReceiptFilter(ScreenFilterSet):
    """By source and day."""

    source = _choice(_("资金来源"), FundSource.choices)
    received_on = django_filters.DateFromToRangeFilter(label=_("到账日期"))

    class Meta:
        model = FundReceipt
        fields = ("source", "received_on")


class OrphanFilter(ScreenFilterSet):
    """By school, boarding, and whether any month is missing."""

    school = _code(_("学校代码"), "school__code")
    is_boarder = django_filters.BooleanFilter(label=_("住校"))
    missing = django_filters.BooleanFilter(label=_("有缺月"), method="by_missing")

    class Meta:
        model = Enrolment
        fields = ("school", "is_boarder", "missing")

    def by_missing(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:  # noqa: FBT001  # the library's signature
        """Keep those who miss a month of the term, or those who miss none."""
        months = [one for one in rows.query.annotations if one in MONTH_COLUMNS]
        missing = Q()
        for month in months:
            missing |= Q(**{month: NONE})
        return rows.filter(missing) if value else rows.exclude(missing)


class GiftFilter(ScreenFilterSet):
    """By programme and day."""

    programme = _programme()
    state = django_filters.ChoiceFilter(
        label=_("状态"), choices=GiftState.choices, method="by_state"
    )
    given_on = django_filters.DateFromToRangeFilter(label=_("捐助日期"))

    class Meta:
        model = Gift
        fields = ("programme", "given_on")

    def by_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the gifts at a step of their life."""
        return gifts_in_state(rows, value)


class FeedbackFilter(ScreenFilterSet):
    """By what was found, whether aided, and where the child is."""

    found = django_filters.ChoiceFilter(label=_("比对结果"), choices=Found.choices)
    aided = django_filters.ChoiceFilter(
        label=_("受助"), choices=[("true", _("是")), ("false", _("否"))], method="by_aid"
    )
    place = django_filters.ChoiceFilter(label=_("去向"), choices=Place.choices)

    class Meta:
        model = PlacedChild
        fields: tuple[str, ...] = ()

    def by_aid(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the aided, or the others."""
        return rows.filter(aided=value == "true")


class ListedFilter(ScreenFilterSet):
    """By result and township."""

    result = django_filters.ChoiceFilter(label=_("比对结果"), choices=ListResult.choices)
    township = django_filters.ModelChoiceFilter(
        label=_("乡镇"), queryset=townships_in_scope, method="by_township"
    )

    class Meta:
        model = RegisterEntry
        fields: tuple[str, ...] = ()

    def by_township(self, rows: QuerySet[Any], name: str, value: Division | None) -> QuerySet[Any]:
        """Keep a township's rows."""
        return under(rows, "division", value)


class OffListFilter(ScreenFilterSet):
    """By aid, by proof and by stage."""

    aided = django_filters.ChoiceFilter(
        label=_("受助"), choices=[("true", _("是")), ("false", _("否"))], method="by_flag"
    )
    holds = django_filters.ChoiceFilter(
        label=_("持手册或证明"), choices=[("true", _("是")), ("false", _("否"))], method="by_flag"
    )
    stage = django_filters.ChoiceFilter(label=_("学段"), choices=Stage.choices)

    class Meta:
        model = Student
        fields: tuple[str, ...] = ()

    def by_flag(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep yes or no."""
        return rows.filter(**{name: value == "true"})


class CellFilter(ScreenFilterSet):
    """By state, programme, township, school, stage, class and reason."""

    state = _choice(_("状态"), CellState.choices)
    programme = _programme()
    township = django_filters.ModelChoiceFilter(
        label=_("乡镇"), queryset=townships_in_scope, method="by_township", empty_label=_("全部")
    )
    school = _code(_("学校代码"), "school__code")
    stage = _choice(_("学段"), Stage.choices)
    grade = django_filters.NumberFilter(label=_("年级"))
    class_name = django_filters.CharFilter(label=_("班级"))
    reason = _choice(_("原因"), _reason_choices)

    class Meta:
        model = AidCell
        fields = ("state", "programme", "school", "stage", "grade", "class_name", "reason")

    def by_township(self, rows: QuerySet[Any], name: str, value: Division | None) -> QuerySet[Any]:
        """Keep the schools of one township."""
        return under(rows, "school__division", value)


class SchoolMatrixFilter(ScreenFilterSet):
    """By grade and class of the term, and by the state of any cell."""

    grade = django_filters.NumberFilter(label=_("年级"), method="by_cell")
    class_name = django_filters.CharFilter(label=_("班级"), method="by_cell")
    state = django_filters.ChoiceFilter(
        label=_("有格为"), choices=CellState.choices, method="by_cell", empty_label=_("全部")
    )

    class Meta:
        model = Student
        fields: tuple[str, ...] = ()

    def by_cell(self, rows: QuerySet[Any], name: str, value: object) -> QuerySet[Any]:
        """Keep the students who have such a cell in the term of the page."""
        assert self.request is not None  # noqa: S101  # the screen gives it
        own = AidCell.objects.filter(matrix__term=self.request.term.code, **{name: value})
        return rows.filter(pk__in=own.values("student"))


class DoubtFilter(ScreenFilterSet):
    """By state, kind, programme, township and school."""

    state = _choice(_("状态"), DoubtState.choices)
    kind = _choice(_("类型"), DoubtKind.choices)
    programme = _programme()
    township = django_filters.ModelChoiceFilter(
        label=_("乡镇"), queryset=townships_in_scope, method="by_township", empty_label=_("全部")
    )
    school = _code(_("学校代码"), "school__code")

    class Meta:
        model = Doubt
        fields = ("state", "kind", "programme", "school")

    def by_township(self, rows: QuerySet[Any], name: str, value: Division | None) -> QuerySet[Any]:
        """Keep the schools of one township."""
        return under(rows, "school__division", value)


class BackPayFilter(ScreenFilterSet):
    """By programme, term and way."""

    programme = _programme()
    term = _term()
    kind = _choice(_("方式"), BackPayKind.choices)

    class Meta:
        model = BackPay
        fields = ("programme", "term", "kind")


class RecoveryFilter(ScreenFilterSet):
    """By state, cause and programme."""

    state = _choice(_("状态"), RecoveryState.choices)
    cause = _choice(_("追回原因"), RecoveryCause.choices)
    programme = _programme("payment__instalment__award__programme")

    class Meta:
        model = Recovery
        fields = ("state", "cause", "programme")


class SampleItemFilter(ScreenFilterSet):
    """By result."""

    result = _choice(_("结果"), SampleResult.choices)

    class Meta:
        model = SampleItem
        fields = ("result",)
