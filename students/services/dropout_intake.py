"""Bringing the dropout ledgers in: cases opened and brought up to date, attempts only added."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from povedu.bulk import insert_rows, reserve_ids, update_rows
from povedu.identity import initials, normal_name
from povedu.intake.applying import differing, given, in_conflict, keep_before
from povedu.intake.choices import RowChange
from povedu.intake.frame import Frame
from povedu.intake.kinds import Applied, Changes, Context
from povedu.intake.people import valid_ids
from povedu.protected import blind_index
from students.choices import DropoutState
from students.models import DropoutCase, DropoutVisit, Student
from students.rules.dropouts import ELSEWHERE, reason_of
from students.rules.visits import Attempt, attempts_in, way_of, without_repeats

# By field of the case: the column that states it.
_STATED = {
    **{name: name for name in ("name", "sex", "birth_on", "student_no", "guardian_name", "phone")},
    **{name: name for name in ("state", "left_on", "whereabouts", "teacher_name", "cadre_name")},
    **{name: name for name in ("returned_on", "returned_school", "placement", "closed_on")},
    "closed_evidence": "closed_evidence",
    "reason_as_stated": "reason",
    "grade_as_stated": "grade",
    "school_as_stated": "school",
    "home_address": "home",
}
_DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(_STATED, ""),
    **dict.fromkeys(("birth_on", "left_on", "returned_on", "closed_on")),
    "state": DropoutState.SUSPECTED,
}
_FIELDS = (*_STATED, "reason", "school", "division", "home_as_stated")
_VISIT_FIELDS = (
    *("case", "visited_on", "people", "way", "result", "import_batch_id", "recorded_by"),
    "recorded_at",
)


class _Rows:
    """A frame's rows with the cases they are about."""

    def __init__(self, frame: Frame, context: Context) -> None:
        self.frame, self.context = frame, context
        self.schools = context.lookups["names"][""].by_name
        self.divisions = context.lookups["divisions"]
        self.indexes = [blind_index("id", number) for number in valid_ids(frame)]
        self.lengths = {
            name: DropoutCase._meta.get_field(name).max_length  # type: ignore[union-attr]  # a column
            for name in _STATED
            if getattr(DropoutCase._meta.get_field(name), "max_length", None)
        }
        known = _Known(f"{context.county_code}000000")
        self.wanted = [bool(state) and state != ELSEWHERE for state in frame.column("state")]
        self.known = [
            known.find(self.indexes[at], self.person(at), frame.column("closed_on")[at] or None)
            for at in range(len(frame))
        ]

    def person(self, at: int) -> tuple[str, date | None, int | None]:
        """Return what tells a child without a number from others."""
        frame = self.frame
        school = self.schools.get(frame.column("school")[at])
        name, birth_on = frame.column("name")[at], frame.column("birth_on")[at]
        return normal_name(name)[:40], birth_on or None, school.pk if school else None

    def values(self, at: int) -> dict[str, Any]:
        """Return what a row states of its case."""
        cells = given(self.frame, at, set(_STATED.values()))
        stated = {name: cells[column] for name, column in _STATED.items() if column in cells}
        stated = {
            name: value[: self.lengths[name]] if name in self.lengths else value
            for name, value in stated.items()
        }
        if "reason_as_stated" in stated:
            stated["reason"] = reason_of(stated["reason_as_stated"])
        school = self.schools.get(self.frame.column("school")[at])
        if school is not None:
            stated["school_id"] = school.pk
        township, village = (self.frame.column(name)[at] or "" for name in ("township", "village"))
        found = self.divisions.get(f"{township}/{village}") or self.divisions.get(township)
        if found:
            stated["division_id"] = found
        if township or village:
            stated["home_as_stated"] = f"{township}{village}"[:120]
        return stated

    def changes(self, at: int, case: DropoutCase) -> dict[str, Any]:
        """Return what a row changes of a known case; a number is only ever added."""
        differs = differing(case, self.values(at))
        if self.indexes[at] and not case.id_index:
            differs["id_number"] = self.frame.column("id_number")[at]
            differs["id_index"] = self.indexes[at]
        return differs

    def attempts(self, at: int) -> list[Attempt]:
        """Return the attempts that a row tells of."""
        frame = self.frame
        people, way, result = (
            str(frame.column(name)[at] or "").strip()
            for name in ("visit_people", "visit_way", "visit_result")
        )
        on = frame.column("visit_on")[at] or None
        told = attempts_in(str(frame.column("visits")[at] or ""))
        if on or people or way or result:
            words = result if way_of(way) or not way else f"{way} {result}".strip()
            told.append(Attempt(on, people[:80], way_of(way), words[:200]))
        return told


class _Known:
    """The county's cases, live ones by child, closed ones by child and day."""

    def __init__(self, county: str) -> None:
        self.live: dict[Any, DropoutCase] = {}
        self.closed: dict[Any, DropoutCase] = {}
        for case in DropoutCase.objects.filter(county=county).order_by("pk"):
            keys: list[Any] = [case.id_index] if case.id_index else []
            keys.append((case.normal_name, case.birth_on, case.school_id))
            for key in keys:
                if case.state == DropoutState.CLOSED:
                    self.closed[key, case.closed_on] = case
                else:
                    self.live[key] = case

    def find(self, index: str, person: Any, closed_on: date | None) -> DropoutCase | None:
        """Return a child's live case, or the one that was closed on the row's day.

        A case without a number is the child's of the same name, birth date and school.
        """
        for key in filter(None, (index, person)):
            found = self.live.get(key) or self.closed.get((key, closed_on))
            if found is not None and (key == index or not (index and found.id_index)):
                return found
        return None


