"""Bringing other departments' registers in as dated snapshots, and the households they name."""

from collections import defaultdict
from collections.abc import Callable
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
from students.rules.hardship import category_of

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
        kind=kind, county_id=f"{context.county_code}000000", as_of=context.as_of
    ).first()


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
        for number, name, person, household in zip(
            *columns, _household_numbers(frame), strict=True
        )
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
        as_of=context.as_of,
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
        self.divisions = context.lookups["divisions"]
        self.valid = valid_ids(frame)
        self.households = _household_numbers(frame)
        self.recovered = {
            at
            for at, problems in frame.problems.items()
            if any(one.code.startswith("fixed-from-") for one in problems)
        }
        self.has_relation = frame.has("relation")

    def text(self, name: str, at: int, length: int) -> str:
        """Return a cell's text, cut to what its column holds."""
        return str(self.frame.column(name)[at] or "")[:length]

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
            *(category_of(word, self.text("monitored_kind", at, 40)), word),
            *(self.text("monitored_kind", at, 40), frame.column("risk_removed")[at] or None),
            *(self.text("school_state", at, 20), self.text("education_level", at, 20)),
            *(self.text("health", at, 40), self.text("cause", at, 60)),
            *("", self.text("phone", at, 20), self.text("group_name", at, 60)),
        )

    def word(self, at: int) -> str:
        """Return the hardship as the register words it."""
        if self.kind == "poverty-register":
            return self.text("household_status", at, 60) or "建档立卡贫困户"
        return self.text("category", at, 60) or self.fallback or "农村低保"

    def is_household(self, at: int) -> bool:
        """Say whether a row stands for its whole household."""
        return self.kind == "civil-affairs-register" and not self.has_relation

    def division(self, township: str, village: str) -> str | None:
        """Return the code of the village, else of the township, else None."""
        found = self.divisions.get(f"{township}/{village}") or self.divisions.get(f"/{village}")
        return found or self.divisions.get(township)


def _write_households(frame: Frame, context: Context) -> int:
    """Bring the households that the newest register names up to it, with all their members."""
    county = f"{context.county_code}000000"
    rows = _Entries(frame, context, "poverty-register", "")
    groups: dict[str, list[int]] = defaultdict(list)
    for at, number in enumerate(rows.households):
        if number:
            groups[number].append(at)
    known = _known_households(county, list(groups))
    older = [pk for pk, seen in known.values() if context.as_of is None or seen <= context.as_of]
    HouseholdMember.objects.filter(household_id__in=older).delete()
    Household.objects.filter(pk__in=older).delete()
    kept = {number for number, (pk, _seen) in known.items() if pk not in set(older)}
    wanted = {number: members for number, members in groups.items() if number not in kept}
    keys = dict(zip(wanted, reserve_ids(Household, len(wanted)), strict=True))
    for number, (pk, _seen) in known.items():
        if number in keys:
            keys[number] = pk  # the same household keeps its key
    insert_rows(
        Household,
        _HOUSEHOLD_FIELDS,
        (_household(rows, keys[n], county, n, context) + (len(m), context.as_of) if False else _household(rows, keys[n], county, (n, m), context) for n, m in wanted.items()),
    )
    members = ((keys[number], at) for number, group in wanted.items() for at in group)
    insert_rows(HouseholdMember, _MEMBER_FIELDS, _members(rows, members))
    return len(wanted)
