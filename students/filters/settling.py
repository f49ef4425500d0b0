"""Filters of findings, of what schools were asked, and of what was decided."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.screens.filters import DaysFilter, ScreenFilterSet
from schools.models import Division, School
from students.choices import (
    ASSIGNMENT_LIVE,
    ASSIGNMENT_WAITS,
    AssignmentState,
    FindingKind,
    FindingState,
    Verdict,
)
from students.filters.scoped import schools_in_scope, townships_in_scope, under
from students.models import Assignment, Decision, Finding
from students.rules.register_logic import RULES

NONE = "none"  # of a place: in no township, at no school


class QueueFilter(ScreenFilterSet):
    """By kind, township, school, and what was asked of the school."""

    kind = django_filters.ChoiceFilter(label=_("类型"), choices=FindingKind.choices)
    township = django_filters.ModelChoiceFilter(
        label=_("乡镇"),
        queryset=townships_in_scope,
        method="by_township",
        null_label=_("未落到乡镇"),
        null_value=NONE,
    )
    school = django_filters.ModelChoiceFilter(
        label=_("学校"),
        queryset=schools_in_scope,
        to_field_name="code",
        method="by_school",
        null_label=_("没有学校（仅在名册上）"),
        null_value=NONE,
    )
    asked = django_filters.ChoiceFilter(
        label=_("交办"),
        choices=[
            ("no", _("未交办")),
            ("waiting", _("等学校答复")),
            ("overdue", _("逾期未答复")),
            *((str(one), one.label) for one in ASSIGNMENT_LIVE),
        ],
        method="by_asked",
    )

    class Meta:
        model = Finding
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet[Finding]) -> QuerySet[Finding]:
        """Leave what a register contradicts in itself out, unless that kind is asked for."""
        rows: QuerySet[Finding] = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("kind"):
            return rows
        return rows.exclude(kind=FindingKind.REGISTER_LOGIC)

    def by_township(
        self, rows: QuerySet[Any], name: str, value: Division | str | None
    ) -> QuerySet[Any]:
        """Keep findings of a township, or those in none."""
        if isinstance(value, str):
            return rows.filter(division_code__endswith="000000")
        return under(rows, "division_code", value)

    def by_school(
        self, rows: QuerySet[Any], name: str, value: School | str | None
    ) -> QuerySet[Any]:
        """Keep findings of a school, or those of none."""
        if isinstance(value, str):
            return rows.filter(school_code="")
        return rows.filter(school_code=value.code) if value else rows

    def by_asked(self, rows: QuerySet[Finding], name: str, value: str) -> QuerySet[Finding]:
        """Keep what a school was asked, in that state, or what none was asked."""
        live = Assignment.objects.filter(finding=OuterRef("pk"), state__in=ASSIGNMENT_LIVE)
        if value == "no":
            return rows.filter(~Exists(live))
        if value in ("waiting", "overdue"):
            live = live.filter(state__in=ASSIGNMENT_WAITS)
            if value == "overdue":
                live = live.filter(due_on__lt=timezone.localtime(self.request.now).date())
            return rows.filter(Exists(live))
        return rows.filter(Exists(live.filter(state=value)))


class FindingFilter(QueueFilter):
    """The queue's filters and the state."""

    state = django_filters.ChoiceFilter(
        label=_("状态"),
        choices=[one for one in FindingState.choices if one[0] != FindingState.GONE],
    )
    term = django_filters.CharFilter(label=_("学期代码"))


class AssignmentFilter(ScreenFilterSet):
    """By state, township and school."""

    state = django_filters.ChoiceFilter(
        label=_("状态"),
        choices=[
            ("overdue", _("逾期未答复")),
            ("waiting", _("等学校答复")),
            *AssignmentState.choices,
        ],
        method="by_state",
    )
    township = django_filters.ModelChoiceFilter(
        label=_("乡镇"), queryset=townships_in_scope, method="by_township"
    )
    school = django_filters.ModelChoiceFilter(
        label=_("学校"), queryset=schools_in_scope, to_field_name="code"
    )
    due_on = django_filters.DateFromToRangeFilter(label=_("答复期限"))

    class Meta:
        model = Assignment
        fields: tuple[str, ...] = ()

    def by_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep a state, or what waits for a school, or waits too long."""
        if value not in ("overdue", "waiting"):
            return rows.filter(state=value)
        waiting = rows.filter(state__in=ASSIGNMENT_WAITS)
        today = timezone.localtime(self.request.now).date()
        return waiting.filter(due_on__lt=today) if value == "overdue" else waiting

    def by_township(self, rows: QuerySet[Any], name: str, value: Division) -> QuerySet[Any]:
        """Keep schools of a township."""
        return under(rows, "school__division__code", value)


class DecisionFilter(ScreenFilterSet):
    """By kind of finding, verdict and day."""

    kind = django_filters.ChoiceFilter(
        label=_("类型"), choices=FindingKind.choices, field_name="finding__kind"
    )
    verdict = django_filters.ChoiceFilter(label=_("结论"), choices=Verdict.choices)
    decided_at = DaysFilter(label=_("处理时间"))

    class Meta:
        model = Decision
        fields: tuple[str, ...] = ()


class LogicFilter(ScreenFilterSet):
    """By rule, township and state."""

    rule = django_filters.ChoiceFilter(
        label=_("规则"),
        choices=[(rule.code, rule.words) for rule in RULES],
        method="by_rule",
    )
    township = django_filters.ModelChoiceFilter(
        label=_("乡镇"), queryset=townships_in_scope, method="by_township"
    )
    state = django_filters.ChoiceFilter(
        label=_("状态"),
        choices=[one for one in FindingState.choices if one[0] != FindingState.GONE],
    )

    class Meta:
        model = Finding
        fields: tuple[str, ...] = ()

    def by_rule(self, rows: QuerySet[Finding], name: str, value: str) -> QuerySet[Finding]:
        """Keep what breaks one rule."""
        return rows.filter(reason=f"logic:{value}")

    def by_township(self, rows: QuerySet[Finding], name: str, value: Division) -> QuerySet[Finding]:
        """Keep households of a township."""
        return under(rows, "division_code", value)
