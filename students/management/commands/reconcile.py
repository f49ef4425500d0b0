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
from povedu.jobs.choices import JobState
from povedu.jobs.runner import run_now
from povedu.jobs.services import enqueue
from povedu.scope import Actor
from povedu.terms import Term
from students.choices import FindingKind, RegisterKind
from students.models import Reconciliation
from students.selectors.reconciling import registers_left_out
from students.selectors.runs import as_json_lines, figures
from students.services.reconcile import county_named


class Command(BaseCommand):
    """Reconcile: exit 0 done, 1 done but with findings asked to fail on, 2 could not."""

    help = "Compare a term's rosters with the newest registers; write links, findings and places."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the term, the county, the acting person and the forms of output."""
        parser.add_argument("--term", required=True, help="2016-1 is autumn 2016")
        parser.add_argument("--county", default="", help="division code; default: the only county")
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
            run = self._run(options)
        except (Refusal, ValueError, DatabaseError, CommandError) as error:
            sys.stderr.write(f"{error}\n")
            raise SystemExit(2) from error
        answer = {**figures(run), "seconds": round(time.monotonic() - began, 3)}
        self._name_left_out(run)
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            for key, value in answer.items():
                self.stdout.write(f"{key}: {value}")
        kinds = {kind for kind, count in run.findings_count.items() if count}
        failing = set(options["fail_on"])
        if failing & kinds or ("any" in failing and kinds):
            raise SystemExit(1)

    def _run(self, options: dict[str, Any]) -> Reconciliation:
        term = Term.parse(options["term"])
        now = timezone.now()
        actor = self._actor(options["actor"], now)
        county = county_named(options["county"])
        if not county.pk.startswith(actor.scope.county_code):
            raise Refusal("county-out-of-scope", _("这个县不在您的管辖范围内。"))
        params = {"term": term.code, "county": county.prefix}
        key = f"reconcile:{county.prefix}:{term.code}"
        job = run_now(
            enqueue(
                kind="students.reconcile",
                params=params,
                actor=actor,
                now=now,
                digest=key,
                wake=False,
            )
        )
        if job.state != JobState.DONE:
            raise CommandError(job.error_message or _("比对未完成。"))
        run = Reconciliation.objects.get(pk=job.result["run"])
        if options["dump"]:
            self._dump(run, options["dump"], actor, now)
        return run

    def _actor(self, name: str, now: Any) -> Actor:
        if not name:
            return operator()
        user = User.objects.filter(username=name).first()
        if user is None:
            raise Refusal("user-unknown", _("没有用户“%(name)s”。") % {"name": name})
        return actor_for(user, now=now)

    def _dump(self, run: Reconciliation, path: Path, actor: Actor, now: Any) -> None:
        count = 0
        with path.open("w", encoding="utf-8") as file:
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
