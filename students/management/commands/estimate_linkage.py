"""Estimate the linkage model from a county's own lists, and write it to a new file."""

import json
import sys
from argparse import ArgumentParser
from math import log2
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from povedu.accounts.selectors import operator
from povedu.audit.services import record
from povedu.errors import Refusal
from povedu.terms import Term
from students.linkage.comparisons import LEVELS
from students.linkage.estimating import estimated
from students.linkage.model import SHIPPED, Model, known_model, parsed
from students.selectors.reconciling import default_snapshots, inputs_of
from students.services.reconcile import county_named


class Command(BaseCommand):
    """Estimate: exit 0 done, 2 could not. The model in use stays what it is."""

    help = "Estimate m, u, prior and name shares from a county's lists; write a new model file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the term, the county and the file."""
        parser.add_argument("--term", required=True, help="2016-1 is autumn 2016")
        parser.add_argument("--county", default="", help="division code; default: the only county")
        parser.add_argument("--output", type=Path, required=True, help="a file that is not there")

    def handle(self, *args: Any, **options: Any) -> None:
        """Estimate, write the file and print old and new weights side by side."""
        path: Path = options["output"]
        try:
            if path.exists() or path.resolve() == SHIPPED:
                raise Refusal("file-exists", _("文件已存在，请另取文件名。"))
            term, county = Term.parse(options["term"]), county_named(options["county"])
            given = known_model(settings.LINKAGE_MODEL)
            inputs = inputs_of(county, term, default_snapshots(county, term))
            listed = [one for register in inputs.registers for one in register.listed]
            found = estimated(
                inputs.children, listed, given=given, name=f"{county.prefix}-{term.code}"
            )
            text = json.dumps(found.content, ensure_ascii=False, indent=1) + "\n"
            model = parsed(found.content, "")
            path.write_text(text, encoding="utf-8")
        except (Refusal, ValueError, OSError) as error:
            sys.stderr.write(f"{error}\n")
            raise SystemExit(2) from error
        record(
            actor=operator(),
            now=timezone.now(),
            verb="reconciliation.estimate",
            subject=county,
            count=found.joined,
            place=(county.prefix, ""),
        )
        self._print(given, model)
        self.stdout.write(f"{found.joined} joined pairs, {found.sampled} sampled pairs -> {path}")
        self.stdout.write(f"POVEDU_LINKAGE_MODEL={path.resolve()}")

    def _print(self, given: Model, model: Model) -> None:
        self.stdout.write(f"{'':<24}{given.name:>16}{model.name:>16}   (bits)")
        self.stdout.write(f"{'prior':<24}{log2(given.prior):>16.2f}{log2(model.prior):>16.2f}")
        for comparison, levels in LEVELS.items():
            for level in levels:
                old, new = (
                    log2(one.m(comparison, level) / one.u(comparison, level))
                    for one in (given, model)
                )
                self.stdout.write(f"{comparison + ' ' + level:<24}{old:>16.2f}{new:>16.2f}")
