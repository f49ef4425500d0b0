"""Export the money ledger of a year."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone, translation

from povedu.accounts.selectors import operator
from povedu.audit.services import record
from povedu.errors import Refusal
from povedu.ledger.choices import FundSource
from povedu.sheets import FORMATS
from reports.choices import LedgerContent
from reports.exports.ledger import LedgerFilter
from reports.tasks import LEDGER_WRITERS


class Command(BaseCommand):
    """Write every entry of a calendar year with totals, content hash and chain head."""

    help = "Export the ledger of a year as a workbook or as CSV; logged in the audit trail."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the year, the format, the file and the filters."""
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--format", choices=FORMATS, default="xlsx")
        parser.add_argument("--output", required=True)
        parser.add_argument("--content", choices=LedgerContent.values, default="entries")
        parser.add_argument("--source", choices=FundSource.values, default="")
        parser.add_argument("--programme", default="", help="programme code")
        parser.add_argument("--json", action="store_true", help="print what was written as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file and log it."""
        now, actor = timezone.now(), operator()
        chosen = LedgerFilter(options["year"], options["source"], options["programme"])
        try:
            with (
                translation.override("zh-hans"),
                transaction.atomic(),
                Path(options["output"]).open("wb") as target,
            ):
                written = LEDGER_WRITERS[LedgerContent(options["content"])](
                    target, options["format"], actor=actor, now=now, chosen=chosen
                )
                record(
                    actor=actor,
                    now=now,
                    verb="ledger.export",
                    changes={"sha256": ("", written.sha256)},
                    count=written.rows,
                )
        except (Refusal, OSError) as fault:
            raise CommandError(str(fault), returncode=2) from fault
        told = {
            "rows": written.rows,
            "totals": {key: str(total) for key, total in written.totals.items()},
            "sha256": written.sha256,
        }
        if options["json"]:
            self.stdout.write(json.dumps(told))
        else:
            self.stdout.write(f"{written.rows} rows, sha256 {written.sha256}")
