"""Bringing other departments' registers in as dated snapshots."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar

from django.db.models import F

from povedu.bulk import insert_rows
from povedu.identity import normal_name, pinyin
from povedu.intake.choices import RowChange
from povedu.intake.frame import Frame
from povedu.intake.kinds import Applied, Changes, Context, Touches
from povedu.intake.people import valid_ids
from povedu.protected import blind_index
from students.choices import Hardship, RegisterKind
from students.models import RegisterEntry, RegisterSnapshot
from students.rules.disability import Certificate, has_expired, read_certificate
from students.rules.residents import Residence, told_place
from students.rules.words import category_in_register

_ENTRY_FIELDS = (
    *("snapshot", "sheet", "row_number", "division", "township", "village", "household_no"),
    *("person_no", "name", "normal_name", "pinyin", "sex", "birth_on", "id_number", "id_index"),
    *("stated_index", "first_15_index", "id_was_recovered", "relation", "head_name"),
    *("is_household", "category", "category_as_stated", "monitored_kind_as_stated"),
    *("risk_removed", "school_state", "education_level", "health", "cause"),
    *("certificate_grade", "place", "phone", "extra"),
)
Key = tuple[str, str, str, str]


def classify_entries(entries: "type[Entries]") -> Callable[[Frame, Context], Changes]:
    """Return the function that says which rows a day's snapshot of a register has already."""

    def classify(frame: Frame, context: Context) -> Changes:
        rows = entries(frame, context)
        known = _known_keys(_snapshot(rows.kind, context))
        return {
            at: (RowChange.UNCHANGED if key in known else RowChange.NEW, None, None)
            for at, key in enumerate(rows.keys())
        }

    return classify


def apply_entries(entries: "type[Entries]") -> Callable[[Frame, Context], Applied]:
    """Return the function that adds a register's accepted rows to the day's snapshot."""

    def apply(frame: Frame, context: Context) -> Applied:
        return write_entries(entries(frame, context), context)

    return apply


def write_entries(rows: "Entries", context: Context) -> Applied:
    """Add to the day's snapshot the rows that it does not have; nothing in it is ever edited."""
    snapshot, made = RegisterSnapshot.objects.get_or_create(
        kind=rows.kind,
        county_id=f"{context.county_code}000000",
        as_of=rows.as_of,
        defaults={
            "file_name": context.file_name[:120],
            "import_batch_id": context.batch_id,
            "imported_at": context.now,
        },
    )
    known = set() if made else _known_keys(snapshot)
    keys = rows.keys()
    fresh = [at for at, key in enumerate(keys) if key not in known]
    insert_rows(RegisterEntry, _ENTRY_FIELDS, (rows.row(snapshot.pk, at) for at in fresh))
    RegisterSnapshot.objects.filter(pk=snapshot.pk).update(
        entries_count=F("entries_count") + len(fresh)
    )
    applied = Applied(new=len(fresh), unchanged=len(keys) - len(fresh))
    applied.after["snapshot"] = snapshot.pk
    return applied


def _snapshot(kind: str, context: Context) -> RegisterSnapshot | None:
    return RegisterSnapshot.objects.filter(
        kind=kind, county_id=f"{context.county_code}000000", as_of=_as_of(context)
    ).first()


def _as_of(context: Context) -> date:
    return context.as_of or context.today


def _known_keys(snapshot: RegisterSnapshot | None) -> set[Key]:
    if snapshot is None:
        return set()
    rows = snapshot.entries.values_list("stated_index", "normal_name", "household_no", "person_no")
    return set(rows)


def recount_entries(touched: Touches, context: Context) -> Callable[[], None]:
    """Return what counts the entries anew of the snapshots that a batch had added to."""
    keys = list(touched.get("students.RegisterEntry", ()))
    snapshots: set[int] = set()
    for start in range(0, len(keys), 5000):
        entries = RegisterEntry.objects.filter(pk__in=keys[start : start + 5000])
        snapshots.update(entries.values_list("snapshot_id", flat=True).distinct())

    def count() -> None:
        for snapshot in RegisterSnapshot.objects.filter(pk__in=snapshots):
            RegisterSnapshot.objects.filter(pk=snapshot.pk).update(
                entries_count=snapshot.entries.count()
            )

    return count


