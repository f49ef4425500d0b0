"""Filters of children's records."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from povedu.screens.filters import ScreenFilterSet
from schools.choices import Stage
from schools.models import Division
from students.choices import (
    ApprovalState,
    DropoutReason,
    DropoutState,
    EnrolmentState,
    Hardship,
    LinkStage,
    Place,
    RegisterKind,
    StudentState,
)
from students.filters.placing import (
    AwayFilter,
    ChangeFilter,
    ChangeRowFilter,
    ComparisonFilter,
    PlacedFilter,
    PlacedRowFilter,
    ProofFilter,
)
from students.filters.scoped import schools_in_scope, townships_in_scope, under
from students.filters.settling import (
    AssignmentFilter,
    DecisionFilter,
    FindingFilter,
    LogicFilter,
    QueueFilter,
)
from students.models import (
    DropoutCase,
    Enrolment,
    Household,
    Link,
    PayeeAccount,
    Reconciliation,
    RegisterEntry,
    RegisterSnapshot,
    Student,
)
from students.selectors.children import with_live_hardship

_YES_NO = [("true", _("是")), ("false", _("否"))]


class StudentFilter(ScreenFilterSet):
    """By stage, hardship, township, school, grade, identity, state and boarding."""

    stage = django_filters.ChoiceFilter(label=_("学段"), choices=Stage.choices)
    hardship = django_filters.ChoiceFilter(
        label=_("困难类别"),
        choices=[*Hardship.choices, ("none", _("无困难身份"))],
        method="by_hardship",
    )
    school = django_filters.ModelChoiceFilter(
        label=_("学校"), queryset=schools_in_scope, to_field_name="code"
    )
    township = django_filters.ModelChoiceFilter(
        label=_("乡镇"), queryset=townships_in_scope, method="by_township"
    )
    grade = django_filters.NumberFilter(label=_("年级"))
    identity_confirmed = django_filters.ChoiceFilter(
        label=_("身份已确认"), choices=_YES_NO, method="by_flag"
    )
    state = django_filters.ChoiceFilter(label=_("状态"), choices=StudentState.choices)
    is_boarder = django_filters.ChoiceFilter(label=_("住校"), choices=_YES_NO, method="by_flag")

    class Meta:
        model = Student
        fields: tuple[str, ...] = ()

    def by_hardship(self, rows: QuerySet[Student], name: str, value: str) -> QuerySet[Student]:
        """Keep holders of a live category."""
        return with_live_hardship(rows, value)

    def by_township(self, rows: QuerySet[Any], name: str, value: Division) -> QuerySet[Any]:
        """Keep pupils of a township's schools."""
        return under(rows, "school__division__code", value)

    def by_flag(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep yes or no."""
        return rows.filter(**{name: value == "true"})


class EnrolmentFilter(ScreenFilterSet):
    """By school, stage, grade, class and state."""

    school = django_filters.ModelChoiceFilter(
        label=_("学校"), queryset=schools_in_scope, to_field_name="code"
    )
    stage = django_filters.ChoiceFilter(label=_("学段"), choices=Stage.choices)
    grade = django_filters.NumberFilter(label=_("年级"))
    class_name = django_filters.CharFilter(label=_("班级"))
    state = django_filters.ChoiceFilter(label=_("状态"), choices=EnrolmentState.choices)
    confirmed = django_filters.ChoiceFilter(
        label=_("身份已确认"), choices=_YES_NO, method="by_confirmed"
    )

    class Meta:
        model = Enrolment
        fields: tuple[str, ...] = ()

    def by_confirmed(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep confirmed or provisional children."""
        return rows.filter(student__identity_confirmed=value == "true")


class PayeeFilter(ScreenFilterSet):
    """By state and school."""

    state = django_filters.ChoiceFilter(label=_("状态"), choices=ApprovalState.choices)
    school = django_filters.ModelChoiceFilter(
        label=_("学校"),
        queryset=schools_in_scope,
        to_field_name="code",
        field_name="student__school",
    )

    class Meta:
        model = PayeeAccount
        fields: tuple[str, ...] = ()


class HouseholdFilter(ScreenFilterSet):
    """By township, words of the household's kind and of the monitored kind, and risk."""

    township = django_filters.ModelChoiceFilter(
        label=_("乡镇"), queryset=townships_in_scope, method="by_township"
    )
    status_as_stated = django_filters.CharFilter(label=_("户类型"), lookup_expr="contains")
    monitored_kind_as_stated = django_filters.CharFilter(
        label=_("监测对象类别"), lookup_expr="contains"
    )
    risk_removed = django_filters.ChoiceFilter(
        label=_("风险已消除"), choices=_YES_NO, method="by_flag"
    )

    class Meta:
        model = Household
        fields: tuple[str, ...] = ()

    def by_township(self, rows: QuerySet[Any], name: str, value: Division) -> QuerySet[Any]:
        """Keep households of a township's villages."""
        return under(rows, "division__code", value)

    def by_flag(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep yes or no."""
        return rows.filter(**{name: value == "true"})


class SnapshotFilter(ScreenFilterSet):
    """By register."""

    kind = django_filters.ChoiceFilter(label=_("名册"), choices=RegisterKind.choices)

    class Meta:
        model = RegisterSnapshot
        fields: tuple[str, ...] = ()


class EntryFilter(ScreenFilterSet):
    """By category, household and whether the number is whole."""

    category = django_filters.ChoiceFilter(label=_("困难类别"), choices=Hardship.choices)
    household_no = django_filters.CharFilter(label=_("户编号"))
    place = django_filters.ChoiceFilter(
        label=_("去向"),
        choices=[(str(one), one.label) for one in (Place.MOVED_AWAY, Place.DECEASED)],
    )
    whole = django_filters.ChoiceFilter(label=_("证号有效"), choices=_YES_NO, method="by_whole")

    class Meta:
        model = RegisterEntry
        fields: tuple[str, ...] = ()

    def by_whole(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep rows with, or without, a full valid number."""
        return rows.exclude(id_index="") if value == "true" else rows.filter(id_index="")


class RunFilter(ScreenFilterSet):
    """By term."""

    term = django_filters.CharFilter(label=_("学期代码"))

    class Meta:
        model = Reconciliation
        fields: tuple[str, ...] = ()


class LinkFilter(ScreenFilterSet):
    """By how the link was found, and whether it holds by itself."""

    stage = django_filters.ChoiceFilter(label=_("依据"), choices=LinkStage.choices)
    automatic = django_filters.ChoiceFilter(label=_("自动"), choices=_YES_NO, method="by_flag")
    register = django_filters.ChoiceFilter(
        label=_("名册"), choices=RegisterKind.choices, field_name="entry__snapshot__kind"
    )

    class Meta:
        model = Link
        fields: tuple[str, ...] = ()

    def by_flag(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep yes or no."""
        return rows.filter(**{name: value == "true"})


class DropoutFilter(ScreenFilterSet):
    """By ledger, township of home or school, school, reason, and whether anybody has tried."""

    state = django_filters.ChoiceFilter(label=_("状态"), choices=DropoutState.choices)
    township = django_filters.ModelChoiceFilter(
        label=_("乡镇"), queryset=townships_in_scope, method="by_township"
    )
    school = django_filters.ModelChoiceFilter(
        label=_("原学校"), queryset=schools_in_scope, to_field_name="code"
    )
    reason = django_filters.ChoiceFilter(label=_("辍学原因"), choices=DropoutReason.choices)
    visited = django_filters.ChoiceFilter(label=_("已劝返"), choices=_YES_NO, method="by_visits")

    class Meta:
        model = DropoutCase
        fields: tuple[str, ...] = ()

    def by_township(self, rows: QuerySet[Any], name: str, value: Division) -> QuerySet[Any]:
        """Keep cases at home or at school in a township."""
        at_home = under(rows, "division__code", value)
        return at_home | under(rows, "school__division__code", value)

    def by_visits(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep cases with, or without, an attempt."""
        return rows.filter(visits_count__gt=0) if value == "true" else rows.filter(visits_count=0)


__all__ = [
    "AssignmentFilter",
    "AwayFilter",
    "ChangeFilter",
    "ChangeRowFilter",
    "ComparisonFilter",
    "DecisionFilter",
    "DropoutFilter",
    "EnrolmentFilter",
    "EntryFilter",
    "FindingFilter",
    "HouseholdFilter",
    "LinkFilter",
    "LogicFilter",
    "PayeeFilter",
    "PlacedFilter",
    "PlacedRowFilter",
    "ProofFilter",
    "QueueFilter",
    "RunFilter",
    "SnapshotFilter",
    "StudentFilter",
]
