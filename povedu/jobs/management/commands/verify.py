"""Check everything that must hold, whatever has crashed."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from povedu import invariants


class Command(BaseCommand):
    """Check the invariants I1 to I8; exit 1 and name the first row that breaks one."""

    help = "Check the invariants I1 to I8 (docs/money.md) and name the first row that breaks one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer JSON, a county, and a choice of invariants."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--county", default="", help="six digits; all counties without it")
        parser.add_argument("--only", nargs="*", choices=list(invariants.LABELS), default=[])

    def handle(self, *args: Any, **options: Any) -> None:
        """Check and report."""
        with translation.override("zh-hans"):
            verdict = invariants.verify(options["only"], county=options["county"][:6])
        if options["json"]:
            self.stdout.write(json.dumps(verdict.as_dict(), ensure_ascii=False))
        else:
            for one in verdict.outcomes:
                said = "ok" if one.breach is None else f"{one.breach.row} {one.breach.detail}"
                self.stdout.write(f"{one.code} {said:<12} {one.seconds:7.2f} s  {one.label}")
        if not verdict.ok:
            sys.exit(1)
