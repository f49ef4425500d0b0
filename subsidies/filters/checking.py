"""Filters of the matrix, doubts, back-pay, recoveries and samples."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from povedu.screens.filters import ScreenFilterSet
from schools.choices import Stage
from schools.models import Division
from students.filters.scoped import townships_in_scope, under
from students.models import Student
from subsidies.choices import (
    BackPayKind,
    CellReason,
    CellState,
    DoubtKind,
    DoubtState,
    DueProblem,
    RecoveryCause,
    RecoveryState,
    SampleResult,
    Skip,
)
from subsidies.filters.fields import choice_filter, code_filter, programme_filter, term_filter
from subsidies.models import AidCell, BackPay, Doubt, Recovery, SampleItem


def _reason_choices() -> list[tuple[str, str]]:
    """Return every reason that a cell can have, each once."""
    known = {**dict(DueProblem.choices), **dict(Skip.choices), **dict(CellReason.choices)}
    return [(str(code), str(label)) for code, label in known.items()]


class CellFilter(ScreenFilterSet):
    """By state, programme, township, school, stage, class and reason."""

    state = choice_filter(_("状态"), CellState.choices)
    programme = programme_filter()
    township = django_filters.ModelChoiceFilter(
        label=_("乡镇"), queryset=townships_in_scope, method="by_township", empty_label=_("全部")
    )
    school = code_filter(_("学校代码"), "school__code")
    stage = choice_filter(_("学段"), Stage.choices)
    grade = django_filters.NumberFilter(label=_("年级"))
    class_name = django_filters.CharFilter(label=_("班级"))
    reason = choice_filter(_("原因"), _reason_choices)

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

    state = choice_filter(_("状态"), DoubtState.choices)
    kind = choice_filter(_("类型"), DoubtKind.choices)
    programme = programme_filter()
    township = django_filters.ModelChoiceFilter(
        label=_("乡镇"), queryset=townships_in_scope, method="by_township", empty_label=_("全部")
    )
    school = code_filter(_("学校代码"), "school__code")

    class Meta:
        model = Doubt
        fields = ("state", "kind", "programme", "school")

    def by_township(self, rows: QuerySet[Any], name: str, value: Division | None) -> QuerySet[Any]:
        """Keep the schools of one township."""
        return under(rows, "school__division", value)


class BackPayFilter(ScreenFilterSet):
    """By programme, term and way."""

    programme = programme_filter()
    term = term_filter()
    kind = choice_filter(_("方式"), BackPayKind.choices)

    class Meta:
        model = BackPay
        fields = ("programme", "term", "kind")


class RecoveryFilter(ScreenFilterSet):
    """By state, cause and programme."""

    state = choice_filter(_("状态"), RecoveryState.choices)
    cause = choice_filter(_("追回原因"), RecoveryCause.choices)
    programme = programme_filter("payment__instalment__award__programme")

    class Meta:
        model = Recovery
        fields = ("state", "cause", "programme")


class SampleItemFilter(ScreenFilterSet):
    """By result."""

    result = choice_filter(_("结果"), SampleResult.choices)

    class Meta:
        model = SampleItem
        fields = ("result",)
