"""Say whether the installation is well."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from povedu.jobs import health, services


class Command(BaseCommand):
    """Look at everything the installation stands on; exit 1 where a part is broken."""

    help = "Look at database, triggers, keys, broker, worker, disk and backups."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer JSON, a choice of parts, and the sign that a backup was made."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--only", nargs="*", choices=list(health.LOOKS), help="these parts")
        parser.add_argument(
            "--backup-done", action="store_true", help="note that a backup was made and checked"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Look and say."""
        now = timezone.now()
        if options["backup_done"]:
            services.sign(health.BACKUP, now=now)
        findings = health.look(now, tuple(options["only"] or health.LOOKS))
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {one.name: {"level": one.level, "detail": one.detail} for one in findings},
                    ensure_ascii=False,
                )
            )
        else:
            for one in findings:
                self.stdout.write(f"{one.level:8} {one.name:12} {one.detail}")
        if any(one.is_failed for one in findings):
            raise CommandError("not well", returncode=1)
