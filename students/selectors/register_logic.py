"""Reading registers for the rules of register logic: once per snapshot, since rows never change."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Max

from povedu import identity
from povedu.scope import Scope
from schools.models import Division
from students.choices import FindingState, RegisterKind
from students.models import Finding, RegisterCheck, RegisterEntry, RegisterSnapshot, RuleSwitch
from students.rules.matching import Listed
from students.rules.records import Row, person_key
from students.rules.register_logic import RULES, Fault, Person, Sheet

_COLUMNS = (
    *("pk", "normal_name", "name", "sex", "birth_on", "id_index", "stated_index", "id_number"),
    *("household_no", "person_no", "relation", "division_id", "township", "village", "category"),
    *("school_state", "education_level", "health", "cause", "monitored_kind_as_stated"),
    *("head_name", "phone", "extra"),
)


def sheet_of(snapshot: RegisterSnapshot) -> Sheet:
    """Return a register's people as the rules see them; sealed cells are opened in memory only."""
    rows = RegisterEntry.objects.filter(snapshot=snapshot, is_household=False).order_by("pk")
    people = [
        _person(dict(zip(_COLUMNS, row, strict=True)))
        for row in rows.values_list(*_COLUMNS).iterator(chunk_size=5000)
    ]
    return Sheet(snapshot.as_of, people)


def _person(row: Mapping[str, Any]) -> Person:
    extra = json.loads(row["extra"].reveal()) if row["extra"] else {}
    number = identity.read_id(row["id_number"].reveal()).id_number if row["id_index"] else ""
    return Person(
        pk=row["pk"],
        key=_key(row),
        name=row["name"],
        sex=row["sex"],
        birth_on=row["birth_on"],
        number=row["id_index"],
        number_sex=identity.sex_of(number) if number else "",
        number_birth=identity.birth_of(number) if number else None,
        household=row["household_no"],
        person_no=row["person_no"],
        relation=row["relation"],
        village=row["division_id"] or f"{row['township']}{row['village']}",
        kind=row["category"],
        schooling=row["school_state"],
        education=row["education_level"],
        health=row["health"],
        cause=row["cause"],
        labour=extra.get("labour", ""),
        absence_reason=extra.get("absence_reason", ""),
        out_of_school=extra.get("out_of_school", "") == "True",
        help_given=extra.get("education_help", ""),
        monitored=row["monitored_kind_as_stated"],
        risk_found_on=_day(extra.get("risk_found_on") or extra.get("identified_on")),
        risk_removed_on=_day(extra.get("risk_removed_on")),
        members_stated=_whole(extra.get("members_count")),
        head_name=row["head_name"],
        phone=row["phone"].index if row["phone"] else "",
    )


def _key(row: Mapping[str, Any]) -> str:
    listed = Listed(
        *(row["pk"], row["normal_name"], "", row["sex"], row["birth_on"], row["id_index"]),
        *(row["stated_index"], "", False, ""),
    )
    facts = Row(
        *(row["pk"], "", None, row["household_no"], row["person_no"], False),
        *(row["division_id"] or "", "", ""),
    )
    return person_key(listed, facts)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


def rows_mark(snapshot: RegisterSnapshot) -> str:
    """Return what changes when a snapshot gets more rows, or loses some."""
    found = RegisterEntry.objects.filter(snapshot=snapshot).aggregate(n=Count("pk"), last=Max("pk"))
    return f"{found['n']}:{found['last'] or 0}"


def known_faults(snapshot: RegisterSnapshot, edition: str, mark: str) -> list[Fault] | None:
    """Return what an earlier check of the same rows by the same rules found, None without one."""
    check = RegisterCheck.objects.filter(snapshot=snapshot, edition=edition, rows_mark=mark).first()
    if check is None:
        return None
    return [
        Fault(rule, entry, other, subject, tuple(facts))
        for rule, entry, other, subject, facts in check.faults
    ]


def told_gone(residents: Iterable[RegisterSnapshot]) -> dict[str, tuple[str, int]]:
    """Return, by number, whom the police's list has as dead or moved away, and its row."""
    rows = RegisterEntry.objects.filter(snapshot__in=list(residents)).exclude(place="")
    told = rows.exclude(id_index="").order_by("pk").values_list("id_index", "place", "pk")
    return {number: (place, pk) for number, place, pk in told}


def numbers_of(snapshot: RegisterSnapshot, wanted: Sequence[str]) -> list[tuple[int, str]]:
    """Return the rows of a register whose number is one of the wanted."""
    rows = RegisterEntry.objects.filter(snapshot=snapshot, id_index__in=wanted).order_by("pk")
    return list(rows.values_list("pk", "id_index"))


def switches(county: Division | str) -> dict[str, bool]:
    """Return which rules a county asks about, by code."""
    code = county if isinstance(county, str) else county.pk
    chosen = dict(RuleSwitch.objects.filter(county_id=code).values_list("rule", "is_on"))
    return {rule.code: chosen.get(rule.code, rule.is_on) for rule in RULES}


def open_by_rule(scope: Scope) -> dict[str, int]:
    """Return how many faults of each rule wait, in a scope."""
    rows = (
        Finding.objects.filter(
            scope.q(division="division_code", school="school_code"),
            reason__startswith="logic:",
            state=FindingState.OPEN,
        )
        .order_by()
        .values_list("reason")
        .annotate(n=Count("pk"))
    )
    return {reason.removeprefix("logic:"): count for reason, count in rows}


def is_checked(snapshot: RegisterSnapshot) -> bool:
    """Say whether a register has people whose rows can contradict each other."""
    return snapshot.kind == RegisterKind.POVERTY
