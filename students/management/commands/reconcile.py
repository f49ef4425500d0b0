"""Compare a term's rosters with the registers of other departments."""

import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from povedu.accounts.models import User
from povedu.accounts.selectors import actor_for, operator
from povedu.audit.services import record
from povedu.errors import Refusal
from povedu.jobs.choices import LIVE, JobState
from povedu.jobs.models import Job
from povedu.jobs.runner import run_now
from povedu.scope import Actor
from povedu.terms import Term
from students.choices import FindingKind, RegisterKind
from students.models import Reconciliation
from students.selectors import runs as reads
from students.selectors.reconciling import registers_left_out
from students.selectors.runs import as_json_lines, figures
from students.services.nightly import start_runs
from students.services.reconcile import county_named

_LOOK_SECONDS = 0.5


class Command(BaseCommand):
    """Reconcile: exit 0 done, 1 done but with findings asked to fail on, 2 could not."""

    help = "Compare a term's rosters with the newest registers; write links, findings and places."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the term, the county, the acting person and the forms of output."""
        parser.add_argument("--term", required=True, help="2016-1 is autumn 2016")
        parser.add_argument("--county", default="", help="division code; default: the only county")
        parser.add_argument(
            "--all-counties",
            action="store_true",
            help="one job per county in scope; workers and this command share them",
        )
        parser.add_argument(
            "--again", action="store_true", help="compare even where nothing has changed"
        )
        parser.add_argument("--actor", default="", help="user name; default: built-in operator")
        parser.add_argument("--dump", type=Path, help="write a JSON line per link and finding")
        parser.add_argument(
            "--fail-on",
            action="append",
            default=[],
            choices=[*FindingKind.values, "any"],
            help="exit 1 where there are findings of this kind",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the comparison here and now and print its figures."""
        began = time.monotonic()
        try:
            runs = self._runs(options)
        except (Refusal, ValueError, DatabaseError, CommandError) as error:
            sys.stderr.write(f"{error}\n")
            raise SystemExit(2) from error
        for run in runs:
            self._name_left_out(run)
        seconds = round(time.monotonic() - began, 3)
        counties = [{"county": run.county.prefix, **figures(run)} for run in runs]
        if options["all_counties"]:
            self._print({"counties": counties, "seconds": seconds}, options)
        else:
            self._print({**figures(runs[0]), "seconds": seconds}, options)
        kinds = {kind for run in runs for kind, count in run.findings_count.items() if count}
        failing = set(options["fail_on"])
        if failing & kinds or ("any" in failing and kinds):
            raise SystemExit(1)

    def _print(self, answer: dict[str, Any], options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        for key, value in answer.items():
            self.stdout.write(f"{key}: {value}")

    def _runs(self, options: dict[str, Any]) -> list[Reconciliation]:
        term, now = Term.parse(options["term"]), timezone.now()
        actor = self._actor(options["actor"], now)
        many = options["all_counties"]
        counties = reads.counties(actor.scope) if many else [county_named(options["county"])]
        if not all(county.pk.startswith(actor.scope.county_code) for county in counties):
            raise Refusal("county-out-of-scope", _("这个县不在您的管辖范围内。"))
        # Of one county this process does the work; many are woken, and it helps with what is left.
        jobs = start_runs(
            counties=counties, term=term, actor=actor, now=now, again=options["again"], wake=many
        )
        runs = [self._run_of(self._finished(job)) for job in jobs]
        if options["dump"]:
            self._dump(runs, options["dump"], actor, now)
        return runs

    def _finished(self, job: Job) -> Job:
        """Do a job here unless a worker has it, then wait for its end."""
        job = run_now(job)
        while job.state in LIVE:
            time.sleep(_LOOK_SECONDS)
            job = run_now(job)
        return job

    def _run_of(self, job: Job) -> Reconciliation:
        if job.state != JobState.DONE:
            raise CommandError(job.error_message or _("比对未完成。"))
        return Reconciliation.objects.select_related("county").get(pk=job.result["run"])

    def _actor(self, name: str, now: Any) -> Actor:
        if not name:
            return operator()
        user = User.objects.filter(username=name).first()
        if user is None:
            raise Refusal("user-unknown", _("没有用户“%(name)s”。") % {"name": name})
        return actor_for(user, now=now)

    def _dump(self, runs: list[Reconciliation], path: Path, actor: Actor, now: Any) -> None:
        with path.open("w", encoding="utf-8") as file:
            for run in runs:
                count = 0
                for line in as_json_lines(run):
                    file.write(line + "\n")
                    count += 1
                record(actor=actor, now=now, verb="reconciliation.dump", subject=run, count=count)

    def _name_left_out(self, run: Reconciliation) -> None:
        """Say on standard error which registers the run went without."""
        for kind, earliest in registers_left_out(run.county, run.snapshots.all()).items():
            if earliest is not None:
                sentence = _("未比对%(register)s：学期首日前没有快照，最早的是 %(day)s。")
                words = {"register": RegisterKind(kind).label, "day": earliest.as_of.isoformat()}
                sys.stderr.write(sentence % words + "\n")
