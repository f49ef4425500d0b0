"""Registers of the demo county: poverty twice, civil affairs and the locked target list once."""

import json
from datetime import date, datetime
from random import Random
from typing import Any

from povedu.identity import normal_name, pinyin
from povedu.protected import blind_index
from schools.choices import Stage
from students.models import (
    RegisterEntry,
    RegisterSnapshot,
)
from subsidies.management.demo_county.cohorts import (
    COUNTY,
    FIRST_SNAPSHOT,
    LIFTED_ON,
    SECOND_SNAPSHOT,
    Child,
    school_state_of,
)
from subsidies.management.demo_county.households import HEALTHY, Home
from subsidies.management.demo_county.tables import Filler

HOMOPHONES = str.maketrans("伟梅佳丽杰涛文芳欣华玲军", "炜玫嘉莉洁韬雯方心桦铃君")
ABSENCES = ("随父母在浙江务工就读", "随父母外出，在昆明就读", "厌学", "")
_ENTRY_FIELDS = (
    *("snapshot", "sheet", "row_number", "division", "township", "village", "household_no"),
    *("person_no", "name", "normal_name", "pinyin", "sex", "birth_on", "id_number", "id_index"),
    *("stated_index", "first_15_index", "id_was_recovered", "relation", "head_name"),
    *("is_household", "category", "category_as_stated", "monitored_kind_as_stated"),
    *("risk_removed", "school_state", "education_level", "health", "cause", "certificate_grade"),
    *("phone", "extra"),
)


def _health(home: Home, order: int) -> str:
    """Let the wife of a household in need through illness or disability show it, but for slips."""
    shown = {"因病": "患有慢性病", "因残": "残疾"}.get(home.cause, HEALTHY)
    return shown if order == 1 and int(home.number[-3:]) % 40 else HEALTHY


def _slip(home: Home, state: str) -> str:
    """Return an education beside a schooling, which the register forbids, for a few."""
    return "小学" if state == "七年级" and int(home.number[-3:]) % 60 == 0 else ""


def _absence(home: Home) -> str:
    """Return what the register notes of a child of school age whom no roster has."""
    return ABSENCES[int(home.number[-4:]) % len(ABSENCES)]


class Registers:
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

    def poverty(self, homes: list[Home], as_of: date, draw: Random) -> None:
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
                why = _absence(home) if child in home.unplaced else ""
                state = "" if why else school_state_of(child, as_of)
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
        home: Home,
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

    def civil_affairs(self, children: list[Child], homes: list[Home], as_of: date) -> None:
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

    def locked_list(self, homes: list[Home], as_of: date) -> None:
        """Write the list handed down from above: not quite all of the earlier poverty register.

        Some who are poor are not on it, some on it have lost digits, and some study elsewhere.
        """
        start, draw = len(self.entries.rows), Random(30)  # noqa: S311  # a demo, not a secret
        snapshot = len(self.snapshots.rows) + 1
        for home in homes:
            own = [
                one
                for one in home.children
                if one.hardship == "registered_poor" and one.poor_since == FIRST_SNAPSHOT
            ]
            for child in [*own, *home.unplaced]:
                if child.stage not in (Stage.PRIMARY, Stage.JUNIOR) or draw.random() < 0.03:
                    continue
                number = child.id_number
                if draw.random() < 0.003:
                    number = number[:15] + "000"
                self._listed(snapshot, home, child, number, start)
        self._snapshot("locked-list", as_of, len(self.entries.rows) - start)

    def _listed(self, snapshot: int, home: Home, child: Child, number: str, start: int) -> None:
        valid = "" if number.endswith("000") else number
        self.entries.add(
            *(snapshot, "锁定名单", len(self.entries.rows) - start + 3, home.village),
            *(self.names[f"{home.village[:9]}000"], self.names[home.village], home.number, ""),
            *(child.name, normal_name(child.name), pinyin(child.name)),
            *("M" if child.is_boy else "F", child.birth_on, number, blind_index("id", valid)),
            *(blind_index("id", number), blind_index("id-15", number[:15]), False, "", home.head),
            *(False, "registered_poor", "建档立卡", "", None),
            *(school_state_of(child, SECOND_SNAPSHOT), "", "", "", "", "", ""),
        )

    def _snapshot(self, kind: str, as_of: date, count: int) -> None:
        self.snapshots.add(
            kind, COUNTY, as_of, f"{as_of:%Y%m}导出.xlsx", None, count, self.imported_at
        )

    def write(self) -> None:
        """Insert snapshots, then entries."""
        self.snapshots.write()
        self.entries.write()