def classify_dropouts(frame: Frame, context: Context) -> Changes:
    """Return per row whether its case is new, changed or as we have it."""
    rows = _Rows(frame, context)
    seen = _attempts_of(case for case in rows.known if case)
    said: dict[int, tuple[str, int | None, int | None]] = {}
    for at, case in enumerate(rows.known):
        if not rows.wanted[at]:
            said[at] = (RowChange.UNCHANGED, None, None)
        elif case is None:
            said[at] = (RowChange.NEW, None, None)
        else:
            fresh = without_repeats(rows.attempts(at), seen[case.pk])
            changed = fresh or rows.changes(at, case)
            change = RowChange.CHANGED if changed else RowChange.UNCHANGED
            said[at] = (change, case.pk, case.version)
    return said


def apply_dropouts(frame: Frame, context: Context) -> Applied:
    """Open new cases, bring known ones up to the ledger and add the attempts not yet on record.

    Children who are at school or accounted for have no case; none is closed by being left out.
    """
    applied = Applied()
    rows = _Rows(frame, context)
    seen = _attempts_of(case for case in rows.known if case)
    new = [at for at, case in enumerate(rows.known) if case is None and rows.wanted[at]]
    keys = dict(zip(new, reserve_ids(DropoutCase, len(new)), strict=True))
    students = _students(context, [rows.indexes[at] for at in new])
    changed: list[tuple[Any, ...]] = []
    visits = [(keys[at], one) for at in new for one in without_repeats(rows.attempts(at), ())]
    for at, case in enumerate(rows.known):
        if not rows.wanted[at]:
            applied.unchanged += 1
        elif case is not None and not in_conflict(frame, at, case.version, applied):
            fresh = without_repeats(rows.attempts(at), seen[case.pk])
            visits += [(case.pk, one) for one in fresh]
            differs = rows.changes(at, case)
            if fresh and not differs:
                applied.changed += 1
                applied.targets[at] = (RowChange.CHANGED, case.pk)
            else:
                keep_before(applied, at, case, differs)
            if differs:
                changed.append(_changed(case, differs))
    applied.new = len(new)
    numbered = ("id_number", "id_index", *_FIELDS, "normal_name", "initials", "version")
    update_rows(DropoutCase, numbered, changed)
    insert_rows(
        DropoutCase,
        (
            *("id", "county", "student", "id_number", "id_index", "found_on", "entered_at"),
            *(*_FIELDS, "normal_name", "initials", "version"),
        ),
        (_new(rows, at, keys[at], students) for at in new),
    )
    by, batch, now = context.actor.user_id, context.batch_id, context.now
    insert_rows(DropoutVisit, _VISIT_FIELDS, ((case, *one, batch, by, now) for case, one in visits))
    return applied


def _attempts_of(cases: Iterable[DropoutCase]) -> dict[int, list[Attempt]]:
    wanted = sorted({case.pk for case in cases})
    found: dict[int, list[Attempt]] = defaultdict(list)
    for start in range(0, len(wanted), 5000):
        rows = DropoutVisit.objects.filter(case__in=wanted[start : start + 5000]).order_by("pk")
        about = rows.values_list("case_id", "visited_on", "people", "way", "result")
        for case, on, people, way, result in about:
            found[case].append(Attempt(on, people, way, result))
    return found


def _students(context: Context, indexes: list[str]) -> dict[str, int]:
    wanted = sorted(filter(None, set(indexes)))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), 5000):
        rows = Student.objects.filter(
            county_id=f"{context.county_code}000000", id_index__in=wanted[start : start + 5000]
        )
        found.update(rows.values_list("id_index", "pk"))
    return found


def _columns(values: dict[str, Any]) -> list[Any]:
    """Return values in the order of the written fields; foreign keys by key."""
    relations = {"school": "school_id", "division": "division_id"}
    return [values.get(relations.get(name, name)) for name in _FIELDS]


def _changed(case: DropoutCase, differs: dict[str, Any]) -> tuple[Any, ...]:
    names = ("id_number", "id_index", *_FIELDS, "school_id", "division_id")
    kept = {name: getattr(case, name) for name in names} | differs
    name = str(kept["name"])
    named = (normal_name(name)[:40], initials(name)[:40])
    number = (kept["id_number"], kept["id_index"])
    return (case.pk, *number, *_columns(kept), *named, case.version + 1)


def _new(rows: _Rows, at: int, key: int, students: dict[str, int]) -> tuple[Any, ...]:
    frame, context = rows.frame, rows.context
    values = {**_DEFAULTS, "reason": "", "home_as_stated": "", **rows.values(at)}
    found_on = frame.column("found_on")[at] or values["left_on"] or context.today
    name = str(values["name"])
    return (
        *(key, f"{context.county_code}000000", students.get(rows.indexes[at])),
        *(frame.column("id_number")[at] or "", rows.indexes[at], found_on, context.now),
        *(*_columns(values), normal_name(name)[:40], initials(name)[:40], 1),
    )
