"""A generated county: a roster and three registers, and both as a run's rules take them."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from benchmarks.people import (
    AS_OF,
    COUNTY,
    STRANGERS,
    TERM,
    TOWNSHIPS,
    VILLAGES,
    County,
    Inventor,
    Known,
    Person,
)
from povedu import identity
from students.rules.matching import Child, Listed
from students.rules.records import Enrolled, Inputs, Pupil, Register, Row, Site


def county(children: int, persons: int, seed: int = 1, code: str = COUNTY) -> County:
    """Return a county of so many enrolments and so many register rows in three registers.

    Half of the register rows are the police list of children, two fifths the poverty register's
    (children and their elders), a tenth civil affairs'. Nine of ten listed children are enrolled.
    """
    inventor, made = Inventor(seed, code), County(code)
    draw = inventor.draw
    families: list[list[Person]] = []
    enrolled = 0
    while enrolled < children:
        family = inventor.family(len(families) + 1)
        families.append(family)
        for person in family:
            if enrolled < children and draw.random() < 0.93:
                brothers = [one for one in family if one is not person]
                made.roster.append(
                    inventor.roster_row(person, draw.choice(brothers) if brothers else None)
                )
                enrolled += 1
    strangers = _strangers(inventor, [one for family in families for one in family])
    made.registers["residents"] = _register(
        inventor, families, strangers, persons // 2, elders=False
    )
    made.registers["poverty-register"] = _register(
        inventor, families, strangers, persons * 2 // 5, elders=True
    )
    made.registers["civil-affairs-register"] = _register(
        inventor, families, strangers, persons - persons // 2 - persons * 2 // 5, elders=True
    )
    return made


def _strangers(inventor: Inventor, people: list[Person]) -> list[Person]:
    """Return other children with the names and birth dates of some: who they are not."""
    strangers = []
    for person in people:
        if inventor.draw.random() < STRANGERS:
            place = (inventor.draw.randrange(TOWNSHIPS), inventor.draw.randrange(VILLAGES))
            elders = (inventor.surname() + inventor.given(),) * 3
            other = inventor.child(person.name[:1], person.birth_on, place, -person.pk, elders)
            other.name, other.stranger = person.name, True
            strangers.append(other)
    return strangers


def _register(
    inventor: Inventor,
    families: list[list[Person]],
    strangers: list[Person],
    size: int,
    *,
    elders: bool,
) -> list[Known]:
    draw, rows = inventor.draw, []
    rows += [inventor.true_row(one) for one in strangers if draw.random() < 0.5]
    for family in draw.sample(families, len(families)):
        if len(rows) >= size:
            break
        rows += [inventor.true_row(person) for person in family]
        if elders:
            rows += [inventor.true_row(one) for one in _elders(inventor, family[0])]
    # A register has its own faults: now and then a number is missing or was typed wrongly.
    for row in rows:
        chance = draw.random()
        if chance < 0.01:
            row.number, row.fault = "", "register: id missing"
        elif chance < 0.015:
            inventor.typo(row)
            row.fault = "register: id typo"
    return rows[:size]


def _elders(inventor: Inventor, child: Person) -> Iterator[Person]:
    for name in (child.elder, *child.relatives):
        inventor.people += 1
        born = date(1960, 1, 1) + timedelta(days=inventor.draw.randrange(9000))
        sex = inventor.draw.choice("MF")
        number = inventor.number(born, sex)
        place = (child.township, child.village)
        yield Person(inventor.people, name, sex, born, number, *place, child.household, child.elder)


# --- as the rules take it -------------------------------------------------------------------------


def division(township: int, village: int, code: str = COUNTY) -> str:
    """Return a division code; -1 for a village that is not known."""
    return f"{code}{100 + township}{200 + village if village >= 0 else 0:03d}"


def as_inputs(made: County) -> tuple[Inputs, dict[int, Known], dict[int, Known]]:
    """Return a county as one run's inputs, and who its children and entries are, by key.

    Blind indexes are stood for by the numbers themselves.
    """
    children, pupils, enrolments, who = [], {}, [], {}
    for pk, row in enumerate(made.roster, start=1):
        valid, stated = row.valid(), row.number
        home = division(row.township, row.village)
        places = (home[:9], home if row.village >= 0 else "")
        first_15 = stated[:15]
        ids = (valid, stated, first_15, row.recovered, bool(valid))
        children.append(
            Child(
                pk,
                row.name,
                identity.pinyin(row.name),
                row.sex,
                row.birth_on,
                *ids,
                *places,
                row.elder,
            )
        )
        pupils[pk] = Pupil(pk, "studying", row.birth_on, home, row.township + 1)
        enrolments.append(Enrolled(pk, pk, row.township + 1, "primary", 3, True, ""))
        who[pk] = row
    registers, listed_as = [], {}
    key = 0
    for number, (kind, rows) in enumerate(made.registers.items(), start=1):
        listed, facts = [], {}
        families: dict[int, list[str]] = defaultdict(list)
        for row in rows:
            families[row.person.household].append(row.name)
        for row in rows:
            key += 1
            home = division(row.township, row.village)
            family = tuple(sorted(set(families[row.person.household]) - {row.name}))
            listed.append(
                Listed(
                    key,
                    row.name,
                    identity.pinyin(row.name),
                    row.sex,
                    row.birth_on,
                    row.valid(),
                    row.number,
                    row.number[:15],
                    False,
                    home[:9],
                    home,
                    row.elder,
                    family,
                )
            )
            facts[key] = Row(
                key, "", None, str(row.person.household), str(row.person.pk), False, home, "", ""
            )
            listed_as[key] = row
        registers.append(Register(kind, number, AS_OF, listed, facts, None))
    sites = {n + 1: Site(n + 1, division(n, -1), f"S{n}", False) for n in range(TOWNSHIPS)}
    inputs = Inputs(COUNTY, TERM, children, pupils, sites, enrolments, [], registers)
    return inputs, who, listed_as
