"""Invented people whose truth is known, and what careless and careful lists say of them.

Everybody is invented and follows from one seed. The faults and their rates are written in
``FAULTS``; each child of the roster has at most one of them, and beside it every fourth or so has
moved or names another guardian (``MOVED``, ``OTHER_GUARDIAN``), as real rosters have it. Names are
drawn from another distribution than the model's: surnames and characters ranked by the seed.
"""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from povedu import identity
from povedu.terms import Term
from students.linkage.model import known_model
from students.linkage.variants import CLASSES

COUNTY = "530623"
TERM = Term.parse("2016-1")
AS_OF = date(2016, 6, 30)
TOWNSHIPS, VILLAGES = 14, 20

# Fault of the roster's row -> share of children. The rest are without.
FAULTS: dict[str, float] = {
    "digits lost": 0.03,
    "id typo": 0.03,
    "id missing": 0.03,
    "transposed digits": 0.015,
    "homophone": 0.01,
    "homophone, no id": 0.005,
    "variant character": 0.01,
    "variant character, no id": 0.005,
    "one character wrong, no id": 0.003,
    "wrong birth day": 0.01,
    "wrong birth day, no id": 0.005,
    "birth unknown, no id": 0.002,
    "sex wrong, no id": 0.002,
    "number from student number": 0.02,
    "number of a brother or sister": 0.0005,
}
MOVED, OTHER_GUARDIAN, NO_GUARDIAN, NO_VILLAGE = 0.06, 0.20, 0.10, 0.15
TWINS = 0.015  # of births; half share all but one character of the name
STRANGERS = 0.005  # of children: another child of the same name and birth date, on a register only


@dataclass(slots=True)
class Person:
    """Somebody as they are."""

    pk: int
    name: str
    sex: str
    birth_on: date
    number: str
    township: int
    village: int
    household: int
    elder: str = ""
    relatives: tuple[str, ...] = ()
    twin: bool = False
    stranger: bool = False


@dataclass(slots=True)
class Known:
    """What one list says of a person; ``number`` as stated, ``fault`` what is wrong with it."""

    person: Person
    name: str
    sex: str
    birth_on: date | None
    number: str
    elder: str
    township: int
    village: int
    fault: str = ""
    recovered: bool = False

    def valid(self) -> str:
        """Return the number if it can identify a person."""
        return identity.read_id(self.number).id_number or ""


@dataclass(slots=True)
class County:
    """A county: its roster and its registers, each a list of what is known."""

    code: str = COUNTY
    roster: list[Known] = field(default_factory=list)
    registers: dict[str, list[Known]] = field(default_factory=dict)


@cache
def _pools() -> tuple[str, str]:
    names = known_model().names
    return "".join(one for one in names.surnames if len(one) == 1), "".join(names.characters)


_MORE = (
    "晶璐璇薇蕾蓉菁芷芸茜荷萱葵蓓蔓峻嵩岩岚崇巍壮威武勤俭谦恭温良朴坚贞洲港湖源深浚涌波渊鸿鹤雁鹃"
)


