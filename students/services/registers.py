"""Bringing other departments' registers in as dated snapshots, and the households they name."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.db.models import F

from povedu.bulk import insert_rows, reserve_ids
from povedu.identity import normal_name, pinyin
from povedu.intake.choices import RowChange
from povedu.intake.frame import Frame
from povedu.intake.kinds import Applied, Changes, Context
from povedu.intake.people import valid_ids
from povedu.protected import blind_index
from students.models import Household, HouseholdMember, RegisterEntry, RegisterSnapshot
from students.rules.words import category_in_register

_ENTRY_FIELDS = (
    *("snapshot", "sheet", "row_number", "division", "township", "village", "household_no"),
    *("person_no", "name", "normal_name", "pinyin", "sex", "birth_on", "id_number", "id_index"),
    *("stated_index", "first_15_index", "id_was_recovered", "relation", "head_name"),
    *("is_household", "category", "category_as_stated", "monitored_kind_as_stated"),
    *("risk_removed", "school_state", "education_level", "health", "cause"),
    *("certificate_grade", "phone", "extra"),
)
_MEMBER_FIELDS = (
    *("household", "person_no", "name", "sex", "birth_on", "id_number", "id_index", "relation"),
    *("school_state", "education_level", "health", "labour"),
)
_HOUSEHOLD_FIELDS = (
    *("id", "county", "household_no", "division", "village_as_stated", "head_name"),
    *("status_as_stated", "monitored_kind_as_stated", "risk_removed", "cause", "phone"),
    *("members_count", "seen_as_of"),
)
Key = tuple[str, str, str, str]


def classify_entries(kind: str) -> Callable[[Frame, Context], Changes]:
    """Return the function that says which rows a day's snapshot of a register has already."""

    def classify(frame: Frame, context: Context) -> Changes:
        known = _known_keys(_snapshot(kind, context))
        return {
            at: (RowChange.UNCHANGED if key in known else RowChange.NEW, None, None)
            for at, key in enumerate(_keys(frame))
        }

    return classify


def _snapshot(kind: str, context: Context) -> RegisterSnapshot | None:
    return RegisterSnapshot.objects.filter(
        kind=kind, county_id=f"{context.county_code}000000", as_of=_as_of(context)
    ).first()


def _as_of(context: Context) -> date:
    return context.as_of or context.now.date()


def _known_keys(snapshot: RegisterSnapshot | None) -> set[Key]:
    if snapshot is None:
        return set()
    rows = snapshot.entries.values_list("stated_index", "normal_name", "household_no", "person_no")
    return set(rows)


def _household_numbers(frame: Frame) -> list[str]:
    stated, certificates = frame.column("household_no"), frame.column("certificate_no")
    return [
        str(number or certificate or "")[:40]
        for number, certificate in zip(stated, certificates, strict=True)
    ]


def _keys(frame: Frame) -> list[Key]:
    columns = (frame.column("id_number"), frame.column("name"), frame.column("person_no"))
    return [
        (blind_index("id", number or ""), normal_name(name)[:40], household, (person or "")[:40])
        for number, name, person, household in zip(*columns, _household_numbers(frame), strict=True)
    ]


def apply_poverty(frame: Frame, context: Context) -> Applied:
    """Write a poverty register's accepted rows and, where it is the newest, its households."""
    applied = _apply("poverty-register", frame, context, _fixed_category(""))
    newest = (
        RegisterSnapshot.objects.filter(
            kind="poverty-register", county_id=f"{context.county_code}000000"
        )
        .order_by("-as_of")
        .first()
    )
    if newest is not None and newest.as_of == context.as_of:
        applied.after["households"] = _write_households(frame, context)
    return applied


def apply_civil_affairs(frame: Frame, context: Context) -> Applied:
    """Write a relief list's accepted rows; one without a category column takes it from its name."""
    return _apply("civil-affairs-register", frame, context, _fixed_category(context.file_name))


