"""No two full-time postings of one teacher overlap: the rule, in Python and for SQLite.

PostgreSQL keeps it by an exclusion constraint (see the migrations).
"""

from datetime import date

_OVERLAPS = """
    NEW.is_full_time AND EXISTS (
        SELECT 1 FROM teachers_posting AS other
        WHERE other.teacher_id = NEW.teacher_id
          AND other.is_full_time
          AND other.id IS NOT NEW.id
          AND (other.ends_on IS NULL OR other.ends_on > NEW.starts_on)
          AND (NEW.ends_on IS NULL OR NEW.ends_on > other.starts_on)
    )
"""


def sqlite_trigger(event: str) -> tuple[str, str]:
    """Return name and statement of the trigger for ``insert`` or ``update``."""
    name = f"teachers_posting_no_overlap_{event}"
    return name, (
        f"CREATE TRIGGER {name} AFTER {event.upper()} ON teachers_posting WHEN {_OVERLAPS}"
        " BEGIN SELECT RAISE(ABORT, 'posting_no_overlap'); END"
    )


def overlap(
    *, starts_on: date, ends_on: date | None, other_starts_on: date, other_ends_on: date | None
) -> bool:
    """Say whether two half-open periods share a day; without an end a period goes on."""
    begins_before_other_ends = other_ends_on is None or starts_on < other_ends_on
    other_begins_before_end = ends_on is None or other_starts_on < ends_on
    return begins_before_other_ends and other_begins_before_end
