"""Tables of the audit trail."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from povedu.audit.models import AuditEntry
from povedu.audit.selectors import verb_label
from povedu.screens.tables import InstantColumn, LongColumn, NumberColumn, ScreenTable


class AuditTable(ScreenTable):
    """Who did what to which record, when, from where, why."""

    at = InstantColumn(linkify=("audit:entry-detail", [tables.A("pk")]))
    count = NumberColumn()
    subject_label = LongColumn()
    reason = LongColumn()

    class Meta(ScreenTable.Meta):
        model = AuditEntry
        fields = (
            "at",
            "actor_name",
            "role",
            "verb",
            "subject_label",
            "count",
            "reason",
            "ip",
            "division_code",
            "school_code",
        )
        lead = ("at",)
        hidden = ("ip", "division_code", "school_code")
        order_by = None

    def render_verb(self, value: str) -> str:
        """Name the deed in the reader's words."""
        return verb_label(value)

    def render_role(self, value: str) -> str:
        """Name the role in the reader's words, as the accounts' choices have it."""
        return role_label(value)


def role_label(role: str) -> str:
    """Return a role in the reader's words; the built-in operator's has its own."""
    if role == "operator":
        return str(_("系统作业"))
    from django.apps import apps

    # Roles belong to an app above this one.
    field = apps.get_model("accounts", "Jurisdiction")._meta.get_field("role")
    return str(dict(field.flatchoices).get(role, role))
