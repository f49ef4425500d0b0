"""Pupils of a school in a term, counted from the enrolments for places to read."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count

from povedu.scope import Actor
from povedu.terms import Term
from schools.services.pupils import set_pupil_counts
from students.models import Enrolment


def count_pupils(*, school_ids: Collection[int], term: str, actor: Actor, now: datetime) -> None:
    """Count anew the pupils of some schools in a term, inside the caller's transaction."""
    counted = (
        Enrolment.objects.filter(school_id__in=list(school_ids), term=term)
        .exclude(state="left")
        .exclude(stage="")
        .values_list("school_id", "stage", "is_boarder")
        .annotate(pupils=Count("pk"))
        .order_by("school_id", "stage", "is_boarder")
    )
    set_pupil_counts(
        term=Term.parse(term),
        counts={(school, stage, boards): pupils for school, stage, boards, pupils in counted},
        actor=actor,
        now=now,
        school_ids=frozenset(school_ids),
    )