class Entries:
    """The columns of a register, put together row by row as entries.

    A register of its own says what it is called, which column numbers its households, which words
    name the hardship, and which further columns are kept, sealed, under ``extra``.
    """

    kind: ClassVar[str] = ""
    kept: ClassVar[tuple[str, ...]] = ("group_name",)

    def __init__(self, frame: Frame, context: Context) -> None:
        self.frame = frame
        self.as_of = _as_of(context)
        self.divisions = context.lookups["divisions"]
        self.valid = valid_ids(frame)
        self.households = [str(number or "")[:40] for number in self.household_numbers()]
        self.recovered = {
            at
            for at, problems in frame.problems.items()
            if any(one.code.startswith("fixed-from-") for one in problems)
        }
        self.here = [name for name in self.kept if frame.has(name)]
        self._categories: dict[tuple[str, str], str] = {}

    def household_numbers(self) -> list[Any]:
        """Return the households' numbers as the register has them."""
        return self.frame.column("household_no")

    def keys(self) -> list[Key]:
        """Return per row what tells it from every other row of its snapshot."""
        columns = [self.frame.column(name) for name in ("id_number", "name", "person_no")]
        return [
            (
                *(blind_index("id", number or ""), normal_name(name)[:40]),
                *(household, (person or "")[:40]),
            )
            for number, name, person, household in zip(*columns, self.households, strict=True)
        ]

    def text(self, name: str, at: int, length: int) -> str:
        """Return a cell's text, cut to what its column holds."""
        return str(self.frame.column(name)[at] or "")[:length]

    def day(self, name: str, at: int) -> date | None:
        """Return a cell's date."""
        value = self.frame.column(name)[at]
        return value if isinstance(value, date) else None

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
            *(self.category(word, at), word[:60]),
            *(self.text("monitored_kind", at, 40), self.flag("risk_removed", at)),
            *(self.text("school_state", at, 20), self.text("education_level", at, 20)),
            *(self.text("health", at, 40), self.text("cause", at, 60)),
            *(self.certificate_grade(at), self.place(at), self.text("phone", at, 20)),
            self.further(at),
        )

    def word(self, at: int) -> str:
        """Return the hardship as the register words it."""
        return self.text("category", at, 60)

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
        return False

    def certificate_grade(self, at: int) -> str:
        """Return the kind and grade of a disability."""
        return ""

    def place(self, at: int) -> str:
        """Return where the register says that the person is, "" where it does not say."""
        return ""

    def further(self, at: int) -> str:
        """Return the further columns that the row fills, as JSON; "" where it fills none."""
        columns = self.frame.column
        told = {name: str(value) for name in self.here if (value := columns(name)[at])}
        return json.dumps(told, ensure_ascii=False) if told else ""

    def division(self, township: str, village: str) -> str | None:
        """Return the code of the village, else of the township, else None."""
        found = self.divisions.get(f"{township}/{village}") or self.divisions.get(f"/{village}")
        return found or self.divisions.get(township)


class PovertyEntries(Entries):
    """People of the poverty system, each under the household's number."""

    kind = RegisterKind.POVERTY
    kept = (
        *("group_name", "labour", "poor_kind", "lifted_year", "absence_reason", "out_of_school"),
        *("on_allowance", "destitute", "unattended", "disability", "education_help"),
        *("identified_on", "risk_found_on", "risk_removed_on", "member_phone", "members_count"),
    )

    def word(self, at: int) -> str:
        """Return the household's kind."""
        return self.text("household_status", at, 60)


class CivilAffairsEntries(Entries):
    """Relief lists; one without a category column takes it from its sheet's or file's name."""

    kind = RegisterKind.CIVIL_AFFAIRS
    kept = ("group_name", "members_count", "starts_on")

    def __init__(self, frame: Frame, context: Context) -> None:
        super().__init__(frame, context)
        by_file = _named_in(context.file_name) or "农村低保"
        self.fallback = [_named_in(sheet) or by_file for sheet in frame.sheets]
        self.by_person = [
            "relation" in named or {"name", "head_name"} <= named.keys()
            for named in frame.column_of
        ]

    def household_numbers(self) -> list[Any]:
        """Return the certificate where the list does not number its households otherwise."""
        columns = [self.frame.column(name) for name in ("household_no", "certificate_no")]
        return [stated or certificate for stated, certificate in zip(*columns, strict=True)]

    def word(self, at: int) -> str:
        """Return the row's category, else the whole list's."""
        return self.text("category", at, 60) or self.fallback[self.frame.places[at][0]]

    def is_household(self, at: int) -> bool:
        """Say whether the row's sheet names heads only; else it lists every person covered."""
        return not self.by_person[self.frame.places[at][0]]


def _named_in(file_name: str) -> str:
    for word in ("特困", "孤儿", "事实无人抚养", "低保边缘", "城市低保", "城镇低保", "低保"):
        if word in file_name:
            return word
    return ""


class DisabilityEntries(Entries):
    """Holders of a disability certificate; one that has run out confers nothing."""

    kind = RegisterKind.DISABILITY
    kept = (
        *("group_name", "certificate_no", "guardian_name", "issued_on", "valid_until", "state"),
        "address",
    )

    def certificate(self, at: int) -> Certificate:
        """Return what the row says of the certificate."""
        return read_certificate(
            self.text("certificate_no", at, 30),
            kind=self.text("category", at, 10),
            grade=self.text("grade", at, 10),
        )

    def certificate_grade(self, at: int) -> str:
        """Return kind and grade in words, such as 肢体二级."""
        return self.certificate(at).words

    def word(self, at: int) -> str:
        """Return the same: it is what the register says of the hardship."""
        return self.certificate_grade(at)

    def category(self, word: str, at: int) -> str:
        """Return the category unless the certificate was no longer valid on the register's day."""
        expired = has_expired(
            state=self.text("state", at, 20),
            valid_until=self.day("valid_until", at),
            issued_on=self.day("issued_on", at),
            on=self.as_of,
        )
        return "" if expired else str(Hardship.DISABLED)


class ResidentEntries(Entries):
    """The police's household list: it confers nothing and says who lives here."""

    kind = RegisterKind.RESIDENTS
    kept = (
        *("group_name", "address", "state", "moved_in_on", "moved_out_on", "moved_to"),
        "deceased_on",
    )

    def category(self, word: str, at: int) -> str:
        """Return nothing: living somewhere is no hardship."""
        return ""

    def place(self, at: int) -> str:
        """Return moved away or deceased where the list says so."""
        stated = Residence(
            state=self.text("state", at, 60),
            moved_in_on=self.day("moved_in_on", at),
            moved_out_on=self.day("moved_out_on", at),
            deceased_on=self.day("deceased_on", at),
        )
        return told_place(stated, self.as_of)


class LockedEntries(Entries):
    """Targets as an upper office locked them on a day."""

    kind = RegisterKind.LOCKED_LIST
    kept = ("group_name", "school", "class_name", "document", "guardian_name", "note")
