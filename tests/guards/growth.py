"""How each list is grown to ten thousand rows; every app adds its lists here.

A grower gets a place and a range of numbers and inserts, set-wise, one row for each number that the
list will show. ``clones`` copies a row of the place with new values for what must be unique.
"""

import copy
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import models

from tests.guards.world import Place

Value = Callable[[int], Any]
Grow = Callable[[Place, range], Any]


def clones(
    row: models.Model, numbers: range, owner: tuple[str, list[Any]] | None = None, **changes: Value
) -> list[Any]:
    """Insert a copy of a row for each number; return their keys.

    ``owner`` is a foreign key's column and one key for each copy.
    """
    made = []
    for at, number in enumerate(numbers):
        one = copy.copy(row)
        one._state = copy.copy(row._state)
        one._state.adding = True
        one.pk = None
        for name, value in changes.items():
            setattr(one, name, value(number))
        if owner is not None:
            setattr(one, owner[0], owner[1][at])
        made.append(one)
    inserted = type(row)._base_manager.bulk_create(made, batch_size=500)
    return [one.pk for one in inserted]


def of(row: str, /, **changes: Value) -> Grow:
    """Grow by copies of the place's row of that name."""
    return lambda place, numbers: clones(getattr(place, row), numbers, **changes)


def students(place: Place, numbers: range) -> list[int]:
    """Insert pupils."""
    return clones(place.student, numbers, id_index=lambda n: f"{n:032x}")


def per_student(name: str) -> Grow:
    """Grow by copies that each belong to a pupil of their own."""

    def grow(place: Place, numbers: range) -> list[int]:
        return clones(getattr(place, name), numbers, owner=("student_id", students(place, numbers)))

    return grow


def payments(place: Place, numbers: range) -> list[int]:
    """Insert payments, each of an award of its own."""
    awards = per_student("award")(place, numbers)
    parts = clones(place.payment.instalment, numbers, owner=("award_id", awards))
    return clones(
        place.payment, numbers, owner=("instalment_id", parts), line_no=lambda n: n + 100_000
    )


def users(place: Place, numbers: range) -> list[int]:
    """Insert accounts with a duty each."""
    people = clones(place.user, numbers, username=lambda n: f"n{n:06d}")
    return clones(place.jurisdiction, numbers, owner=("user_id", people))


GROWERS: dict[str, Grow] = {
    "accounts:user-list": users,
    "accounts:grant-list": of("grant", state=lambda n: "withdrawn"),
    "audit:entry-list": of("audit_entry"),
    "schools:school-list": of("school", code=lambda n: f"99{n:08d}"),
    "schools:project-list": of("project", number=lambda n: f"N{n:06d}"),
    "teachers:teacher-list": of(
        "teacher", number=lambda n: f"N{n:06d}", id_index=lambda n: f"{n:032x}"
    ),
    "students:student-list": students,
    "students:household-list": of("household", household_no=lambda n: f"N{n:08d}"),
    "students:finding-list": of("finding", subject_key=lambda n: f"n-{n}"),
    "students:snapshot-list": of("snapshot", as_of=lambda n: date(1980, 1, 1) + timedelta(days=n)),
    "subsidies:award-list": per_student("award"),
    "subsidies:payment-list": payments,
    "subsidies:batch-list": of("batch", number=lambda n: f"N{n:08d}"),
    "subsidies:notice-list": of("notice", number=lambda n: f"N{n:08d}"),
    "subsidies:gift-list": of("gift"),
    "subsidies:receipt-list": of("receipt"),
    "subsidies:donor-list": of("donor", name=lambda n: f"Donor N{n}"),
    "intake:batch-list": of(
        "import_batch",
        file_sha256=lambda n: f"{n:064x}",
        target=lambda n: f"{n:064x}",
        store_key=lambda n: f"{n:032x}",
    ),
}
