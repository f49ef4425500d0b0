"""A small invented county: places, schools, children and registers made in one line each."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from povedu import identity
from povedu.protected import blind_index
from povedu.terms import Term
from schools.models import Division, School
from students.models import (
    Enrolment,
    Household,
    HouseholdMember,
    RegisterEntry,
    RegisterSnapshot,
    Student,
)
from students.rules.identity import read_identity
from tests.factories.values import id_number

NOW = datetime(2016, 11, 8, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
TERM = Term.parse("2016-1")
POVERTY, CIVIL = "poverty-register", "civil-affairs-register"


def indexes(stated: str) -> dict[str, str]:
    """Return the index columns of a stated number, as intake fills them."""
    found = read_identity(stated)
    return {
        "id_index": found.id_index,
        "stated_index": found.stated_index,
        "first_15_index": found.first_15_index,
    }


@dataclass
class World:
    """The county 530623 with two townships and a school in each."""

    numbers: int = 0
    schools: dict[str, School] = field(default_factory=dict)

    def build(self) -> "World":
        self.county = Division.objects.create(code="530623000000", name="盐津", level="county")
        for n, code in enumerate(("530623100000", "530623101000"), start=1):
            township = Division.objects.create(
                code=code, name=f"T{n}", level="township", parent=self.county
            )
            self.schools[f"S{n}"] = School.objects.create(
                code=f"215300000{n}", name=f"School {n}", kind="primary", division=township
            )
        return self

    def next_id(self, birth_on: date | None = None, sex: str = "") -> str:
        self.numbers += 1
        return id_number(self.numbers, birth_on=birth_on, sex=sex)

    def student(
        self,
        name: str,
        number: str | None = None,
        *,
        stated: str = "",
        school: str = "S1",
        grade: int | None = None,
        term: Term | None = TERM,
        claim: str = "",
        birth_on: date | None = None,
        **fields: Any,
    ) -> Student:
        """Enter a child, confirmed with ``number`` or provisional with ``stated``."""
        if number:
            birth_on = birth_on or identity.birth_of(number)
            fields.setdefault("sex", identity.sex_of(number))
        stated = stated or number or ""
        found = indexes(stated)
        found["id_index"] = blind_index("id", number or "")
        student = Student.objects.create(
            county=self.county,
            name=name,
            normal_name=identity.normal_name(name),
            pinyin=identity.pinyin(name),
            initials=identity.initials(name),
            birth_on=birth_on,
            id_number=number or "",
            stated_id_number=stated,
            identity_confirmed=bool(number),
            school=self.schools[school],
            stage="primary",
            grade=grade,
            entered_at=NOW,
            **found,
            **fields,
        )
        if term is not None:
            self.enrol(student, school, term, grade=grade, hardship_as_stated=claim)
        return student

    def enrol(self, student: Student, school: str, term: Term = TERM, **fields: Any) -> Enrolment:
        return Enrolment.objects.create(
            student=student,
            term=term.code,
            school=self.schools[school],
            stage=fields.pop("stage", "primary"),
            source_sheet="Sheet1",
            source_row=student.pk + 3,
            **fields,
        )

    def snapshot(self, kind: str = POVERTY, as_of: date = date(2016, 6, 30)) -> RegisterSnapshot:
        return RegisterSnapshot.objects.create(
            kind=kind, county=self.county, as_of=as_of, file_name=f"{kind}.xlsx", imported_at=NOW
        )

    def entry(
        self,
        snapshot: RegisterSnapshot,
        name: str,
        stated: str = "",
        *,
        category: str = "registered_poor",
        birth_on: date | None = None,
        **fields: Any,
    ) -> RegisterEntry:
        reading = identity.read_id(stated)
        if reading.id_number:
            birth_on = birth_on or identity.birth_of(reading.id_number)
            fields.setdefault("sex", identity.sex_of(reading.id_number))
        return RegisterEntry.objects.create(
            snapshot=snapshot,
            row_number=snapshot.entries.count() + 3,
            sheet="贫困人口",
            name=name,
            normal_name=identity.normal_name(name),
            pinyin=identity.pinyin(name),
            birth_on=birth_on,
            id_number=stated,
            id_was_recovered="fixed-15-digits" in reading.fixes,
            category=category,
            **indexes(stated),
            **fields,
        )

    def household(self, number: str, *ids: str) -> Household:
        household = Household.objects.create(
            county=self.county, household_no=number, seen_as_of=date(2016, 6, 30)
        )
        for n, one in enumerate(ids):
            HouseholdMember.objects.create(
                household=household,
                name=f"M{n}",
                id_number=one,
                id_index=blind_index("id", one),
            )
        return household
