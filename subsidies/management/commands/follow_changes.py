"""Follow up what changed about awarded children."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from povedu.accounts.selectors import operator
from subsidies.selectors.programmes import counties_with_programmes
from subsidies.services.changes import follow_changes


class Command(BaseCommand):
    """Do what transfer, leave, death and lost claims ask for; repeatable."""

    help = "Suspend, stop, cancel or move awards that a change has overtaken, as every night."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the county."""
        parser.add_argument("--county", default="", help="county code; every county without it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Follow up and print how many of each kind, by county."""
        now, actor = timezone.now(), operator()
        rows = counties_with_programmes().filter(code__startswith=options["county"])
        told = {one.code: follow_changes(county=one, actor=actor, now=now) for one in rows}
        self.stdout.write(json.dumps(told))
