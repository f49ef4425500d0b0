"""The filter bars of places, projects and meals."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.screens.filters import ScreenFilterSet
from povedu.screens.months import MonthInput
from schools import selectors
from schools.choices import DivisionLevel
from schools.models import (
    Division,
    EquipmentDelivery,
    EquipmentItem,
    MealReport,
    Milestone,
    Project,
    ProjectBatch,
    School,
)


def _townships(request: HttpRequest | None) -> QuerySet[Division]:
    return selectors.townships(request.actor.scope) if request else Division.objects.none()  # type: ignore[attr-defined]  # set by middleware


def _batches(request: HttpRequest | None) -> QuerySet[ProjectBatch]:
    return selectors.batches(request.actor.scope) if request else ProjectBatch.objects.none()  # type: ignore[attr-defined]  # set by middleware


def schools_in_reach(request: HttpRequest | None) -> QuerySet[School]:
    """Return the schools that the reader may filter by."""
    return selectors.schools(request.actor.scope) if request else School.objects.none()  # type: ignore[attr-defined]  # set by middleware


class TownshipFilter(django_filters.ModelChoiceFilter):
    """Rows in a township and its villages; ``field_name`` is the path to the division."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=_townships, label=_("乡镇"), **kwargs)

    def filter(self, qs: QuerySet[Any], value: Division | None) -> QuerySet[Any]:
        """Compare the beginning of the code."""
        if value is None:
            return qs
        found: QuerySet[Any] = qs.filter(**{f"{self.field_name}__code__startswith": value.prefix})
        return found


class MonthFilter(django_filters.DateFilter):
    """Rows of one month."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=MonthInput, input_formats=["%Y-%m", "%Y-%m-%d"], label=_("月份"), **kwargs
        )

    def filter(self, qs: QuerySet[Any], value: date | None) -> QuerySet[Any]:
        """Compare the month's first day."""
        found: QuerySet[Any] = super().filter(qs, value.replace(day=1) if value else None)
        return found


class DivisionFilter(ScreenFilterSet):
    """By level, township and poor-village flag."""

    level = django_filters.ChoiceFilter(
        label=_("级别"),
        choices=[
            (level.value, level.label)
            for level in (DivisionLevel.COUNTY, DivisionLevel.TOWNSHIP, DivisionLevel.VILLAGE)
        ],
    )
    township = TownshipFilter(field_name="", method="in_township")
    is_poor_village = django_filters.BooleanFilter(label=_("贫困村"))

    class Meta:
        model = Division
        fields = ("level", "township", "is_poor_village")

    def in_township(
        self, rows: QuerySet[Division], _name: str, value: Division
    ) -> QuerySet[Division]:
        """Keep a township and its villages."""
        return rows.filter(code__startswith=value.prefix)


class SchoolFilter(ScreenFilterSet):
    """By township, kind, setting, and what a school has."""

    township = TownshipFilter(field_name="division")
    closed = django_filters.BooleanFilter(
        label=_("已停办"), field_name="closed_on", lookup_expr="isnull", exclude=True
    )
    poor_village = django_filters.BooleanFilter(
        label=_("贫困村"), field_name="division__is_poor_village"
    )

    class Meta:
        model = School
        fields = (
            *("township", "kind", "closed", "setting", "ownership", "has_meals"),
            *("has_boarding", "has_canteen", "poor_village"),
        )


class BatchFilter(ScreenFilterSet):
    """By year and category."""

    year = django_filters.NumberFilter(label=_("计划年度"), min_value=2000, max_value=2100)

    class Meta:
        model = ProjectBatch
        fields = ("year", "category")


class ProjectFilter(ScreenFilterSet):
    """By batch, state, lateness, township, school, category and year of completion."""

    batch = django_filters.ModelChoiceFilter(queryset=_batches, label=_("批次"))
    overdue = django_filters.BooleanFilter(label=_("逾期"), method="by_lateness")
    township = TownshipFilter(field_name="division")
    school = django_filters.ModelChoiceFilter(
        queryset=schools_in_reach, to_field_name="code", label=_("学校")
    )
    completed = django_filters.NumberFilter(
        label=_("完工年度"), field_name="completed_on__year", min_value=2000, max_value=2100
    )

    class Meta:
        model = Project
        fields = ("batch", "state", "overdue", "category", "township", "school", "completed")

    def by_lateness(self, rows: QuerySet[Project], _name: str, value: bool) -> QuerySet[Project]:  # noqa: FBT001  # django-filter's signature
        """Keep what is late today, or what is not."""
        now = self.request.now  # set by middleware
        late = selectors.overdue(timezone.localtime(now).date())
        return rows.filter(late) if value else rows.exclude(late)


class ItemFilter(ScreenFilterSet):
    """By batch, and by “of which” or not."""

    batch = django_filters.ModelChoiceFilter(
        queryset=_batches, label=_("批次"), field_name="project__batch"
    )
    part = django_filters.BooleanFilter(
        label=_("“其中”项"), field_name="part_of", lookup_expr="isnull", exclude=True
    )
    completed = django_filters.NumberFilter(
        label=_("完工年度"),
        field_name="project__completed_on__year",
        min_value=2000,
        max_value=2100,
    )

    class Meta:
        model = EquipmentItem
        fields = ("batch", "part", "completed")


class DeliveryFilter(ScreenFilterSet):
    """By township, batch and day."""

    township = TownshipFilter(field_name="school__division")
    batch = django_filters.ModelChoiceFilter(
        queryset=_batches, label=_("批次"), field_name="item__project__batch"
    )
    delivered_on = django_filters.DateFromToRangeFilter(label=_("到货日期"))

    class Meta:
        model = EquipmentDelivery
        fields = ("township", "batch", "delivered_on")


class MilestoneFilter(ScreenFilterSet):
    """By batch and due date."""

    batch = django_filters.ModelChoiceFilter(
        queryset=_batches, label=_("批次"), field_name="project__batch"
    )
    due_on = django_filters.DateFromToRangeFilter(label=_("应完成"))

    class Meta:
        model = Milestone
        fields = ("batch", "due_on")


class MealFilter(ScreenFilterSet):
    """By month, township, school and mode of supply."""

    month = MonthFilter(field_name="month")
    township = TownshipFilter(field_name="school__division")
    school = django_filters.ModelChoiceFilter(
        queryset=schools_in_reach, to_field_name="code", label=_("学校")
    )
    year = django_filters.NumberFilter(
        label=_("年度"), field_name="month__year", min_value=2000, max_value=2100
    )

    class Meta:
        model = MealReport
        fields = ("month", "township", "mode", "school", "year")


class MonthStateFilter(ScreenFilterSet):
    """By township, and whether the month has come in."""

    township = TownshipFilter(field_name="division")
    reported = django_filters.BooleanFilter(
        label=_("已填报"), field_name="report_id", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = School
        fields = ("reported", "township")
