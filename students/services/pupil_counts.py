"""Pupils of a school in a term, counted from the enrolments for places to read."""

from collections.abc import Collection

from django.db.models import Count

from povedu.bulk import insert_rows
from schools.models import PupilCount
from students.models import Enrolment


def count_pupils(school_ids: Collection[int], term: str) -> None:
    """Count anew the pupils of some schools in a term, inside the caller's transaction."""
    schools = list(school_ids)
    PupilCount.objects.filter(school_id__in=schools, term=term).delete()
    counted = (
        Enrolment.objects.filter(school_id__in=schools, term=term)
        .exclude(state="left")
        .exclude(stage="")
        .values_list("school_id", "stage", "is_boarder")
        .annotate(pupils=Count("pk"))
        .order_by("school_id", "stage", "is_boarder")
    )
    insert_rows(
        PupilCount,
        ("school", "term", "stage", "is_boarder", "pupils_count"),
        [(school, term, stage, boarder, n) for school, stage, boarder, n in counted],
    )
