"""Runs of many counties: asked for at once, and every night by themselves."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.jobs.models import Job
from povedu.jobs.services import enqueue
from povedu.scope import Actor
from povedu.terms import Term
from schools.models import Division
from students.models import NightlyRun


def start_runs(
    *,
    counties: Sequence[Division],
    term: Term,
    actor: Actor,
    now: datetime,
    snapshots: Sequence[int] = (),
    again: bool = False,
    wake: bool = True,
) -> list[Job]:
    """Ask for a run of each county, a job of its own each: as many at once as there are workers.

    The same run asked for twice is one job; where it is somebody else's it is left to them.
    """
    if not counties:
        raise Refusal("county-needed", _("没有可比对的县：尚无学生或名册。"))
    jobs, taken = [], None
    for county in counties:
        try:
            jobs.append(
                enqueue(
                    kind="students.reconcile",
                    params={
                        "term": term.code,
                        "county": county.prefix,
                        "snapshots": sorted(snapshots),
                        "again": again,
                    },
                    actor=actor,
                    now=now,
                    digest=f"reconcile:{county.prefix}:{term.code}",
                    wake=wake,
                )
            )
        except Conflict as conflict:
            taken = conflict
    if taken is not None and not jobs:
        raise taken
    return jobs


def set_nightly(
    *,
    among: Sequence[Division],
    counties: Collection[Division],
    actor: Actor,
    now: datetime,
) -> int:
    """Have the named of some counties compared every night, and the others not; count changes."""
    changed = 0
    with transaction.atomic():
        held = {one.county_id: one for one in NightlyRun.objects.filter(county__in=among)}
        for county in among:
            is_on, row = county in counties, held.get(county.pk)
            if is_on == (row.is_on if row else True):
                continue
            row, _made = NightlyRun.objects.update_or_create(
                county=county, defaults={"is_on": is_on}
            )
            record(
                actor=actor,
                now=now,
                verb="reconciliation.nightly",
                subject=row,
                changes={"is_on": (not is_on, is_on)},
                place=(county.prefix, ""),
            )
            changed += 1
    return changed
