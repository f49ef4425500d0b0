"""Who may read the audit trail and who may ask for the whole of a protected value.

The grantees are written as words: this app lies below the one that defines roles, and a guard test
holds the words against the roles.
"""

from django.utils.translation import gettext_lazy as _

READERS = frozenset({"auditor", "audit_admin"})

POLICY: dict[str, frozenset[str]] = {
    "audit.entry.view": READERS,
    "audit.entry.export": READERS,
    "audit.chain.verify": READERS,
    "audit.chain.seal": frozenset(),  # the schedule's own
    # The door to asking; each kind of record then demands its own action.
    "audit.secret.ask": frozenset(
        {
            "county_admin",
            "office_staff",
            "approver",
            "township_officer",
            "school_clerk",
            "auditor",
        }
    ),
}

VERBS = {
    "secret.reveal": _("查看完整信息"),
    "audit.export": _("导出操作日志"),
    "audit.verify": _("校验操作日志"),
}
