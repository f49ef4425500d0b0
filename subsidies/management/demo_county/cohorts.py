"""Children of the demo county by cohort: who they are, at which school now and before."""

from dataclasses import dataclass, field
from datetime import date

from schools.choices import SchoolKind, Stage
from subsidies.management.demo_county.invention import (
    COUNTY_CODE,
    SURNAMES,
    Inventor,
)
from subsidies.management.demo_county.places import County, Place

COUNTY = f"{COUNTY_CODE}000000"
TERMS = ("2015-1", "2015-2", "2016-1")
FIRST_SNAPSHOT = date(2015, 8, 20)
SECOND_SNAPSHOT = date(2016, 8, 20)
LIFTED_ON = date(2016, 8, 20)
LOCKED_ON = date(2016, 7, 31)
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
_KINDS = {
    Stage.PRESCHOOL: (SchoolKind.KINDERGARTEN,),
    Stage.PRIMARY: (SchoolKind.PRIMARY, SchoolKind.TEACHING_POINT),
    Stage.JUNIOR: (SchoolKind.JUNIOR,),
    Stage.SENIOR: (SchoolKind.SENIOR, SchoolKind.COMPLETE),
    Stage.VOCATIONAL: (SchoolKind.VOCATIONAL,),
    Stage.UNDERGRADUATE: (SchoolKind.OUTSIDE,),
}

_STATES = {
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


class Nursery:
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


def invent_children(county: County, inventor: Inventor) -> list[Child]:
    nursery, draw = Nursery(county, inventor), inventor.random
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


def _fill_rosters(county: County, nursery: Nursery) -> None:
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


def school_state_of(child: Child, as_of: date) -> str:
    if as_of == FIRST_SNAPSHOT and child.earlier:
        stage, grade = child.earlier[0][2], child.earlier[0][3]
    else:
        stage, grade = child.stage, child.grade
    if stage in (Stage.SENIOR, Stage.VOCATIONAL):
        return f"{_STATES[stage]}{'一二三'[grade - 10]}年级"
    return _JUNIOR_STATE[grade] if stage == Stage.JUNIOR else _STATES[stage]
