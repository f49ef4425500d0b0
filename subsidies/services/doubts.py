"""Keeping the doubts of a term up to date, and deciding about them."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.bulk import insert_rows, update_rows
from povedu.errors import Conflict, Refusal
from povedu.money import yuan
from povedu.scope import Actor
from povedu.terms import Term
from schools.models import Division
from subsidies.choices import DoubtState
from subsidies.models import Doubt, DoubtDecision
from subsidies.rules.doubts import digest_of
from subsidies.selectors.doubting import DoubtRow, find

_VERDICTS = (DoubtState.CONFIRMED, DoubtState.DISMISSED)
_FIELDS = (
    "county",
    "term",
    "kind",
    "subject_key",
    "state",
    "student",
    "school",
    "programme",
    "payment",
    "amount",
    "evidence",
    "evidence_digest",
    "found_at",
    "seen_at",
)


def find_doubts(*, county: Division, term: Term, actor: Actor, now: datetime) -> dict[str, int]:
    """Search a term for what is doubtful; return how many are new, reopened and gone.

    A decision is remembered: the same evidence is not asked about again; changed evidence reopens.
    What was open and is found no more is gone; what was decided stays as it was decided.
    """
    today = timezone.localtime(now).date()
    with transaction.atomic():
        found: dict[tuple[str, str], DoubtRow] = {}
        for row in find(county, term, today):
            found.setdefault((row.kind, row.key), row)
        known = {
            (one.kind, one.subject_key): one
            for one in Doubt.objects.select_for_update().filter(county=county, term=term.code)
        }
        fresh = [row for key, row in found.items() if key not in known]
        insert_rows(
            Doubt,
            _FIELDS,
            (
                (
                    county.pk,
                    term.code,
                    row.kind,
                    row.key,
                    DoubtState.OPEN,
                    row.student_id,
                    row.school_id,
                    row.programme_id,
                    row.payment_id,
                    yuan(row.amount_fen),
                    row.evidence,
                    digest_of(row.evidence),
                    now,
                    now,
                )
                for row in fresh
            ),
        )
        seen, reopened = _seen(known, found, now)
        update_rows(
            Doubt,
            ("state", "payment", "amount", "evidence", "evidence_digest", "seen_at"),
            seen,
        )
        gone = [
            one.pk
            for key, one in known.items()
            if key not in found and one.state == DoubtState.OPEN
        ]
        for start in range(0, len(gone), 5000):
            Doubt.objects.filter(pk__in=gone[start : start + 5000]).update(state=DoubtState.GONE)
        counts = {"new": len(fresh), "reopened": reopened, "gone": len(gone)}
        record(
            actor=actor,
            now=now,
            verb="doubt.find",
            subject=county,
            count=len(found),
            changes={"term": ("", term.code), **{name: ("", n) for name, n in counts.items()}},
            place=(county.pk, ""),
        )
    return counts


def _seen(
    known: dict[tuple[str, str], Doubt], found: dict[tuple[str, str], DoubtRow], now: datetime
) -> tuple[list[tuple[object, ...]], int]:
    """Return the rows to update of doubts found again, and how many of them open anew."""
    rows: list[tuple[object, ...]] = []
    reopened = 0
    for key, one in known.items():
        row = found.get(key)
        if row is None:
            continue
        digest = digest_of(row.evidence)
        changed = digest != one.evidence_digest
        state = one.state
        if state == DoubtState.GONE or (changed and state in _VERDICTS):
            state = DoubtState.OPEN
            reopened += 1
        if not changed and state == one.state:
            continue
        rows.append(
            (
                one.pk,
                state,
                row.payment_id,
                yuan(row.amount_fen),
                row.evidence,
                digest,
                now,
            )
        )
    return rows, reopened


def decide_doubt(
    *, doubt: Doubt, decision: str, actor: Actor, now: datetime, reason: str = ""
) -> Doubt:
    """Say that a doubt is true, or that there is nothing to it and why."""
    if decision not in _VERDICTS:
        raise Refusal("verdict-missing", _("请选择核查结论。"))
    if decision == DoubtState.DISMISSED and not reason.strip():
        raise Refusal("reason-missing", _("请写明核查依据。"), field="reason")
    with transaction.atomic():
        moved = Doubt.objects.filter(pk=doubt.pk, state=DoubtState.OPEN).update(state=decision)
        if not moved:
            raise Conflict("doubt-moved", _("该疑点刚被他人核查，请刷新后核对。"))
        DoubtDecision.objects.create(
            doubt=doubt,
            verdict=decision,
            note=reason[:200],
            evidence_digest=doubt.evidence_digest,
            decided_by_id=actor.user_id,
            decided_at=now,
        )
        _recorded("doubt.decide", doubt, decision, reason, actor, now)
    doubt.refresh_from_db()
    return doubt


def undo_doubt(*, doubt: Doubt, actor: Actor, now: datetime) -> Doubt:
    """Take one's own last decision about a doubt back; it opens again."""
    with transaction.atomic():
        last = doubt.decisions.filter(undone_at__isnull=True).first()
        if last is None or last.decided_by_id != actor.user_id:
            raise Refusal("not-yours", _("只能撤销自己的核查结论。"))
        moved = Doubt.objects.filter(pk=doubt.pk, state=last.verdict).update(state=DoubtState.OPEN)
        if not moved:
            raise Conflict("doubt-moved", _("该疑点刚被他人核查，请刷新后核对。"))
        doubt.decisions.filter(pk=last.pk).update(undone_at=now)
        _recorded("doubt.undo", doubt, DoubtState.OPEN, "", actor, now)
    doubt.refresh_from_db()
    return doubt


def _recorded(verb: str, doubt: Doubt, new: str, reason: str, actor: Actor, now: datetime) -> None:
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=doubt,
        changes={"state": (doubt.state, new), "kind": ("", doubt.kind)},
        reason=reason,
        place=(doubt.school.division_id, doubt.school.code),
    )