def _fixed_category(file_name: str) -> str:
    for word in ("特困", "孤儿", "事实无人抚养", "城市低保", "城镇低保", "低保边缘", "低保"):
        if word in file_name:
            return word
    return ""


def _apply(kind: str, frame: Frame, context: Context, fallback: str) -> Applied:
    """Add to the day's snapshot the rows that it does not have; nothing in it is ever edited."""
    snapshot, _made = RegisterSnapshot.objects.get_or_create(
        kind=kind,
        county_id=f"{context.county_code}000000",
        as_of=_as_of(context),
        defaults={
            "file_name": context.file_name[:120],
            "import_batch_id": context.batch_id,
            "imported_at": context.now,
        },
    )
    known = _known_keys(snapshot) if not _made else set()
    keys = _keys(frame)
    fresh = [at for at, key in enumerate(keys) if key not in known]
    rows = _Entries(frame, context, kind, fallback)
    insert_rows(RegisterEntry, _ENTRY_FIELDS, (rows.row(snapshot.pk, at) for at in fresh))
    RegisterSnapshot.objects.filter(pk=snapshot.pk).update(
        entries_count=F("entries_count") + len(fresh)
    )
    applied = Applied(new=len(fresh), unchanged=len(keys) - len(fresh))
    applied.after["snapshot"] = snapshot.pk
    return applied


class _Entries:
    """The columns of a register, put together row by row as entries."""

    def __init__(self, frame: Frame, context: Context, kind: str, fallback: str) -> None:
        self.frame = frame
        self.kind = kind
        self.fallback = fallback
        self.as_of = _as_of(context)
        self.divisions = context.lookups["divisions"]
        self.valid = valid_ids(frame)
        self.households = _household_numbers(frame)
        self.recovered = {
            at
            for at, problems in frame.problems.items()
            if any(one.code.startswith("fixed-from-") for one in problems)
        }
        self.has_relation = frame.has("relation")
        self._categories: dict[tuple[str, str], str] = {}

    def text(self, name: str, at: int, length: int) -> str:
        """Return a cell's text, cut to what its column holds."""
        return str(self.frame.column(name)[at] or "")[:length]

    def flag(self, name: str, at: int) -> bool | None:
        """Return a yes or no, None where nothing is said."""
        value = self.frame.column(name)[at]
        return value if isinstance(value, bool) else None

    def row(self, snapshot: int, at: int) -> tuple[Any, ...]:
        """Return one entry's values in the order of the entry's fields."""
        frame, name = self.frame, self.text("name", at, 40)
        sheet, number = frame.places[at]
        stated = str(frame.column("id_number")[at] or "")
        township, village = self.text("township", at, 40), self.text("village", at, 60)
        word = self.word(at)
        return (
            *(snapshot, frame.sheets[sheet][:60], number + 1),
            *(self.division(township, village), township, village, self.households[at]),
            *(self.text("person_no", at, 40), name, normal_name(name)[:40], pinyin(name)[:80]),
            *(frame.column("sex")[at] or "", frame.column("birth_on")[at] or None, stated),
            *(blind_index("id", self.valid[at]), blind_index("id", stated)),
            *(blind_index("id-15", stated[:15]) if len(stated) >= 15 else "", at in self.recovered),
            *(self.text("relation", at, 20), self.text("head_name", at, 40), self.is_household(at)),
            *(self.category(word, at), word),
            *(self.text("monitored_kind", at, 40), self.flag("risk_removed", at)),
            *(self.text("school_state", at, 20), self.text("education_level", at, 20)),
            *(self.text("health", at, 40), self.text("cause", at, 60)),
            *("", self.text("phone", at, 20), self.text("group_name", at, 60)),
        )

    def word(self, at: int) -> str:
        """Return the hardship as the register words it."""
        if self.kind == "poverty-register":
            return self.text("household_status", at, 60)
        return self.text("category", at, 60) or self.fallback or "农村低保"

    def category(self, word: str, at: int) -> str:
        """Return the canonical category of a row's words, each combination judged once."""
        key = (word, self.text("monitored_kind", at, 40))
        if key not in self._categories:
            self._categories[key] = category_in_register(
                self.kind, stated=word, monitored=key[1], as_of=self.as_of
            )
        return self._categories[key]

    def is_household(self, at: int) -> bool:
        """Say whether a row stands for its whole household."""
        return self.kind == "civil-affairs-register" and not self.has_relation

    def division(self, township: str, village: str) -> str | None:
        """Return the code of the village, else of the township, else None."""
        found = self.divisions.get(f"{township}/{village}") or self.divisions.get(f"/{village}")
        return found or self.divisions.get(township)


