"""The households that the newest poverty register names, with all their members."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count

from povedu.bulk import delete_rows, insert_rows, reserve_ids, update_rows
from povedu.intake.frame import Frame
from povedu.intake.kinds import Applied, Context
from povedu.protected import blind_index
from students.models import Household, HouseholdMember, RegisterSnapshot
from students.services.registers import PovertyEntries, write_entries

_MEMBER_FIELDS = (
    *("household", "person_no", "name", "sex", "birth_on", "id_number", "id_index", "relation"),
    *("school_state", "education_level", "health", "labour"),
)
_HOUSEHOLD_FIELDS = (
    *("id", "county", "household_no", "division", "village_as_stated", "head_name"),
    *("status_as_stated", "monitored_kind_as_stated", "risk_removed", "cause", "phone"),
    *("members_count", "seen_as_of"),
)


def apply_poverty(frame: Frame, context: Context) -> Applied:
    """Write a poverty register's accepted rows and, where it is the newest, its households."""
    rows = PovertyEntries(frame, context)
    applied = write_entries(rows, context)
    newest = (
        RegisterSnapshot.objects.filter(kind=rows.kind, county_id=f"{context.county_code}000000")
        .order_by("-as_of")
        .first()
    )
    if newest is not None and newest.as_of == rows.as_of:
        applied.after["households"] = _write_households(rows, context)
    return applied


def _write_households(rows: PovertyEntries, context: Context) -> int:
    """Bring the households that the newest register names up to it, with all their members.

    A household keeps its key. One that a later register has already described is left alone, and
    so are its members; members that this register no longer lists are gone from the household. A
    further file of the same day, such as the rows corrected, only adds to it.
    """
    county = f"{context.county_code}000000"
    groups: dict[str, list[int]] = defaultdict(list)
    for at, number in enumerate(rows.households):
        if number:
            groups[number].append(at)
    keys: dict[str, int] = {}
    replaced: list[int] = []
    continued: list[int] = []
    for pk, number, seen in _known_households(county, list(groups)):
        if seen > rows.as_of:
            del groups[number]
            continue
        keys[number] = pk
        (continued if seen == rows.as_of else replaced).append(pk)
    for start in range(0, len(replaced), 5000):
        of_some = HouseholdMember.objects.filter(household_id__in=replaced[start : start + 5000])
        delete_rows(HouseholdMember, of_some.values_list("pk", flat=True))
    delete_rows(Household, replaced)
    fresh = [number for number in groups if number not in keys]
    keys.update(zip(fresh, reserve_ids(Household, len(fresh)), strict=True))
    described = set(continued)
    insert_rows(
        Household,
        _HOUSEHOLD_FIELDS,
        (
            _household(rows, (keys[number], county, number), group)
            for number, group in groups.items()
            if keys[number] not in described
        ),
    )
    members = [(keys[number], at) for number, group in groups.items() for at in group]
    known = _known_members(continued)
    insert_rows(HouseholdMember, _MEMBER_FIELDS, _members(rows, members, known))
    _count_members(continued)
    return len(groups)


def _known_members(households: list[int]) -> set[tuple[int, str]]:
    known: set[tuple[int, str]] = set()
    for start in range(0, len(households), 5000):
        some = HouseholdMember.objects.filter(household__in=households[start : start + 5000])
        for household, index, name in some.values_list("household_id", "id_index", "name"):
            known.add((household, index or name))
    return known


def _count_members(households: list[int]) -> None:
    """Bring the count of households that a further file of the same day has added to up to it."""
    for start in range(0, len(households), 5000):
        some = Household.objects.filter(pk__in=households[start : start + 5000])
        counted = some.annotate(count=Count("members")).values_list("pk", "count")
        update_rows(Household, ["members_count"], list(counted))


def _known_households(county: str, numbers: list[str]) -> Iterator[tuple[int, str, date]]:
    for start in range(0, len(numbers), 5000):
        yield from Household.objects.filter(
            county_id=county, household_no__in=numbers[start : start + 5000]
        ).values_list("pk", "household_no", "seen_as_of")


def _household(
    rows: PovertyEntries, key: tuple[int, str, str], group: list[int]
) -> tuple[Any, ...]:
    head = next((at for at in group if rows.text("relation", at, 20) == "户主"), group[0])
    township, village = rows.text("township", head, 40), rows.text("village", head, 60)
    return (
        *(*key, rows.division(township, village), f"{township}{village}"[:120]),
        *(rows.text("head_name", head, 40), rows.text("household_status", head, 40)),
        *(rows.text("monitored_kind", head, 40), rows.flag("risk_removed", head)),
        *(rows.text("cause", head, 60), rows.text("phone", head, 20), len(group), rows.as_of),
    )


def _members(
    rows: PovertyEntries, members: list[tuple[int, int]], known: set[tuple[int, str]]
) -> Iterator[tuple[Any, ...]]:
    """Yield each person of a household once; people without a number are told by name."""
    births, sexes = rows.frame.column("birth_on"), rows.frame.column("sex")
    seen = set(known)
    for household, at in members:
        index, name = blind_index("id", rows.valid[at]), rows.text("name", at, 40)
        if (household, index or name) in (seen if index else known):
            continue
        seen.add((household, index or name))
        yield (
            *(household, rows.text("person_no", at, 40), name),
            *(sexes[at] or "", births[at] or None, rows.text("id_number", at, 40), index),
            *(rows.text("relation", at, 20), rows.text("school_state", at, 20)),
            *(rows.text("education_level", at, 20), rows.text("health", at, 40)),
            rows.text("labour", at, 30),
        )
