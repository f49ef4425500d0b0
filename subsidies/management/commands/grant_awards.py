"""Compute a programme's awards for a term."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from povedu.accounts.models import User
from povedu.accounts.selectors import actor_for, operator
from povedu.errors import Refusal
from povedu.jobs import services as jobs
from povedu.jobs.choices import JobState
from povedu.jobs.runner import run_now
from povedu.scope import Actor
from povedu.terms import Term
from subsidies.models import Programme


class Command(BaseCommand):
    """Propose awards; exit 0 done, 2 where it could not be done."""

    help = "Compute a programme's awards for a term over the whole county and propose them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the programme's code and the term."""
        parser.add_argument("--programme", required=True, help="programme code")
        parser.add_argument(
            "--term", required=True, help="2016-1 is autumn 2016, 2016-2 its spring"
        )
        parser.add_argument("--county", default="", help="county code, where there are several")
        parser.add_argument("--actor", default="", help="sign-in name; the operator without it")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the job here and print its result."""
        try:
            result = self._run(options)
        except Refusal as refusal:
            self._fail(refusal.code, str(refusal), as_json=options["json"])
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            self.stdout.write(
                _("拟资助 %(proposed)d 人，%(amount)s 元。")
                % {"proposed": result["proposed"], "amount": result["amount"]}
            )

    def _run(self, options: dict[str, Any]) -> dict[str, Any]:
        now = timezone.now()
        term = _term(options["term"])
        programme = _programme(options["programme"], options["county"])
        job = jobs.enqueue(
            kind="subsidies.grant_awards",
            params={"programme": programme.pk, "term": term.code},
            actor=_actor(options["actor"]),
            now=now,
            digest=f"{programme.pk} {term.code}",
            wake=False,
        )
        job = run_now(job)
        if job.state != JobState.DONE:
            raise Refusal(job.error_code, job.error_message)
        return dict(job.result)

    def _fail(self, code: str, message: str, *, as_json: bool) -> None:
        if as_json:
            error = {"error": {"code": code, "message": message}}
            self.stdout.write(json.dumps(error, ensure_ascii=False))
        else:
            self.stderr.write(message)
        raise SystemExit(2)


def _term(code: str) -> Term:
    try:
        return Term.parse(code)
    except ValueError as wrong:
        raise Refusal("term-unreadable", _("学期应写成 2016-1 或 2016-2。")) from wrong


def _programme(code: str, county: str) -> Programme:
    found = list(Programme.objects.filter(code=code, county__code__startswith=county)[:2])
    if len(found) != 1:
        raise Refusal(
            "programme-unknown",
            _("找不到唯一的项目“%(code)s”；多个县时请用 --county 指明。") % {"code": code},
        )
    return found[0]


def _actor(username: str) -> Actor:
    if not username:
        return operator()
    user = User.objects.filter(username=username).first()
    if user is None:
        raise Refusal("actor-unknown", _("没有登录名“%(name)s”。") % {"name": username})
    return actor_for(user, now=timezone.now())
