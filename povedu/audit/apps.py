"""Application configuration."""

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate

from povedu import triggers


class AuditConfig(AppConfig):
    """Name the application and keep its tables append-only."""

    name = "povedu.audit"
    label = "audit"

    def ready(self) -> None:
        """Protect entries and seals; re-install every app's triggers after each migration."""
        from povedu import invariants
        from povedu.audit.checks import trail_is_whole
        from povedu.audit.models import AuditEntry, AuditSeal

        invariants.keep("I8", trail_is_whole)
        triggers.keep_append_only(AuditEntry, AuditSeal)
        post_migrate.connect(triggers.install_after_migration, dispatch_uid="append-only")
        checks.register(triggers.check_present, checks.Tags.database)
