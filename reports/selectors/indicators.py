"""Figures of the dashboards, from the selectors of the apps below."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from povedu.money import ZERO
from povedu.scope import Scope
from schools.selectors import lines as school_lines
from schools.selectors import names
from students.selectors import lines as student_lines
from subsidies.selectors import lines as subsidy_lines
from teachers.selectors import lines as teacher_lines

COVERAGE_TARGET = 95


@dataclass(frozen=True, slots=True)
class Part:
    """A county, township or school and its figures."""

    key: str
    name: str
    poor: int = 0
    aided: int = 0
    money: Decimal = ZERO
    teachers: int = 0

    @property
    def coverage(self) -> float | None:
        """Return aided in per cent of poor, None without poor students."""
        return round(self.aided / self.poor * 100, 1) if self.poor else None


def parts(scope: Scope, year: int) -> list[Part]:
    """Return the parts of a place with their figures, by name."""
    known, digits = names.parts_of(scope), names.part_digits(scope)
    aided = subsidy_lines.aided_students(year)
    poor = student_lines.poor_by_part(scope, year, aided, digits=digits)
    money = subsidy_lines.money_by_part(scope, year, digits=digits)
    staff = teacher_lines.teachers_by_part(scope, date(year, 12, 31), digits=digits)
    return [
        Part(
            key,
            name,
            *poor.get(key, (0, 0)),
            money=money.get(key, ZERO),
            teachers=staff.get(key, 0),
        )
        for key, name, _division in known
    ]


def coverage(scope: Scope, year: int) -> tuple[int, int]:
    """Return (registered-poor students on the autumn rosters, those of them aided in the year)."""
    aided = subsidy_lines.aided_students(year)
    told = student_lines.poor_by_part(scope, year, aided, digits=9).values()
    return sum(one[0] for one in told), sum(one[1] for one in told)


def money_by_source(scope: Scope, year: int) -> dict[str, Decimal]:
    """Return the settled money of a year by source, payments and gifts together."""
    return subsidy_lines.money_by_source(scope, year)


def money_by_stage(scope: Scope, year: int) -> dict[str, Decimal]:
    """Return the settled money of a year by stage."""
    return subsidy_lines.money_by_stage(scope, year)


def projects_by_state(scope: Scope, year: int) -> dict[str, int]:
    """Return how many of the year's projects stand in each state."""
    return school_lines.projects_by_state(scope, year)


def postings_by_kind(scope: Scope, year: int) -> dict[str, int]:
    """Return how many postings of each kind began in the year."""
    return teacher_lines.postings_by_kind(scope, year)


def places_of_children(scope: Scope, year: int) -> Mapping[str, Any]:
    """Return where the newest comparison of the year placed the county's children, by place."""
    return student_lines.newest_partition(scope, year)


def as_json(scope: Scope, year: int) -> dict[str, Any]:
    """Return the indicators of a place as plain values."""
    poor, aided = coverage(scope, year)
    return {
        "year": year,
        "place": names.place_label(scope),
        "poor_students": poor,
        "aided_students": aided,
        "money_by_source": {k: float(v) for k, v in money_by_source(scope, year).items()},
        "money_by_stage": {k: float(v) for k, v in money_by_stage(scope, year).items()},
        "projects_by_state": projects_by_state(scope, year),
        "postings_by_kind": postings_by_kind(scope, year),
        "places_of_children": dict(places_of_children(scope, year)),
        "parts": [
            {
                "key": one.key,
                "name": one.name,
                "poor_students": one.poor,
                "aided_students": one.aided,
                "money": float(one.money),
                "teachers": one.teachers,
            }
            for one in parts(scope, year)
        ],
    }
