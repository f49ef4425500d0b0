"""Households of the demo county, and poor children of school age whom no roster has."""

from dataclasses import dataclass, field
from datetime import date

from povedu.protected import blind_index
from schools.choices import Stage
from students.models import (
    Household,
    HouseholdMember,
)
from subsidies.management.demo_county.cohorts import (
    COUNTY,
    SECOND_SNAPSHOT,
    Child,
    Nursery,
    school_state_of,
)
from subsidies.management.demo_county.invention import (
    Inventor,
)
from subsidies.management.demo_county.places import County
from subsidies.management.demo_county.tables import Filler

HEALTHY = "健康"
CAUSES = ("缺资金", "因学", "因病", "缺技术", "缺劳力", "因残")


@dataclass
class Home:
    number: str
    village: str
    head: str
    children: list[Child]
    adults: list[tuple[str, bool, date, str, str]]
    cause: str
    phone: str
    unplaced: list[Child] = field(default_factory=list)


def gather_households(children: list[Child], inventor: Inventor) -> list[Home]:
    """Put the poor children of a village into households of one to three, with their adults."""
    draw = inventor.random
    poor = sorted((one for one in children if one.poor_since), key=lambda one: one.village)
    homes: list[Home] = []
    for child in poor:
        last = homes[-1] if homes else None
        fits = last and last.village == child.village and len(last.children) < 3
        if last and fits and draw.random() < 0.42:
            last.children.append(child)
            child.name = last.head[0] + child.name[1:] if "·" not in child.name else child.name
            child.guardian = last.head
            continue
        number = f"{child.village}{len(homes) + 1:06d}"
        home = Home(
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


def plant_unplaced(homes: list[Home], inventor: Inventor, county: County) -> None:
    """Add 60 poor children of school age whom no roster has."""
    nursery = Nursery(county, inventor)
    for home in inventor.random.sample(homes, 60):
        grade = inventor.random.choice((1, 2, 3, 4, 5, 6, 7, 8, 9))
        stage = Stage.PRIMARY if grade < 7 else Stage.JUNIOR
        child = nursery.add(stage, grade, is_boarder=False)
        child.name = home.head[0] + child.name[1:]
        child.poor_since = SECOND_SNAPSHOT
        home.unplaced.append(child)


def write_households(homes: list[Home]) -> None:
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
                *("之子" if child.is_boy else "之女", school_state_of(child, SECOND_SNAPSHOT)),
                *("", HEALTHY, ""),
            )
    table.write()
    members.write()
