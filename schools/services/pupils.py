"""Pupil counts, written from the enrolments by the app above that knows them."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from povedu.audit.services import record
from povedu.bulk import insert_rows
from povedu.scope import Actor
from povedu.terms import Term
from schools.models import PupilCount

Counts = Mapping[tuple[int, str, bool], int]


def set_pupil_counts(
    *,
    term: Term,
    counts: Counts,
    actor: Actor,
    now: datetime,
    school_ids: "frozenset[int] | None" = None,
) -> int:
    """Replace a term's counts; return how many rows there are now.

    ``counts`` maps (school id, stage, is boarder) to pupils; zeros are left out. ``school_ids``
    limits the replacement to some schools, those of one roster say; without it the whole term is
    replaced.
    """
    with transaction.atomic():
        old = PupilCount.objects.filter(term=term.code)
        if school_ids is not None:
            old = old.filter(school_id__in=school_ids)
        before = sum(old.values_list("pupils_count", flat=True))
        old.delete()
        rows = [
            (school, term.code, stage, boards, pupils)
            for (school, stage, boards), pupils in sorted(counts.items())
            if pupils and (school_ids is None or school in school_ids)
        ]
        written = insert_rows(
            PupilCount, ["school", "term", "stage", "is_boarder", "pupils_count"], rows
        )
        record(
            actor=actor,
            now=now,
            verb="pupil-count.write",
            changes={term.code: [before, sum(row[-1] for row in rows)]},
            count=written,
        )
    return written
