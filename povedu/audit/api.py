"""The audit trail as programs read it."""

from typing import ClassVar

from povedu.audit.filters import AuditFilter
from povedu.audit.models import AuditEntry
from povedu.audit.selectors import entries
from povedu.screens.viewsets import ReadViewSet, RowSerializer


class AuditEntrySerializer(RowSerializer):
    """One thing somebody did; protected values in its changes are masked."""

    class Meta:
        model = AuditEntry
        fields: ClassVar = [
            "id",
            "at",
            "actor_name",
            "role",
            "ip",
            "verb",
            "subject_type",
            "subject_id",
            "subject_label",
            "division_code",
            "school_code",
            "changes",
            "reason",
            "count",
            "job_id",
        ]


class AuditEntryViewSet(ReadViewSet):
    """The trail."""

    action_name = "audit.entry.view"
    selector = entries
    serializer_class = AuditEntrySerializer
    filterset_class = AuditFilter


API_ROUTES = [("audit/entries", AuditEntryViewSet)]
