"""A generated county put into the database: places, pupils, enrolments, registers, decisions."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Value
from django.db.models.functions import Concat

from benchmarks.county import division
from benchmarks.people import AS_OF, TERM, TOWNSHIPS, VILLAGES, County, Known
from povedu import identity
from povedu.accounts.selectors import operator
from povedu.bulk import insert_rows, reserve_ids
from schools.choices import SchoolKind
from schools.models import Division, School
from students.models import (
    Decision,
    Enrolment,
    Finding,
    Reconciliation,
    RegisterEntry,
    RegisterSnapshot,
    Student,
)
from students.rules.identity import read_identity
from students.rules.verdicts import answers_to

NOW = datetime(2016, 9, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def write_county(made: County) -> Division:
    """Write a county; return its division."""
    county = Division.objects.create(code=f"{made.code}000000", name=made.code, level="county")
    insert_rows(Division, ["code", "name", "level", "parent"], _places(made, county))
    insert_rows(
        School,
        ["code", "name", "kind", "division"],
        (
            (f"{made.code}{n:04d}", f"第{n}小学", SchoolKind.PRIMARY, division(n, -1, made.code))
            for n in range(TOWNSHIPS)
        ),
    )
    schools = list(School.objects.filter(division__code__startswith=made.code).order_by("code"))
    _write_pupils(made, county, [school.pk for school in schools])
    for kind, rows in made.registers.items():
        _write_register(made, county, kind, rows)
    return county


def _places(made: County, county: Division) -> Iterator[tuple[Any, ...]]:
    for township in range(TOWNSHIPS):
        code = division(township, -1, made.code)
        yield code, f"乡{township}", "township", county.pk
    for township in range(TOWNSHIPS):
        for village in range(VILLAGES):
            above = division(township, -1, made.code)
            yield division(township, village, made.code), f"村{village}", "village", above


def _write_pupils(made: County, county: Division, schools: list[int]) -> None:
    keys = reserve_ids(Student, len(made.roster))
    fields = [
        *("id", "county", "name", "normal_name", "pinyin", "initials", "sex", "birth_on"),
        *("id_number", "id_index", "stated_id_number", "stated_index", "first_15_index"),
        *("id_was_recovered", "identity_confirmed", "home_division", "guardian_name"),
        *("school", "stage", "grade", "entered_at"),
    ]

    def pupils() -> Iterator[tuple[Any, ...]]:
        taken: set[str] = set()  # intake confirms a number once
        for pk, row in zip(keys, made.roster, strict=True):
            found, valid = read_identity(row.number), row.valid()
            if valid in taken:
                valid = ""
            taken.add(valid)
            yield (
                *(pk, county.pk, row.name, row.name, identity.pinyin(row.name)),
                *(identity.initials(row.name), row.sex, row.birth_on, valid),
                *(
                    found.id_index if valid else "",
                    row.number,
                    found.stated_index,
                    found.first_15_index,
                ),
                *(row.recovered, bool(valid), division(row.township, row.village, made.code)),
                *(row.elder, schools[row.township], "primary", 3, NOW),
            )

    insert_rows(Student, fields, pupils())
    insert_rows(
        Enrolment,
        ["student", "term", "school", "stage", "grade", "source_sheet", "source_row"],
        (
            (pk, TERM.code, schools[row.township], "primary", 3, "花名册", number)
            for number, (pk, row) in enumerate(zip(keys, made.roster, strict=True), start=3)
        ),
    )


def _write_register(made: County, county: Division, kind: str, rows: list[Known]) -> None:
    snapshot = RegisterSnapshot.objects.create(
        kind=kind, county=county, as_of=AS_OF, entries_count=len(rows), imported_at=NOW
    )
    category = "registered_poor" if kind == "poverty-register" else ""

    def entries() -> Iterator[tuple[Any, ...]]:
        for number, row in enumerate(rows, start=3):
            found = read_identity(row.number)
            yield (
                *(snapshot.pk, number, division(row.township, row.village, made.code)),
                *(str(row.person.household), row.name, row.name, identity.pinyin(row.name)),
                *(row.sex, row.birth_on, row.number, found.id_index, found.stated_index),
                *(found.first_15_index, row.elder, category),
            )

    insert_rows(
        RegisterEntry,
        [
            *("snapshot", "row_number", "division", "household_no", "name", "normal_name"),
            *("pinyin", "sex", "birth_on", "id_number", "id_index", "stated_index"),
            *("first_15_index", "head_name", "category"),
        ],
        entries(),
    )


def write_decisions(run: Reconciliation, count: int) -> int:
    """Answer findings of a run and, for what is missing, of the term before; return how many."""
    me = operator().user_id
    waiting = Finding.objects.filter(county=run.county, term=run.term, state="open").order_by("pk")
    missing = count - waiting.count()
    if missing > 0:
        insert_rows(
            Finding,
            [
                *("county", "term", "kind", "subject_key", "first_run", "state"),
                *("division_code", "reason", "evidence_digest"),
            ],
            (
                (
                    *(run.county_id, TERM.previous.code, "register-duplicate", f"{n:064d}"),
                    *(run.pk, "open", run.county_id, "same-number", "0" * 64),
                )
                for n in range(missing)
            ),
        )
    rows = list(
        Finding.objects.filter(county=run.county, state="open")
        .order_by("pk")
        .values_list("pk", "kind", "evidence_digest")[:count]
    )
    insert_rows(
        Decision,
        ["finding", "evidence_digest", "verdict", "place", "decided_by", "decided_at"],
        ((pk, digest, *_answer(kind), me, NOW) for pk, kind, digest in rows),
    )
    for start in range(0, len(rows), 1000):
        keys = [row[0] for row in rows[start : start + 1000]]
        Finding.objects.filter(pk__in=keys).update(state="settled")
    return len(rows)


def change_children(county: Division, one_in: int) -> int:
    """Give every so many-th child of a county another guardian; return how many."""
    rows = Student.objects.annotate(place=F("pk") % one_in).filter(county=county, place=0)
    return rows.update(guardian_name=Concat(F("guardian_name"), Value("之")))


def _answer(kind: str) -> tuple[str, str]:
    answer = answers_to(kind)[0]
    return str(answer.verdict), str(answer.place or "")
