"""Children of the demo county: cohorts, households, registers of two years, three terms at school.

The sizes of the registered-poor cohorts are what a county of this kind published for 2016; which
child falls into which cohort is drawn, the money then follows from rules and records alone.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any

from povedu.identity import birth_of, initials, normal_name, pinyin
from povedu.protected import BankAccount, blind_index
from povedu.scope import Actor
from schools.choices import SchoolKind, Stage
from students.models import (
    Enrolment,
    HardshipStatus,
    Household,
    HouseholdMember,
    PayeeAccount,
    RegisterEntry,
    RegisterSnapshot,
    Student,
)
from subsidies.management.demo_county.invention import (
    BANKS,
    COUNTY_CODE,
    ETHNICITIES,
    SURNAMES,
    Inventor,
)
from subsidies.management.demo_county.places import County, Place, write_pupil_counts
from subsidies.management.demo_county.tables import Filler

COUNTY = f"{COUNTY_CODE}000000"
TERMS = ("2015-1", "2015-2", "2016-1")
FIRST_SNAPSHOT = date(2015, 8, 20)
SECOND_SNAPSHOT = date(2016, 8, 20)
LIFTED_ON = date(2016, 8, 20)
HOMOPHONES = str.maketrans("伟梅佳丽杰涛文芳欣华玲军", "炜玫嘉莉洁韬雯方心桦铃君")
CAUSES = ("缺资金", "因学", "因病", "缺技术", "缺劳力", "因残")
HEALTHY = "健康"
# What the poverty register notes of children of school age whom no roster has.
ABSENCES = ("随父母在浙江务工就读", "随父母外出，在昆明就读", "厌学", "")

# Registered-poor cohorts of autumn 2016: (stage, grades with their sizes, boarder).
_POOR_COHORTS: tuple[tuple[Stage, dict[int, int], bool], ...] = (
    (Stage.PRESCHOOL, {1: 655, 2: 662, 3: 666}, False),
    (Stage.PRIMARY, {3: 60, 4: 160, 5: 205, 6: 215}, True),
    (Stage.PRIMARY, {1: 250, 2: 240, 3: 210, 4: 150, 5: 130, 6: 120}, False),
    (Stage.JUNIOR, {7: 452, 8: 450, 9: 449}, True),
    (Stage.JUNIOR, {7: 55, 8: 50, 9: 45}, False),
    (Stage.SENIOR, {10: 242, 11: 240, 12: 240}, True),
    (Stage.VOCATIONAL, {10: 210, 11: 90, 12: 90}, True),
    (Stage.VOCATIONAL, {10: 46, 11: 18, 12: 18}, False),
    (Stage.UNDERGRADUATE, {1: 260}, True),
)
_ORPHANS = {2: 4, 4: 9, 5: 10, 6: 12}
_LIFTED = {3: 15, 4: 15}
_SCHOOL_STATE = {
    Stage.PRESCHOOL: "学前教育",
    Stage.PRIMARY: "小学",
    Stage.SENIOR: "普通高中",
    Stage.VOCATIONAL: "中职",
    Stage.UNDERGRADUATE: "本科一年级",
}
_JUNIOR_STATE = {7: "七年级", 8: "八年级", 9: "九年级"}


@dataclass
class Child:
    """One invented child and what is true about it."""

    name: str
    is_boy: bool
    birth_on: date
    id_number: str
    stage: Stage
    grade: int
    school: Place
    village: str
    is_boarder: bool
    poor_since: date | None = None
    hardship: str = ""
    stated: str = ""
    guardian: str = ""
    key: int = 0
    bad_id: str = ""
    earlier: list[tuple[str, Place, Stage, int, bool]] = field(default_factory=list)


@dataclass
class Children:
    """What the money generators need to know."""

    all: list[Child]
    by_key: dict[int, Child]


def _total_grade(stage: Stage, grade: int) -> int:
    if stage == Stage.PRESCHOOL:
        return grade - 3
    return 12 + grade if stage == Stage.UNDERGRADUATE else grade


def _year_before(stage: Stage, grade: int) -> tuple[Stage, int] | None:
    if stage == Stage.UNDERGRADUATE:
        return (Stage.SENIOR, 12)
    if grade == 1:
        return (Stage.PRESCHOOL, 3) if stage == Stage.PRIMARY else None
    if grade == 7:
        return (Stage.PRIMARY, 6)
    if grade == 10:
        return (Stage.JUNIOR, 9)
    return (stage, grade - 1)


_KINDS = {
    Stage.PRESCHOOL: (SchoolKind.KINDERGARTEN,),
    Stage.PRIMARY: (SchoolKind.PRIMARY, SchoolKind.TEACHING_POINT),
    Stage.JUNIOR: (SchoolKind.JUNIOR,),
    Stage.SENIOR: (SchoolKind.SENIOR, SchoolKind.COMPLETE),
    Stage.VOCATIONAL: (SchoolKind.VOCATIONAL,),
    Stage.UNDERGRADUATE: (SchoolKind.OUTSIDE,),
}


class _Nursery:
    """Make children and put them into schools."""

    def __init__(self, county: County, inventor: Inventor) -> None:
        self.county = county
        self.inventor = inventor
        self.draw = inventor.random
        self.children: list[Child] = []

    def school_for(self, stage: Stage, township: int, grade: int, *, is_boarder: bool) -> Place:
        """Pick a school of the stage: in the township up to junior, in the county above."""
        kinds = _KINDS[stage]
        if stage in (Stage.SENIOR, Stage.VOCATIONAL, Stage.UNDERGRADUATE):
            return self.draw.choice(self.county.of_kind(*kinds))
        found = self.county.of_kind(*kinds, township=township)
        if stage == Stage.PRIMARY and is_boarder:
            found = found[:1]
        elif stage == Stage.PRIMARY and grade > 3:
            found = [one for one in found if one.kind == SchoolKind.PRIMARY]
        return self.draw.choice(found)

    def add(
        self, stage: Stage, grade: int, *, is_boarder: bool, school: Place | None = None
    ) -> Child:
        """Make one child of a stage and grade in autumn 2016."""
        draw = self.draw
        township = school.township if school else draw.randrange(20)
        is_boy = draw.random() < 0.52
        surname = draw.choice(SURNAMES)
        birth_on = self.inventor.birth(date(2010 - _total_grade(stage, grade), 9, 1), 365)
        child = Child(
            name=self.inventor.name(
                is_boy=is_boy, surname=surname if draw.random() > 0.002 else ""
            ),
            is_boy=is_boy,
            birth_on=birth_on,
            id_number=self.inventor.id_number(birth_on, is_boy=is_boy),
            stage=stage,
            grade=grade,
            school=school or self.school_for(stage, township, grade, is_boarder=is_boarder),
            village=draw.choice(self.county.villages[township]),
            is_boarder=is_boarder,
            guardian=self.inventor.name(is_boy=True, surname=surname),
        )
        before = _year_before(stage, grade)
        if before:
            self._send_back(child, before)
        self.children.append(child)
        return child

    def _send_back(self, child: Child, before: tuple[Stage, int]) -> None:
        stage, grade = before
        same = stage == child.stage
        is_boarder = child.is_boarder if same else stage == Stage.SENIOR
        place = (
            child.school
            if same
            else self.school_for(stage, child.school.township, grade, is_boarder=is_boarder)
        )
        for term in TERMS[:2]:
            child.earlier.append((term, place, stage, grade, is_boarder))


def _invent(county: County, inventor: Inventor) -> list[Child]:
    nursery, draw = _Nursery(county, inventor), inventor.random
    for stage, grades, is_boarder in _POOR_COHORTS:
        for grade, size in grades.items():
            for _ in range(size):
                child = nursery.add(stage, grade, is_boarder=is_boarder)
                late = draw.random() < 0.12 and stage in (Stage.PRESCHOOL, Stage.PRIMARY)
                child.poor_since = SECOND_SNAPSHOT if late else FIRST_SNAPSHOT
                child.hardship, child.stated = "registered_poor", "建档立卡"
    home = county.of_kind(SchoolKind.PRIMARY, township=0)[0]
    for grade, size in _ORPHANS.items():
        for _ in range(size):
            child = nursery.add(Stage.PRIMARY, grade, is_boarder=False, school=home)
            child.hardship, child.stated = "orphan", "孤儿"
    for grade, size in _LIFTED.items():
        for _ in range(size):
            child = nursery.add(Stage.PRIMARY, grade, is_boarder=False)
            child.poor_since, child.hardship, child.stated = FIRST_SNAPSHOT, "lifted", "建档立卡"
    _fill_rosters(county, nursery)
    return nursery.children


def _fill_rosters(county: County, nursery: _Nursery) -> None:
    """Give some schools all their pupils, and plant what clerks get wrong."""
    draw = nursery.draw
    full = [
        *county.of_kind(SchoolKind.PRIMARY, township=0),
        *county.of_kind(SchoolKind.PRIMARY, township=1),
        *county.of_kind(SchoolKind.TEACHING_POINT, township=1),
        *county.of_kind(SchoolKind.KINDERGARTEN, township=1),
        *(one for one in county.schools if one.kind == SchoolKind.JUNIOR and one.township < 8),
        *(one for one in county.schools if one.name.endswith("中心小学") and one.township > 1),
    ]
    grades = {
        SchoolKind.KINDERGARTEN: (Stage.PRESCHOOL, (1, 2, 3), 25),
        SchoolKind.TEACHING_POINT: (Stage.PRIMARY, (1, 2, 3), 12),
        SchoolKind.PRIMARY: (Stage.PRIMARY, (1, 2, 3, 4, 5, 6), 26),
        SchoolKind.JUNIOR: (Stage.JUNIOR, (7, 8, 9), 75),
    }
    for school in full:
        school.has_roster = True
        stage, years, size = grades[school.kind]
        for grade in years:
            for _ in range(draw.randrange(size - 6, size + 6)):
                child = nursery.add(
                    stage,
                    grade,
                    is_boarder=stage == Stage.JUNIOR and draw.random() < 0.6,
                    school=school,
                )
                chance = draw.random()
                if chance < 0.03:
                    child.hardship, child.stated = "rural_low", "农村低保"
                elif chance < 0.037:
                    child.stated = "建档立卡"  # claimed, on no register
                elif chance < 0.0395:
                    child.bad_id = (
                        child.id_number[:17]
                        + "0123456789X"[(("0123456789X".index(child.id_number[17])) + 3) % 11]
                    )


def _write_students(children: list[Child], entered_at: datetime) -> None:
    table = Filler(
        Student,
        *("county", "student_no", "student_no_index", "name", "normal_name", "pinyin", "initials"),
        *("sex", "birth_on", "ethnicity", "id_number", "id_index", "stated_id_number"),
        *("stated_index", "first_15_index", "identity_confirmed", "state", "school", "stage"),
        *("grade", "class_name", "is_boarder", "home_division", "home_address", "guardian_name"),
        *("guardian_relation", "guardian_id_number", "phone", "is_migrant", "version"),
        "entered_at",
    )
    draw = Random(7)  # noqa: S311
    for child in children:
        stated = child.bad_id or child.id_number
        confirmed = "" if child.bad_id else child.id_number
        number = f"G{child.id_number}" if not child.bad_id and child.grade > 1 else ""
        child.key = table.add(
            *(COUNTY, number, blind_index("student-no", number), child.name),
            *(normal_name(child.name), pinyin(child.name), initials(child.name)),
            *("M" if child.is_boy else "F", child.birth_on, draw.choice(ETHNICITIES)),
            *(confirmed, blind_index("id", confirmed), stated, blind_index("id", stated)),
            *(blind_index("id-15", stated[:15]), not child.bad_id, "studying", child.school.key),
            *(child.stage, child.grade, _class_name(child), child.is_boarder, child.village),
            *(f"{child.village}组", child.guardian, "父亲", "", f"100{draw.randrange(10**8):08d}"),
            *(_is_migrant(child), 1, entered_at),
        )
    table.write()


def _is_migrant(child: Child) -> bool:
    """Say whether a child came along to the county town: some of those from other townships."""
    in_town = child.school.township == 0
    return in_town and child.birth_on.day % 4 == 0


def _class_name(child: Child) -> str:
    return f"（{child.birth_on.day % 3 + 1}）班" if child.stage != Stage.UNDERGRADUATE else ""


def _write_enrolments(children: list[Child], county: County) -> None:
    table = Filler(
        Enrolment,
        *("student", "term", "school", "stage", "grade", "class_name", "major", "is_boarder"),
        *("state", "hardship_as_stated", "import_batch_id", "source_sheet", "source_row"),
    )
    counts: Counter[tuple[int, str, str, bool]] = Counter()
    rows: Counter[tuple[int, str]] = Counter()
    majors = ("学前教育", "汽车运用与维修", "计算机应用", "畜牧兽医", "护理")
    for child in children:
        now = (TERMS[2], child.school, child.stage, child.grade, child.is_boarder)
        for term, school, stage, grade, is_boarder in (*child.earlier, now):
            rows[school.key, term] += 1
            major = majors[child.key % 5] if stage == Stage.VOCATIONAL else ""
            table.add(
                *(child.key, term, school.key, stage, grade, _class_name(child), major, is_boarder),
                *("studying", child.stated, None, "花名册", rows[school.key, term] + 2),
            )
            counts[school.key, term, stage, is_boarder] += 1
    for twice in [
        one
        for one in children
        if one.stage == Stage.PRIMARY and one.school.has_roster and not one.stated
    ][:8]:
        other = county.of_kind(SchoolKind.PRIMARY, township=(twice.school.township + 1) % 20)[0]
        rows[other.key, TERMS[2]] += 1
        table.add(
            *(twice.key, TERMS[2], other.key, twice.stage, twice.grade, "", "", False),
            *("studying", twice.stated, None, "花名册", rows[other.key, TERMS[2]] + 2),
        )
    table.write()
    for school in county.schools:
        if school.pupils.get("meals") and not school.has_roster:
            stage = Stage.JUNIOR if school.kind == SchoolKind.JUNIOR else Stage.PRIMARY
            for term in TERMS:
                poor = sum(counts[school.key, term, stage, flag] for flag in (True, False))
                counts[school.key, term, stage, False] += max(school.pupils["meals"] - poor, 0)
    write_pupil_counts({key: count for key, count in counts.items() if count})


@dataclass
class _Home:
    number: str
    village: str
    head: str
    children: list[Child]
    adults: list[tuple[str, bool, date, str, str]]
    cause: str
    phone: str
    unplaced: list[Child] = field(default_factory=list)


def _households(children: list[Child], inventor: Inventor) -> list[_Home]:
    """Put the poor children of a village into households of one to three, with their adults."""
    draw = inventor.random
    poor = sorted((one for one in children if one.poor_since), key=lambda one: one.village)
    homes: list[_Home] = []
    for child in poor:
        last = homes[-1] if homes else None
        fits = last and last.village == child.village and len(last.children) < 3
        if last and fits and draw.random() < 0.42:
            last.children.append(child)
            child.name = last.head[0] + child.name[1:] if "·" not in child.name else child.name
            child.guardian = last.head
            continue
        number = f"{child.village}{len(homes) + 1:06d}"
        home = _Home(
            number,
            child.village,
            child.guardian,
            [child],
            [],
            draw.choice(CAUSES),
            inventor.phone(),
        )
        for relation, is_boy in (("户主", True), ("配偶", False)):
            birth_on = inventor.birth(date(1972, 1, 1), 4000)
            name = home.head if is_boy else inventor.name(is_boy=False)
            number_ = inventor.id_number(birth_on, is_boy=is_boy)
            home.adults.append((name, is_boy, birth_on, number_, relation))
        homes.append(home)
    return homes


def _plant_unplaced(homes: list[_Home], inventor: Inventor, county: County) -> None:
    """Add 60 poor children of school age whom no roster has."""
    nursery = _Nursery(county, inventor)
    for home in inventor.random.sample(homes, 60):
        grade = inventor.random.choice((1, 2, 3, 4, 5, 6, 7, 8, 9))
        stage = Stage.PRIMARY if grade < 7 else Stage.JUNIOR
        child = nursery.add(stage, grade, is_boarder=False)
        child.name = home.head[0] + child.name[1:]
        child.poor_since = SECOND_SNAPSHOT
        home.unplaced.append(child)


_ENTRY_FIELDS = (
    *("snapshot", "sheet", "row_number", "division", "township", "village", "household_no"),
    *("person_no", "name", "normal_name", "pinyin", "sex", "birth_on", "id_number", "id_index"),
    *("stated_index", "first_15_index", "id_was_recovered", "relation", "head_name"),
    *("is_household", "category", "category_as_stated", "monitored_kind_as_stated"),
    *("risk_removed", "school_state", "education_level", "health", "cause", "certificate_grade"),
    *("phone", "extra"),
)


def _health(home: _Home, order: int) -> str:
    """Let the wife of a household in need through illness or disability show it, but for slips."""
    shown = {"因病": "患有慢性病", "因残": "残疾"}.get(home.cause, HEALTHY)
    return shown if order == 1 and int(home.number[-3:]) % 40 else HEALTHY


def _slip(home: _Home, state: str) -> str:
    """Return an education beside a schooling, which the register forbids, for a few."""
    return "小学" if state == "七年级" and int(home.number[-3:]) % 60 == 0 else ""


class _Registers:
    """Write the poverty register twice and the civil-affairs register once."""

    def __init__(self, imported_at: datetime, names: dict[str, str]) -> None:
        self.snapshots = Filler(
            RegisterSnapshot,
            *("kind", "county", "as_of", "file_name", "import_batch_id", "entries_count"),
            "imported_at",
        )
        self.entries = Filler(RegisterEntry, *_ENTRY_FIELDS)
        self.imported_at = imported_at
        self.names = names
        self.entry_of: dict[tuple[int, str], int] = {}

    def poverty(self, homes: list[_Home], as_of: date, draw: Random) -> None:
        """Write one snapshot: every member of every household known by that day."""
        start = len(self.entries.rows)
        snapshot = len(self.snapshots.rows) + 1
        for home in homes:
            known = [one for one in home.children if one.poor_since and one.poor_since <= as_of]
            if as_of >= LIFTED_ON:
                known = [one for one in known if one.hardship != "lifted"]
                known += home.unplaced
            if not known:
                continue
            for order, (name, is_boy, birth_on, number, relation) in enumerate(home.adults):
                person = (name, is_boy, birth_on, number, relation, "", "初中", order + 1)
                self._entry(snapshot, home, person, start, health=_health(home, order))
            for order, child in enumerate(known):
                why = ABSENCES[order % len(ABSENCES)] if child in home.unplaced else ""
                state = "" if why else _school_state(child, as_of)
                name = child.name
                if as_of == SECOND_SNAPSHOT and draw.random() < 0.006:
                    name = name.translate(HOMOPHONES)
                number = child.id_number
                if as_of == SECOND_SNAPSHOT and draw.random() < 0.004:
                    number = number[:15] + "000"
                relation = "之子" if child.is_boy else "之女"
                person = (
                    name,
                    child.is_boy,
                    child.birth_on,
                    number,
                    relation,
                    state,
                    "小学" if why else _slip(home, state),
                    order + 3,
                )
                key = self._entry(snapshot, home, person, start, absence=why)
                self.entry_of[child.key, as_of.isoformat()] = key
        self._snapshot("poverty-register", as_of, len(self.entries.rows) - start)

    def _entry(
        self,
        snapshot: int,
        home: _Home,
        person: tuple[Any, ...],
        start: int,
        *,
        health: str = HEALTHY,
        absence: str = "",
    ) -> int:
        name, is_boy, birth_on, number, relation, state, education, order = person
        valid = "" if number.endswith("000") else number
        township = f"{home.village[:9]}000"
        return self.entries.add(
            *(snapshot, "贫困人口", len(self.entries.rows) - start + 4, home.village),
            *(self.names[township], self.names[home.village], home.number),
            *(f"{home.number}{order:02d}", name, normal_name(name), pinyin(name)),
            *("M" if is_boy else "F", birth_on, number, blind_index("id", valid)),
            *(blind_index("id", number), blind_index("id-15", number[:15]), False, relation),
            *(home.head, False, "registered_poor", "建档立卡贫困户", "", None, state, education),
            *(health, home.cause, "", home.phone),
            json.dumps({"absence_reason": absence}, ensure_ascii=False) if absence else "",
        )

    def civil_affairs(self, children: list[Child], homes: list[_Home], as_of: date) -> None:
        """Write heads of low-income households, some children of which are on the rosters."""
        start = len(self.entries.rows)
        snapshot = len(self.snapshots.rows) + 1
        for home in homes[::9]:
            head = home.adults[0]
            self._relief(snapshot, home.village, (*head[:4], "户主"), start, is_household=True)
        for child in children:
            if child.hardship in ("rural_low", "orphan"):
                person = (child.name, child.is_boy, child.birth_on, child.id_number, "本人")
                key = self._relief(
                    snapshot,
                    child.village,
                    person,
                    start,
                    is_household=False,
                    category=child.hardship,
                )
                self.entry_of[child.key, as_of.isoformat()] = key
        self._snapshot("civil-affairs-register", as_of, len(self.entries.rows) - start)

    def _relief(
        self,
        snapshot: int,
        village: str,
        person: tuple[Any, ...],
        start: int,
        *,
        is_household: bool,
        category: str = "rural_low",
    ) -> int:
        name, is_boy, birth_on, number, relation = person
        stated = "孤儿" if category == "orphan" else "农村低保"
        return self.entries.add(
            *(snapshot, "保障名册", len(self.entries.rows) - start + 4, village),
            *(self.names[f"{village[:9]}000"], self.names[village], "", "", name),
            *(normal_name(name), pinyin(name), "M" if is_boy else "F", birth_on, number),
            *(blind_index("id", number), blind_index("id", number)),
            *(blind_index("id-15", number[:15]), False, relation, name, is_household, category),
            *(stated, "", None, "", "", "", "", "", "", ""),
        )

    def _snapshot(self, kind: str, as_of: date, count: int) -> None:
        self.snapshots.add(
            kind, COUNTY, as_of, f"{as_of:%Y%m}导出.xlsx", None, count, self.imported_at
        )

    def write(self) -> None:
        """Insert snapshots, then entries."""
        self.snapshots.write()
        self.entries.write()


def _school_state(child: Child, as_of: date) -> str:
    if as_of == FIRST_SNAPSHOT and child.earlier:
        stage, grade = child.earlier[0][2], child.earlier[0][3]
    else:
        stage, grade = child.stage, child.grade
    if stage in (Stage.SENIOR, Stage.VOCATIONAL):
        return f"{_SCHOOL_STATE[stage]}{'一二三'[grade - 10]}年级"
    return _JUNIOR_STATE[grade] if stage == Stage.JUNIOR else _SCHOOL_STATE[stage]


def _write_households(homes: list[_Home]) -> None:
    table = Filler(
        Household,
        *("county", "household_no", "division", "village_as_stated", "head_name"),
        *("status_as_stated", "monitored_kind_as_stated", "risk_removed", "cause", "phone"),
        *("members_count", "seen_as_of"),
    )
    members = Filler(
        HouseholdMember,
        *("household", "person_no", "name", "sex", "birth_on", "id_number", "id_index"),
        *("relation", "school_state", "education_level", "health", "labour"),
    )
    for home in homes:
        young = [one for one in [*home.children, *home.unplaced] if one.hardship != "lifted"]
        if not young:
            continue
        key = table.add(
            *(COUNTY, home.number, home.village, "", home.head, "建档立卡贫困户", "", None),
            *(home.cause, home.phone, len(young) + len(home.adults), SECOND_SNAPSHOT),
        )
        for order, (name, is_boy, birth_on, number, relation) in enumerate(home.adults):
            members.add(
                *(key, f"{home.number}{order + 1:02d}", name, "M" if is_boy else "F", birth_on),
                *(number, blind_index("id", number), relation, "", "初中", HEALTHY, "普通劳动力"),
            )
        for order, child in enumerate(young):
            members.add(
                *(key, f"{home.number}{order + 3:02d}", child.name, "M" if child.is_boy else "F"),
                *(child.birth_on, child.id_number, blind_index("id", child.id_number)),
                *("之子" if child.is_boy else "之女", _school_state(child, SECOND_SNAPSHOT)),
                *("", HEALTHY, ""),
            )
    table.write()
    members.write()


def _write_hardships(
    children: list[Child], registers: _Registers, actor: Actor, confirmed_at: datetime
) -> None:
    table = Filler(
        HardshipStatus,
        *("student", "category", "as_stated", "source", "entry", "evidence", "starts_on"),
        *("ends_on", "risk_removed_on", "confirmed_by", "confirmed_at"),
    )
    for child in children:
        if not child.hardship or child.bad_id:
            continue
        if child.poor_since:
            source, as_of, stated = "poverty-register", child.poor_since, "建档立卡贫困户"
        else:
            source, as_of, stated = "civil-affairs-register", FIRST_SNAPSHOT, child.stated
        entry = registers.entry_of.get((child.key, as_of.isoformat()))
        category = "registered_poor" if child.hardship == "lifted" else child.hardship
        table.add(
            *(child.key, category, stated, source, entry, "", as_of),
            *(LIFTED_ON if child.hardship == "lifted" else None, None),
            *(actor.user_id, confirmed_at),
        )
    table.write()


def _write_cards(
    children: list[Child], inventor: Inventor, maker: Actor, checker: Actor, now: datetime
) -> None:
    table = Filler(
        PayeeAccount,
        *("student", "payee_name", "relation", "payee_id_number", "bank_name", "account"),
        *("account_index", "state", "entered_by", "entered_at", "approved_by", "approved_at"),
    )
    for child in children:
        if not child.hardship or child.bad_id:
            continue
        own = child.stage in (Stage.SENIOR, Stage.VOCATIONAL, Stage.UNDERGRADUATE)
        card = inventor.card()
        table.add(
            *(child.key, child.name if own else child.guardian, "self" if own else "father", ""),
            *(BANKS[child.key % 3], card, blind_index(BankAccount.kind, card), "approved"),
            *(maker.user_id, now, checker.user_id, now),
        )
    table.write()


def build_children(
    county: County,
    inventor: Inventor,
    actors: dict[str, Actor],
    names: dict[str, str],
    now: datetime,
) -> Children:
    """Write students, terms, households, registers, hardship and cards."""
    children = _invent(county, inventor)
    homes = _households(children, inventor)
    _plant_unplaced(homes, inventor, county)
    _write_students(children, now)
    _write_enrolments(children, county)
    registers = _Registers(now, names)
    registers.poverty(homes, FIRST_SNAPSHOT, inventor.random)
    registers.poverty(homes, SECOND_SNAPSHOT, inventor.random)
    registers.civil_affairs(children, homes, FIRST_SNAPSHOT)
    registers.write()
    _write_households(homes)
    _write_hardships(children, registers, actors["aid"], now)
    _write_cards(children, inventor, actors["clerk"], actors["aid"], now)
    assert all(birth_of(child.id_number) == child.birth_on for child in children)  # noqa: S101
    return Children(children, {child.key: child for child in children})