def _write_households(frame: Frame, context: Context) -> int:
    """Bring the households that the newest register names up to it, with all their members.

    A household keeps its key. One that a later register has already described is left alone, and
    so are its members; members that this register no longer lists are gone from the household.
    """
    county = f"{context.county_code}000000"
    rows = _Entries(frame, context, "poverty-register", "")
    groups: dict[str, list[int]] = defaultdict(list)
    for at, number in enumerate(rows.households):
        if number:
            groups[number].append(at)
    keys: dict[str, int] = {}
    replaced = []
    for pk, number, seen in _known_households(county, list(groups)):
        if seen > _as_of(context):
            del groups[number]
        else:
            keys[number] = pk
            replaced.append(pk)
    HouseholdMember.objects.filter(household_id__in=replaced).delete()
    Household.objects.filter(pk__in=replaced).delete()
    fresh = [number for number in groups if number not in keys]
    keys.update(zip(fresh, reserve_ids(Household, len(fresh)), strict=True))
    insert_rows(
        Household,
        _HOUSEHOLD_FIELDS,
        (
            _household(rows, (keys[number], county, number), group)
            for number, group in groups.items()
        ),
    )
    members = [(keys[number], at) for number, group in groups.items() for at in group]
    insert_rows(HouseholdMember, _MEMBER_FIELDS, _members(rows, members))
    return len(groups)


def _known_households(county: str, numbers: list[str]) -> Iterator[tuple[int, str, date]]:
    for start in range(0, len(numbers), 5000):
        yield from Household.objects.filter(
            county_id=county, household_no__in=numbers[start : start + 5000]
        ).values_list("pk", "household_no", "seen_as_of")


def _household(rows: _Entries, key: tuple[int, str, str], group: list[int]) -> tuple[Any, ...]:
    head = next((at for at in group if rows.text("relation", at, 20) == "户主"), group[0])
    township, village = rows.text("township", head, 40), rows.text("village", head, 60)
    return (
        *(*key, rows.division(township, village), f"{township}{village}"[:120]),
        *(rows.text("head_name", head, 40), rows.text("household_status", head, 40)),
        *(rows.text("monitored_kind", head, 40), rows.flag("risk_removed", head)),
        *(rows.text("cause", head, 60), rows.text("phone", head, 20), len(group), rows.as_of),
    )


def _members(rows: _Entries, members: list[tuple[int, int]]) -> Iterator[tuple[Any, ...]]:
    seen: set[tuple[int, str]] = set()
    births, sexes = rows.frame.column("birth_on"), rows.frame.column("sex")
    for household, at in members:
        index = blind_index("id", rows.valid[at])
        if index and (household, index) in seen:
            continue
        seen.add((household, index))
        yield (
            *(household, rows.text("person_no", at, 40), rows.text("name", at, 40)),
            *(sexes[at] or "", births[at] or None, rows.text("id_number", at, 40), index),
            *(rows.text("relation", at, 20), rows.text("school_state", at, 20)),
            *(rows.text("education_level", at, 20), rows.text("health", at, 40)),
            rows.text("labour", at, 30),
        )
