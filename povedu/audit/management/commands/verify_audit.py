"""Prove that nobody has touched the audit trail."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from povedu.audit.selectors import verify


class Command(BaseCommand):
    """Walk the chain; exit 1 and name the first broken entry where it does not hold."""

    help = "Verify the audit chain, its triggers and its anchor; name the first broken entry."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer JSON."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify and report."""
        verdict = verify(now=timezone.now())
        if options["json"]:
            report = {
                "whole": verdict.is_whole,
                "seals": verdict.seals,
                "entries": verdict.entries,
                "unsealed": verdict.unsealed,
                "head": verdict.head,
                "code": verdict.code,
                "entry": verdict.entry,
                "seal": verdict.seal,
                "message": verdict.message,
            }
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        elif verdict.is_whole:
            self.stdout.write(
                f"whole: {verdict.seals} seals, {verdict.entries} entries,"
                f" {verdict.unsealed} waiting, head {verdict.head}"
            )
        else:
            self.stderr.write(f"{verdict.code}: {verdict.message}")
        if not verdict.is_whole:
            sys.exit(1)
