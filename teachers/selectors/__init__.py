"""Every read of teachers and postings; each takes the reader's scope first."""

from teachers.selectors.teachers import (
    own_postings,
    postings,
    postings_at,
    running_on,
    staff_of,
    staff_on,
    teachers,
    teachers_on,
    trainings,
)

__all__ = [
    "own_postings",
    "postings",
    "postings_at",
    "running_on",
    "staff_of",
    "staff_on",
    "teachers",
    "teachers_on",
    "trainings",
]
