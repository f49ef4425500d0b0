"""Filters of applications, awards and notices."""

import django_filters
from django.utils.translation import gettext_lazy as _

from povedu.screens.filters import DaysFilter, ScreenFilterSet
from schools.choices import Stage
from students.choices import ApprovalState
from subsidies.choices import (
    AwardChangeKind,
    AwardEffect,
    AwardState,
    NoticeState,
    ObjectionState,
    PaperStep,
)
from subsidies.filters.fields import choice_filter, code_filter, programme_filter, term_filter
from subsidies.models import Award, AwardChange, Determination, Objection, PublicNotice


class AwardFilter(ScreenFilterSet):
    """By programme, term, state, stage and school."""

    state = choice_filter(_("状态"), AwardState.choices)
    programme = programme_filter()
    term = term_filter()
    stage = choice_filter(_("学段"), Stage.choices)
    school = code_filter(_("学校代码"), "school__code")

    class Meta:
        model = Award
        fields = ("state", "programme", "term", "stage", "school")


class DeterminationFilter(ScreenFilterSet):
    """By state and year."""

    state = choice_filter(_("状态"), ApprovalState.choices)
    step = choice_filter(_("审核环节"), PaperStep.choices)
    academic_year = django_filters.NumberFilter(label=_("学年（起始年）"))

    class Meta:
        model = Determination
        fields = ("state", "step", "academic_year")


class AwardChangeFilter(ScreenFilterSet):
    """By what changed, what followed, programme and day."""

    kind = choice_filter(_("变动"), AwardChangeKind.choices)
    effect = choice_filter(_("处理"), AwardEffect.choices)
    programme = programme_filter("award__programme")
    made_at = DaysFilter(label=_("办理时间"))

    class Meta:
        model = AwardChange
        fields = ("kind", "effect", "programme", "made_at")


class NoticeFilter(ScreenFilterSet):
    """By state, programme and term."""

    state = choice_filter(_("状态"), NoticeState.choices)
    programme = programme_filter()
    term = term_filter()

    class Meta:
        model = PublicNotice
        fields = ("state", "programme", "term")


class ObjectionFilter(ScreenFilterSet):
    """By state."""

    state = choice_filter(_("状态"), ObjectionState.choices)

    class Meta:
        model = Objection
        fields = ("state",)
