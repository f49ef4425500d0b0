"""Comparing two snapshots of a register."""

from collections import Counter
from dataclasses import dataclass

from povedu.scope import Scope
from students.models import RegisterSnapshot
from students.rules.snapshots import Change, Line, changes_between
from students.selectors.children import entries


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two snapshots' differences and how many there are of each kind."""

    changes: list[Change]
    counts: dict[str, int]
    rows: tuple[int, int]


def compare_snapshots(
    scope: Scope, before: RegisterSnapshot, after: RegisterSnapshot
) -> Comparison:
    """Compare the parts of two snapshots that lie in scope."""
    old, new = _lines(scope, before), _lines(scope, after)
    changes = changes_between(old, new)
    return Comparison(changes, dict(Counter(one.kind for one in changes)), (len(old), len(new)))


def _lines(scope: Scope, snapshot: RegisterSnapshot) -> list[Line]:
    rows = (
        entries(scope)
        .filter(snapshot=snapshot)
        .order_by("pk")
        .select_related(None)
        .values_list(
            "id_index",
            "person_no",
            "normal_name",
            "birth_on",
            "name",
            "household_no",
            "township",
            "village",
            "category",
            "risk_removed",
        )
    )
    return [
        Line(
            key=id_index or person_no or f"{normal}:{birth_on}:{household}",
            name=name,
            household_no=household,
            place=f"{township}{village}",
            category=category,
            risk_removed=removed,
        )
        for (
            id_index,
            person_no,
            normal,
            birth_on,
            name,
            household,
            township,
            village,
            category,
            removed,
        ) in rows.iterator(chunk_size=5000)
    ]
