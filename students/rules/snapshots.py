"""What changed between two snapshots of one register, person by person."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Line(NamedTuple):
    """A register's person as the comparison of snapshots sees one; ``key`` survives snapshots."""

    key: str
    name: str
    household_no: str
    place: str
    category: str
    risk_removed: bool | None


class Change(NamedTuple):
    """One difference: new, gone, moved, household, category, renamed or risk-removed."""

    kind: str
    name: str
    household_no: str
    before: str
    after: str


KINDS = ("new", "gone", "category", "moved", "household", "renamed", "risk-removed")


def changes_between(before: Iterable[Line], after: Iterable[Line]) -> list[Change]:
    """Return every difference; one person may differ in several ways.

    Persons are the same where number, or else person number or name, birth and household agree, so
    somebody whose number was corrected counts as gone and new.
    """
    old = {line.key: line for line in reversed(list(before))}
    new = {line.key: line for line in reversed(list(after))}
    found = []
    for key, line in old.items():
        if key not in new:
            found.append(Change("gone", line.name, line.household_no, line.category, ""))
    for key, line in new.items():
        known = old.get(key)
        if known is None:
            found.append(Change("new", line.name, line.household_no, "", line.category))
        else:
            found += _differences(known, line)
    return sorted(found, key=lambda one: (KINDS.index(one.kind), one.household_no, one.name))


def _differences(old: Line, new: Line) -> list[Change]:
    pairs: Mapping[str, tuple[str, str]] = {
        "category": (old.category, new.category),
        "moved": (old.place, new.place),
        "household": (old.household_no, new.household_no),
        "renamed": (old.name, new.name),
    }
    found = [
        Change(kind, new.name, new.household_no, was, now)
        for kind, (was, now) in pairs.items()
        if was != now
    ]
    if new.risk_removed and not old.risk_removed:
        found.append(Change("risk-removed", new.name, new.household_no, "", ""))
    return found