class Inventor:
    """Draws people."""

    def __init__(self, seed: int, code: str = COUNTY) -> None:
        self.code = code
        self.draw = random.Random(seed)  # noqa: S311  # invented people
        surnames, characters = _pools()
        self.surnames = self.draw.sample(surnames, len(surnames))
        self.characters = self.draw.sample(characters + _MORE, len(set(characters + _MORE)))
        self.surname_weights = [1 / (rank + 4) for rank in range(len(self.surnames))]
        self.character_weights = [1 / (rank + 12) for rank in range(len(self.characters))]
        self.used: set[str] = set()
        self.people = 0
        self.alike: dict[str, list[str]] = defaultdict(list)
        for character in self.characters:
            self.alike[identity.pinyin("王" + character)].append(character)
        self.variants = {
            a: b for word in CLASSES.split() for a, b in zip(word, word[1:], strict=False)
        }

    def character(self) -> str:
        """Return a character of a given name."""
        return self.draw.choices(self.characters, self.character_weights)[0]

    def given(self) -> str:
        """Return a given name of one or two characters."""
        return self.character() + ("" if self.draw.random() < 0.15 else self.character())

    def surname(self) -> str:
        """Return a surname."""
        return self.draw.choices(self.surnames, self.surname_weights)[0]

    def number(self, birth_on: date, sex: str, first: int = 0) -> str:
        """Return a fresh valid number, near ``first`` for a twin."""
        for step in range(10_000):
            sequence = first + 2 * step if first else self.draw.randrange(1, 999)
            if (sequence % 2 == 1) != (sex == "M"):
                sequence += 1
            seventeen = f"{self.code}{birth_on:%Y%m%d}{sequence % 1000:03d}"
            full = seventeen + identity.check_character(seventeen)
            if full not in self.used and not full.endswith("000"):
                self.used.add(full)
                return full
        seventeen = (
            f"5306{self.draw.randrange(24, 99)}{birth_on:%Y%m%d}{self.draw.randrange(1, 999):03d}"
        )
        return seventeen + identity.check_character(seventeen)

    def child_born(self) -> date:
        """Return a birth date of school age, 6 to 15 on 31 August 2016."""
        return date(2000, 9, 1) + timedelta(days=self.draw.randrange(3650))

    def family(self, household: int) -> list[Person]:
        """Return one to three children of one household, now and then twins."""
        draw, surname = self.draw, self.surname()
        place = (draw.randrange(TOWNSHIPS), draw.randrange(VILLAGES))
        elders = (surname + self.given(), self.surname() + self.given(), surname + self.given())
        children: list[Person] = []
        for _ in range(draw.choices((1, 2, 3), (5, 4, 1))[0]):
            children.append(self.child(surname, self.child_born(), place, household, elders))
            if draw.random() < TWINS:
                children.append(self._twin(children[-1], surname, place, household, elders))
        return children

    def child(
        self,
        surname: str,
        born: date,
        place: tuple[int, int],
        household: int,
        elders: tuple[str, ...],
    ) -> Person:
        """Return a child of a household, with who else lives there."""
        self.people += 1
        sex = self.draw.choice("MF")
        number = self.number(born, sex)
        name = surname + self.given()
        return Person(
            self.people, name, sex, born, number, *place, household, elders[0], elders[1:]
        )

    def _twin(
        self,
        other: Person,
        surname: str,
        place: tuple[int, int],
        household: int,
        elders: tuple[str, ...],
    ) -> Person:
        self.people += 1
        sex = other.sex if self.draw.random() < 0.6 else "MF"[other.sex == "M"]
        number = self.number(other.birth_on, sex, first=int(other.number[14:17]) + 1)
        name = other.name
        while name == other.name:
            name = (
                other.name[:-1] + self.character()
                if len(other.name) > 2 and self.draw.random() < 0.5
                else surname + self.given()
            )
        other.twin = True
        born = other.birth_on
        return Person(
            self.people,
            name,
            sex,
            born,
            number,
            *place,
            household,
            elders[0],
            elders[1:],
            twin=True,
        )

    # --- lists ----------------------------------------------------------------------------------

    def true_row(self, person: Person) -> Known:
        """Return what a careful register says of somebody."""
        return Known(
            person,
            person.name,
            person.sex,
            person.birth_on,
            person.number,
            person.elder,
            person.township,
            person.village,
        )

    def roster_row(self, person: Person, brother: Person | None) -> Known:
        """Return what a school's clerk wrote of somebody."""
        draw, row = self.draw, self.true_row(person)
        if draw.random() < MOVED:
            row.township, row.village = draw.randrange(TOWNSHIPS), draw.randrange(VILLAGES)
        if draw.random() < NO_VILLAGE:
            row.village = -1
        chance = draw.random()
        if chance < NO_GUARDIAN:
            row.elder = ""
        elif chance < NO_GUARDIAN + OTHER_GUARDIAN:
            row.elder = draw.choice((*person.relatives, self.surname() + self.given()))
        fault = self._fault()
        if fault == "number of a brother or sister" and brother is None:
            fault = ""
        row.fault = fault
        if fault:
            self._spoil(row, fault, brother)
        return row

    def _fault(self) -> str:
        chance = self.draw.random()
        for fault, rate in FAULTS.items():
            if chance < rate:
                return fault
            chance -= rate
        return ""

    def _spoil(self, row: Known, fault: str, brother: Person | None) -> None:
        if fault.endswith("no id"):
            row.number = ""
        kinds: dict[str, Callable[[Known], None]] = {
            "digits lost": lambda r: setattr(r, "number", r.number[:15] + "000"),
            "id typo": self.typo,
            "id missing": lambda r: setattr(r, "number", ""),
            "transposed digits": self._transposed,
            "homophone": self._homophone,
            "variant character": self._variant,
            "one character wrong": self._wrong_character,
            "wrong birth day": self._wrong_birth,
            "birth unknown": lambda r: setattr(r, "birth_on", None),
            "sex wrong": lambda r: setattr(r, "sex", "MF"[r.sex == "M"]),
            "number from student number": lambda r: setattr(r, "recovered", True),
        }
        if brother is not None and fault.startswith("number of"):
            row.number = brother.number
        else:
            kinds[fault.partition(",")[0]](row)

    def typo(self, row: Known) -> None:
        """Change one digit of a row's number."""
        place = self.draw.randrange(18)
        digit = self.draw.choice([one for one in "0123456789" if one != row.number[place]])
        row.number = row.number[:place] + digit + row.number[place + 1 :]

    def _transposed(self, row: Known) -> None:
        number = row.number
        places = [at for at in range(16) if number[at] != number[at + 1]]
        at = self.draw.choice(places)
        row.number = number[:at] + number[at + 1] + number[at] + number[at + 2 :]

    def _homophone(self, row: Known) -> None:
        for at in range(len(row.name) - 1, 0, -1):
            others = [
                one
                for one in self.alike[identity.pinyin("王" + row.name[at])]
                if one != row.name[at]
            ]
            if others:
                row.name = row.name[:at] + self.draw.choice(others) + row.name[at + 1 :]
                return
        row.fault = "" if row.number else "id missing"

    def _variant(self, row: Known) -> None:
        for at in range(len(row.name) - 1, -1, -1):
            other = self.variants.get(row.name[at])
            if other:
                row.name = row.name[:at] + other + row.name[at + 1 :]
                return
        row.fault = "" if row.number else "id missing"

    def _wrong_character(self, row: Known) -> None:
        at = self.draw.randrange(1, len(row.name))
        other = row.name[at]
        while other == row.name[at]:
            other = self.character()
        row.name = row.name[:at] + other + row.name[at + 1 :]

    def _wrong_birth(self, row: Known) -> None:
        born = row.person.birth_on
        ways = [born + timedelta(days=self.draw.choice((-10, -1, 1, 2, 10)))]
        if born.day <= 12 and born.day != born.month:
            ways.append(born.replace(month=born.day, day=born.month))
        if born.day <= 28:
            ways.append(born.replace(year=born.year + self.draw.choice((-1, 1))))
        row.birth_on = self.draw.choice(ways)
