"""A register's people as the rules of register logic see them, and what a rule finds."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from povedu.identity import age_on


class Person(NamedTuple):
    """A row of the register; texts are tidy and "" where the row is silent, dates None."""

    pk: int
    key: str  # names the person from snapshot to snapshot
    name: str
    sex: str
    birth_on: date | None
    number: str  # a blind index, "" where no valid number is given
    number_sex: str
    number_birth: date | None
    household: str
    person_no: str
    relation: str
    village: str
    kind: str  # of the household, as a category
    schooling: str
    education: str
    health: str
    cause: str
    labour: str
    absence_reason: str
    out_of_school: bool
    help_given: str
    monitored: str
    risk_found_on: date | None
    risk_removed_on: date | None
    members_stated: int | None
    head_name: str
    phone: str  # a blind index


class Fault(NamedTuple):
    """A row that breaks a rule, with the other row where the rule is about two."""

    rule: str
    entry: int
    other: int | None
    subject: str
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A register's people on its day.

    A column that nobody fills is one that the layout does not have: its silence says nothing.
    """

    as_of: date
    people: Sequence[Person]
    households: dict[str, list[Person]] = field(init=False)

    def __post_init__(self) -> None:
        grouped: dict[str, list[Person]] = defaultdict(list)
        for one in self.people:
            if one.household:
                grouped[one.household].append(one)
        object.__setattr__(self, "households", dict(grouped))

    def has(self, *columns: str) -> bool:
        """Say whether somebody fills each of the columns."""
        return all(any(getattr(one, name) for one in self.people) for name in columns)

    def age(self, one: Person) -> int | None:
        """Return completed years on the register's day, None where the birth is unknown."""
        return age_on(one.birth_on, self.as_of) if one.birth_on else None
