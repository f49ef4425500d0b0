"""Following up what happened after awards were made: transfer, leave, death, lost claims."""

from collections import Counter
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.bulk import insert_rows, update_rows
from povedu.errors import Conflict
from povedu.money import yuan
from povedu.scope import Actor
from schools.models import Division
from subsidies.choices import AwardChangeKind, AwardEffect, AwardState
from subsidies.models import Award, AwardChange, Instalment
from subsidies.selectors.changes import Overtaken, overtaken
from subsidies.services.holding import hold_programmes

_CHANGE = (
    "award",
    "kind",
    "effect",
    "reason",
    "from_school",
    "to_school",
    "stopped_amount",
    "marker",
    "made_by",
    "made_at",
)
_NEW_STATE = {
    AwardEffect.CANCELLED: AwardState.CANCELLED,
    AwardEffect.SUSPENDED: AwardState.SUSPENDED,
    AwardEffect.RESUMED: AwardState.GRANTED,
}


def follow_changes(*, county: Division, actor: Actor, now: datetime) -> dict[str, int]:
    """Do to every award of a county what a change since then asks for; return counts by change.

    1. Find the awards that a change has overtaken. 2. Cancel, suspend, resume or move them, or stop
    their unpaid parts, by the rules in ``rules.changes``; a part that is paid or on its way to a
    bank is never touched. 3. Write down each consequence with its reason. A second run finds
    nothing new. Set-wise; states move by compare-and-set.
    """
    with transaction.atomic():
        hold_programmes(county.pk)
        found = overtaken(county.pk)
        _move_states(found)
        _stop_parts(found, now)
        _move_schools(found)
        _write_down(found, actor, now)
        counts = Counter(str(one.consequence.kind) for one in found)
        for kind, count in sorted(counts.items()):
            record(
                actor=actor,
                now=now,
                verb="award.follow",
                subject=county,
                reason=str(AwardChangeKind(kind).label),
                count=count,
                place=(county.pk, ""),
            )
    return dict(counts)


def _move_states(found: list[Overtaken]) -> None:
    for effect, new in _NEW_STATE.items():
        mine = [one for one in found if one.consequence.effect == effect]
        by_state: dict[tuple[str, str], list[int]] = {}
        for one in mine:
            reason = _reason(one) if new == AwardState.CANCELLED else ""
            by_state.setdefault((one.state, reason), []).append(one.award_id)
        for (old, reason), keys in by_state.items():
            changed = {"cancel_reason": reason} if reason else {}
            moved = Award.objects.filter(pk__in=keys, state=old).update(state=new, **changed)
            if moved != len(keys):
                raise Conflict("awards-moved", _("部分资助刚被他人办理，请刷新后重试。"))


def _stop_parts(found: list[Overtaken], now: datetime) -> None:
    ending = (AwardEffect.STOPPED, AwardEffect.CANCELLED)
    rows = [
        (pk, now, _reason(one))
        for one in found
        if one.consequence.effect in ending
        for pk, _amount in one.unpaid
    ]
    if rows:
        update_rows(Instalment, ("stopped_at", "stop_reason"), rows)


def _move_schools(found: list[Overtaken]) -> None:
    """Let what is unpaid follow the child; the award keeps the school that it was made at."""
    moved = [one for one in found if one.consequence.effect == AwardEffect.MOVED]
    parts = [(pk, one.now_school_id) for one in moved for pk, _amount in one.unpaid]
    if parts:
        update_rows(Instalment, ("school",), parts)


def _write_down(found: list[Overtaken], actor: Actor, now: datetime) -> None:
    ending = (AwardEffect.STOPPED, AwardEffect.CANCELLED)
    insert_rows(
        AwardChange,
        _CHANGE,
        [
            (
                one.award_id,
                one.consequence.kind,
                one.consequence.effect,
                _reason(one),
                one.school_id,
                one.now_school_id if one.consequence.effect == AwardEffect.MOVED else None,
                yuan(
                    sum(amount for _pk, amount in one.unpaid)
                    if one.consequence.effect in ending
                    else 0
                ),
                now.isoformat(timespec="seconds"),
                actor.user_id,
                now,
            )
            for one in found
        ],
    )


def _reason(one: Overtaken) -> str:
    """Say what happened, and that a line in a batch must be taken out by hand."""
    told = str(one.consequence.kind.label)
    if one.in_batch and one.consequence.effect != AwardEffect.MOVED:
        return _("%(change)s；另有款项已编入未送银行的批次，请移出明细") % {"change": told}
    return told
