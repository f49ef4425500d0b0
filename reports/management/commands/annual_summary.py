"""Write the annual summary of a year to a file or to standard output."""

import argparse
import io
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from povedu.accounts.selectors import operator
from povedu.errors import Refusal
from povedu.scope import Scope
from povedu.sheets import Cover
from reports import services
from reports.exports import summary
from reports.selectors import editions, lines
from schools.selectors import names


class Command(BaseCommand):
    """Compute a year's summary from the records and write it; nothing is stored."""

    help = "Write the annual summary of YEAR as JSON, Word, PDF or a workbook."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the year, the format, where to write and for which county."""
        parser.add_argument("year", type=_year)
        parser.add_argument("--format", choices=summary.FORMATS, default="json")
        parser.add_argument("--output", help="file to write; standard output without it")
        parser.add_argument("--county", default="", help="six-digit county code")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file; exit 2 with a sentence where that cannot be."""
        try:
            content = _written(options["year"], options["format"], options["county"])
        except Refusal as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        if options["output"]:
            Path(options["output"]).write_bytes(content)
        elif options["format"] == "json":
            self.stdout.write(content.decode())
        else:
            sys.stdout.buffer.write(content)


def _year(text: str) -> int:
    year = int(text)
    if not lines.FIRST_YEAR <= year <= lines.LAST_YEAR:
        raise argparse.ArgumentTypeError("not a year")
    return year


def _written(year: int, fmt: str, county: str) -> bytes:
    now = timezone.now()
    code = county or _only_county()
    with translation.override("zh-hans"):
        told = lines.annual_summary(Scope(code), year)
        template = editions.template_of(code)
        paper, _missing = services.write_paper(told, template, dated_on=timezone.localdate(now))
        cover = Cover(paper.title, operator().name, now)
        target = io.BytesIO()
        summary.write(
            fmt,
            target,
            content=lines.as_json(told),
            paper=paper,
            cover=cover,
            word_template=bytes(template.word_template) if template.word_template else None,
        )
    return target.getvalue()


def _only_county() -> str:
    codes = names.county_codes(Scope.everything())
    if len(codes) != 1:
        raise CommandError("name the county: --county CODE", returncode=2)
    return codes[0]
