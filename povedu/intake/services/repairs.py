"""Repairs accepted or declined: singly, or all of one rule at once."""

from collections import Counter
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.bulk import update_rows
from povedu.errors import Refusal
from povedu.intake.models import ImportBatch, ImportRow
from povedu.intake.problems import DECLINED, PROBLEMS, REPAIRS, Outcome
from povedu.intake.services.stage import packed_codes
from povedu.intake.services.taking import taken
from povedu.scope import Actor


def decline_repair(
    *, batch: ImportBatch, code: str, actor: Actor, now: datetime, row: ImportRow | None = None
) -> ImportBatch:
    """Decline one kind of repair, in one row or in all: such rows go back to the clerk."""
    return _decide(batch, code, row, actor, now, declined=True)


def accept_repair(
    *, batch: ImportBatch, code: str, actor: Actor, now: datetime, row: ImportRow | None = None
) -> ImportBatch:
    """Accept again what was declined: such rows are what their problems make of them."""
    return _decide(batch, code, row, actor, now, declined=False)


def _decide(
    batch: ImportBatch,
    code: str,
    row: ImportRow | None,
    actor: Actor,
    now: datetime,
    *,
    declined: bool,
) -> ImportBatch:
    if code not in REPAIRS:
        raise Refusal("repair-unknown", _("没有这种修正。"))
    with transaction.atomic():
        found = taken(batch, actor)
        chosen = found.rows.filter(codes__contains=f" {code} ")
        if row is not None:
            chosen = chosen.filter(pk=row.pk)
        changed = []
        for pk, outcome, codes in chosen.values_list("pk", "outcome", "codes"):
            after = _after(outcome, set(codes.split()), code, declined=declined)
            if after is not None:
                changed.append((pk, Outcome(outcome), *after))
        _count(found, [(before, after) for _pk, before, after, _codes in changed])
        update_rows(
            ImportRow,
            ("outcome", "codes"),
            [(pk, str(after), packed_codes(codes)) for pk, _before, after, codes in changed],
        )
        if row is None:
            said = {*found.summary.get("declined", [])}
            found.summary["declined"] = sorted(said | {code} if declined else said - {code})
        found.save()
        record(
            actor=actor,
            now=now,
            verb="intake.decline-repair" if declined else "intake.accept-repair",
            subject=found,
            count=len(changed),
            reason=code,
            place=(found.division_code, found.school_code),
        )
    return found


def _after(
    outcome: str, codes: set[str], code: str, *, declined: bool
) -> tuple[Outcome, set[str]] | None:
    """Return a row's new outcome and codes, None where nothing changes.

    A row that goes back for a reason of its own stays as it is.
    """
    marked = {one for one in codes if one.startswith(DECLINED)}
    mark = f"{DECLINED}{code}"
    if (mark in codes) == declined or (outcome == Outcome.REFUSED and not marked):
        return None
    codes = codes ^ {mark}
    if declined or marked - {mark}:
        return Outcome.REFUSED, codes
    worst = {PROBLEMS[one].outcome for one in codes if one in PROBLEMS}
    return (Outcome.WARNED if Outcome.WARNED in worst else Outcome.READY), codes


def _count(batch: ImportBatch, moves: list[tuple[Outcome, Outcome]]) -> None:
    change: Counter[Outcome] = Counter()
    for before, after in moves:
        change[before] -= 1
        change[after] += 1
    for outcome, number in change.items():
        name = f"{outcome}_count"
        setattr(batch, name, getattr(batch, name) + number)
