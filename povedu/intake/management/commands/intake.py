"""Bring a table in from the command line: ``manage.py intake KIND FILE … --json``."""

import contextlib
import io
import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from povedu.accounts.models import User
from povedu.accounts.selectors import actor_for, operator
from povedu.audit.services import record
from povedu.errors import Refusal
from povedu.intake import contract
from povedu.intake.answer import answer_file
from povedu.intake.breaker import LargeChange
from povedu.intake.kinds import kind_of
from povedu.intake.models import ImportBatch
from povedu.intake.services.apply import answer_for, apply_batch, raise_alarm
from povedu.intake.services.receive import Purpose, applied_before, receive_file
from povedu.intake.services.stage import stage_batch
from povedu.scope import Actor


class Command(BaseCommand):
    """Receive, stage and, when asked, apply one file; exit 0 done, 2 could not."""

    help = "导入一份名册 / bring in one ledger file"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of the agreed contract."""
        parser.add_argument("kind")
        parser.add_argument("file", type=Path)
        parser.add_argument("--school", default="")
        parser.add_argument("--term", default="")
        parser.add_argument("--as-of", default="")
        parser.add_argument("--county", default="")
        parser.add_argument("--actor", default="")
        parser.add_argument("--supplement", action="store_true")
        parser.add_argument("--apply", action="store_true")
        parser.add_argument("--confirm", default="", metavar="REASON")
        parser.add_argument("--dump", type=Path)
        parser.add_argument("--answer", type=Path)
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        """Run the steps; whatever happens, print one JSON object."""
        now = timezone.now()
        run = _Run(options, now)
        with _quiet() if options["json"] else contextlib.nullcontext():
            run.run()
        if options["json"]:
            self.stdout.write(json.dumps(run.result(), ensure_ascii=False))
        else:
            self._say(run.result())
        if run.error is not None:
            sys.exit(2)

    def _say(self, result: dict[str, Any]) -> None:
        if result["error"]:
            self.stderr.write(result["error"]["message"])
            return
        self.stdout.write(
            _("数据 %(rows)d 行：可导入 %(ready)d，需留意 %(warned)d，退回 %(refused)d。") % result
        )
        if result["already_applied"]:
            self.stdout.write(_("同一文件此前已导入，未重复导入。"))
        if result["applied"]:
            self.stdout.write(
                _("已导入：新增 %(new)d，更新 %(changed)d，无变化 %(unchanged)d。")
                % result["applied"]
            )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep standard output for the one JSON object."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield


class _Run:
    def __init__(self, options: dict[str, Any], now: datetime) -> None:
        self.options = options
        self.now = now
        self.batch: ImportBatch | None = None
        self.already = False
        self.error: tuple[str, str] | None = None

    def result(self) -> dict[str, Any]:
        result = contract.described(self.batch, already=self.already, error=self.error)
        return {**result, "kind": self.options["kind"]}

    def run(self) -> None:
        try:
            self._run()
        except Refusal as refusal:
            self.error = (refusal.code, str(refusal))
            if self.batch is not None:
                self.batch.refresh_from_db()

    def _run(self) -> None:
        options, now = self.options, self.now
        actor = _actor(options["actor"], now)
        kind = kind_of(options["kind"])
        purpose = Purpose(
            kind=kind,
            school_code=options["school"],
            term=options["term"],
            as_of=_date(options["as_of"]),
            county_code=options["county"],
            is_supplement=options["supplement"],
        )
        data = _content(options["file"])
        self.batch = receive_file(
            data=data, name=options["file"].name, purpose=purpose, actor=actor, now=now
        )
        stage_batch(batch=self.batch, actor=actor, now=now)
        self.already = applied_before(self.batch) is not None
        if options["apply"] and not self.already:
            self._apply(actor)
        self._outputs(actor)

    def _apply(self, actor: Actor) -> None:
        """Apply; a sweeping change needs a reason from a person, the operator's is on record."""
        batch, options = self.batch, self.options
        reason = options["confirm"] or ("" if options["actor"] else _("由服务器命令行导入"))
        if batch is None:
            return
        try:
            apply_batch(batch=batch, actor=actor, now=self.now)
        except LargeChange as stopped:
            raise_alarm(batch=batch, alarm=stopped.figures)
            if not reason:
                raise
            batch.refresh_from_db()
            answer_for(batch=batch, reason=reason, actor=actor, now=self.now)
            apply_batch(batch=batch, actor=actor, now=self.now)

    def _outputs(self, actor: Actor) -> None:
        batch, dump, answer = self.batch, self.options["dump"], self.options["answer"]
        if batch is None:
            return
        if dump is not None:
            with dump.open("w", encoding="utf-8") as file:
                file.writelines(
                    f"{line}\n" for line in contract.dumped_rows(batch, kind_of(batch.kind))
                )
            record(
                actor=actor, now=self.now, verb="intake.dump", subject=batch, count=batch.rows_count
            )
        if answer is not None:
            answer.write_bytes(answer_file(batch).content)
            record(
                actor=actor,
                now=self.now,
                verb="intake.answer",
                subject=batch,
                count=batch.rows_count,
            )


def _actor(username: str, now: datetime) -> Actor:
    if not username:
        return operator()
    user = User.objects.filter(username=username).first()
    if user is None:
        raise Refusal("actor-unknown", _("没有登录名为“%(name)s”的用户。") % {"name": username})
    return actor_for(user, now=now)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Refusal("date-unreadable", _("日期应写成 2016-09-01 的样子。")) from error


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refusal("file-missing", _("找不到文件，或无法读取。")) from error
