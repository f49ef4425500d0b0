"""Filters of the lists of money."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from povedu.ledger.choices import FundSource
from povedu.screens.filters import ScreenFilterSet
from povedu.terms import Term
from schools.choices import Stage
from students.choices import ApprovalState
from subsidies.choices import (
    AwardState,
    BatchState,
    Cadence,
    NoticeState,
    ObjectionState,
    PaymentState,
    ProgrammeKind,
)
from subsidies.models import (
    Award,
    Determination,
    DisbursementBatch,
    FundReceipt,
    Gift,
    Objection,
    Payment,
    Programme,
    PublicNotice,
)
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
    academic_year = django_filters.NumberFilter(label=_("学年（起始年）"))

    class Meta:
        model = Determination
        fields = ("state", "academic_year")


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

    class Meta:
        model = DisbursementBatch
        fields = ("state", "programme", "term")


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


class ReceiptFilter(ScreenFilterSet):
    """By source and day."""

    source = _choice(_("资金来源"), FundSource.choices)
    received_on = django_filters.DateFromToRangeFilter(label=_("到账日期"))

    class Meta:
        model = FundReceipt
        fields = ("source", "received_on")


class GiftFilter(ScreenFilterSet):
    """By programme and day."""

    programme = _programme()
    given_on = django_filters.DateFromToRangeFilter(label=_("捐助日期"))

    class Meta:
        model = Gift
        fields = ("programme", "given_on")
