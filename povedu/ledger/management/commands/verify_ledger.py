"""Walk the ledger's chains and name the first broken entry."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from povedu.ledger.walk import verify
from povedu.scope import Scope


class Command(BaseCommand):
    """Verify every county's ledger: exit 0 whole, 1 broken."""

    help = "Verify the ledger's hash chains, seals, sums, triggers and anchors."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the output form and another anchor file than the installation's own."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--anchor", type=Path, help="anchor file kept elsewhere")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was found."""
        verdict = verify(Scope.everything(), anchor_file=options["anchor"])
        if options["json"]:
            self.stdout.write(json.dumps(verdict.as_dict(), ensure_ascii=False))
        elif verdict.ok:
            self.stdout.write(_("资金台账完好，共 %(count)d 条分录。") % {"count": verdict.entries})
            for county, head in verdict.heads.items():
                self.stdout.write(f"{county} {head['entries']} {head['hash']}")
        else:
            place = f"{verdict.county} {verdict.seq} {verdict.fault} {verdict.detail}".strip()
            self.stdout.write(_("资金台账有误：%(place)s") % {"place": place})
        if not verdict.ok:
            raise SystemExit(1)
