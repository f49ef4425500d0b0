"""Filters of the audit trail."""

from typing import Any

import django_filters
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from povedu.audit.models import AuditEntry
from povedu.audit.verbs import verb_labels
from povedu.screens.filters import DaysFilter, ScreenFilterSet


def _verbs() -> list[tuple[str, Any]]:
    return sorted(verb_labels().items())


class AuditFilter(ScreenFilterSet):
    """By deed, day, person and kind of record."""

    verb = django_filters.ChoiceFilter(label=_("操作"), choices=lazy(_verbs, list))
    at = DaysFilter(label=_("日期"))
    actor_name = django_filters.CharFilter(label=_("操作人"), lookup_expr="exact")
    subject_type = django_filters.CharFilter(label=_("对象类型"), lookup_expr="exact")
    subject_id = django_filters.CharFilter(label=_("对象编号"), lookup_expr="exact")
    school_code = django_filters.CharFilter(label=_("学校代码"), lookup_expr="exact")

    class Meta:
        model = AuditEntry
        fields = ("verb", "at", "actor_name", "subject_type", "subject_id", "school_code")
