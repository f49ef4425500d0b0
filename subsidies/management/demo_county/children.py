"""Children of the demo county: cohorts, households, registers of two years, three terms at school.

The sizes of the registered-poor cohorts are what a county of this kind published for 2016; which
child falls into which cohort is drawn, the money then follows from rules and records alone.
"""

from collections import Counter
from datetime import datetime
from random import Random

from povedu.identity import birth_of, initials, normal_name, pinyin
from povedu.protected import BankAccount, blind_index
from povedu.scope import Actor
from schools.choices import SchoolKind, Stage
from students.models import (
    Enrolment,
    HardshipStatus,
    PayeeAccount,
    Student,
)
from subsidies.management.demo_county.cohorts import (
    COUNTY,
    FIRST_SNAPSHOT,
    LIFTED_ON,
    LOCKED_ON,
    SECOND_SNAPSHOT,
    TERMS,
    Child,
    Children,
    invent_children,
)
from subsidies.management.demo_county.households import (
    gather_households,
    plant_unplaced,
    write_households,
)
from subsidies.management.demo_county.invention import (
    BANKS,
    ETHNICITIES,
    Inventor,
)
from subsidies.management.demo_county.places import County, write_pupil_counts
from subsidies.management.demo_county.registers import Registers
from subsidies.management.demo_county.tables import Filler


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


def _write_hardships(
    children: list[Child], registers: Registers, actor: Actor, confirmed_at: datetime
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
    children = invent_children(county, inventor)
    homes = gather_households(children, inventor)
    plant_unplaced(homes, inventor, county)
    _write_students(children, now)
    _write_enrolments(children, county)
    registers = Registers(now, names)
    registers.poverty(homes, FIRST_SNAPSHOT, inventor.random)
    registers.poverty(homes, SECOND_SNAPSHOT, inventor.random)
    registers.civil_affairs(children, homes, FIRST_SNAPSHOT)
    registers.locked_list(homes, LOCKED_ON)
    registers.write()
    write_households(homes)
    _write_hardships(children, registers, actors["aid"], now)
    _write_cards(children, inventor, actors["clerk"], actors["aid"], now)
    assert all(birth_of(child.id_number) == child.birth_on for child in children)  # noqa: S101
    return Children(children, {child.key: child for child in children})
