"""The filter bars of teachers and postings."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.screens.filters import ScreenFilterSet
from schools.filters import TownshipFilter, schools_in_reach
from teachers import selectors
from teachers.models import Posting, Teacher, Training


class TeacherFilter(ScreenFilterSet):
    """By township, school, employment, and whether somebody has left or serves elsewhere."""

    school = django_filters.ModelChoiceFilter(
        queryset=schools_in_reach, to_field_name="code", label=_("学校")
    )
    township = TownshipFilter(field_name="school__division")
    left = django_filters.BooleanFilter(
        label=_("已离开"), field_name="left_on", lookup_expr="isnull", exclude=True
    )
    is_away = django_filters.BooleanFilter(label=_("在外任职"))
    subject = django_filters.CharFilter(label=_("任教学科"), max_length=20)

    class Meta:
        model = Teacher
        fields = (
            *("township", "school", "employment_kind", "left", "post", "stage", "subject"),
            *("title", "is_away", "sex"),
        )


class PostingFilter(ScreenFilterSet):
    """By kind, running or not, year, and the schools on both sides."""

    running = django_filters.BooleanFilter(label=_("在任"), method="by_running")
    year = django_filters.NumberFilter(
        label=_("年度"), method="in_year", min_value=2000, max_value=2100
    )
    school = django_filters.ModelChoiceFilter(
        queryset=schools_in_reach, to_field_name="code", label=_("任职学校")
    )
    home_school = django_filters.ModelChoiceFilter(
        queryset=schools_in_reach, to_field_name="code", label=_("原学校")
    )

    class Meta:
        model = Posting
        fields = ("kind", "running", "year", "school", "home_school", "is_full_time")

    def by_running(self, rows: QuerySet[Posting], _name: str, value: bool) -> QuerySet[Posting]:  # noqa: FBT001  # django-filter's signature
        """Keep what runs today, or what does not."""
        running = selectors.running_on(timezone.localtime(self.request.now).date())
        return rows.filter(running) if value else rows.exclude(running)

    def in_year(self, rows: QuerySet[Posting], _name: str, value: Any) -> QuerySet[Posting]:
        """Keep what ran for any part of a calendar year."""
        year = int(value)
        begun = rows.filter(starts_on__lt=date(year + 1, 1, 1))
        return begun.exclude(ends_on__lte=date(year, 1, 1))


class TrainingFilter(ScreenFilterSet):
    """By level, way, calendar year of the first day, township, school and outcome."""

    year = django_filters.NumberFilter(
        label=_("年度"), field_name="starts_on", lookup_expr="year", min_value=2000, max_value=2100
    )
    township = TownshipFilter(field_name="teacher__school__division")
    school = django_filters.ModelChoiceFilter(
        queryset=schools_in_reach,
        to_field_name="code",
        field_name="teacher__school",
        label=_("学校"),
    )

    class Meta:
        model = Training
        fields = ("level", "year", "township", "school", "form", "has_passed")
