"""The counting rules (``rules.counting``) as the database counts them, for sums over many rows."""

from django.db.models import CharField, Count, Q, Value
from django.db.models.functions import Cast, Concat

AWARD = "instalment__award"
_MARK = Value("|")


def times_of(*, across_programmes: bool = False) -> Concat:
    """Return what is distinct for each person-time: student and term, the programme if asked."""
    parts = [Cast(f"{AWARD}__student_id", CharField()), _MARK, f"{AWARD}__term"]
    if across_programmes:
        parts += [_MARK, Cast(f"{AWARD}__programme_id", CharField())]
    return Concat(*parts, output_field=CharField())


def person_times(*, across_programmes: bool = False, only: Q | None = None) -> Count:
    """Count person-times of payments, within one programme or across."""
    return Count(times_of(across_programmes=across_programmes), distinct=True, filter=only)


def persons(only: Q | None = None) -> Count:
    """Count the persons that payments went to."""
    return Count(f"{AWARD}__student_id", distinct=True, filter=only)
