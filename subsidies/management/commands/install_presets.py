"""Install the programmes that a county starts from."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from povedu.accounts.selectors import operator
from schools.choices import DivisionLevel
from schools.models import Division
from subsidies.services.presets import install_presets


class Command(BaseCommand):
    """Add the preset programmes and standards that a county lacks; repeatable."""

    help = "Install the preset programmes 2011-2026 in a county; what is there stays untouched."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the county."""
        parser.add_argument("--county", default="", help="county code, where there are several")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Install and print what was made."""
        counties = Division.objects.filter(
            level=DivisionLevel.COUNTY, code__startswith=options["county"]
        )
        if counties.count() != 1:
            self.stderr.write("Name one county with --county.")
            raise SystemExit(2)
        made = install_presets(county=counties.get(), actor=operator(), now=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps(made))
        else:
            self.stdout.write(f"{made['programmes']} programmes, {made['standards']} standards")
