"""What changed between two states of one list, person by person: registers, rosters, runs.

Pure functions over values. Words are left to the pages: ``before`` and ``after`` hold codes of
categories, places and stages, else names as written.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple, TypeVar

from students.choices import ChangeKind, Hardship
from students.rules.placing import AT_SCHOOL, LEDGERS
from students.rules.schooling import grade_in_stage, years_before

Row = TypeVar("Row")
Key = Callable[[Row], Hashable | None]


class Difference(NamedTuple):
    """One change of one person; ``division`` where the person is now, else where last seen."""

    kind: ChangeKind
    name: str
    division: str
    before: str = ""
    after: str = ""
    from_division: str = ""
    school: str = ""
    stage: str = ""
    household_no: str = ""
    student: int | None = None


class Listed(NamedTuple):
    """A register's person as the comparison sees one; numbers as blind indexes, "" if unknown."""

    name: str
    normal_name: str
    id_index: str
    person_no: str
    household_no: str
    birth_on: date | None
    division: str
    home: str
    category: str
    stated: str
    risk_removed: bool | None
    stage: str


class Rostered(NamedTuple):
    """A pupil's term at one school."""

    student: int
    name: str
    school: str
    school_name: str
    division: str
    stage: str
    grade: int | None
    boards: bool
    state: str
    claim: str


class Child(NamedTuple):
    """A child of school age as a run placed it."""

    student: int | None
    name: str
    id_index: str
    birth_on: date | None
    division: str
    school: str
    stage: str
    place: str


def paired(
    old: Sequence[Row], new: Sequence[Row], *keys: Key[Row]
) -> Iterator[tuple[Row | None, Row | None]]:
    """Yield who is whom in two lists: pairs, those gone (with None) and those new (None first).

    The keys are tried in turn on who is left; one counts only where it names one row on each side,
    so that nobody is taken for somebody else. Of repeats under the first key the first row stands:
    repeats within a list are the reconciliation's to find.
    """
    left, right = _once(old, keys[0]), _once(new, keys[0])
    for key in keys:
        mine, theirs = _unique(left, key), _unique(right, key)
        both = mine.keys() & theirs.keys()
        for name in mine:
            if name in both:
                yield mine[name], theirs[name]
        left = [row for row in left if key(row) not in both]
        right = [row for row in right if key(row) not in both]
    for row in left:
        yield row, None
    for row in right:
        yield None, row


def _once(rows: Iterable[Row], key: Key[Row]) -> list[Row]:
    seen: set[Hashable] = set()
    kept = []
    for row in rows:
        name = key(row)
        if name is None or name not in seen:
            seen.add(name)
            kept.append(row)
    return kept


def _unique(rows: Sequence[Row], key: Key[Row]) -> dict[Hashable, Row]:
    counted = Counter(key(row) for row in rows)
    return {name: row for row in rows if (name := key(row)) is not None and counted[name] == 1}


# --- registers ----------------------------------------------------------------------------------


def register_differences(old: Sequence[Listed], new: Sequence[Listed]) -> Iterator[Difference]:
    """Yield the changes between two snapshots of a register.

    People are recognised by number, else by the register's own person number, else by household
    and name, else (without a household number) by name, birth date and village.
    """
    for was, now in paired(old, new, _number, _person_no, _household, _village):
        if was is None and now is not None:
            yield _about_listed(ChangeKind.NEW, now, "", now.category)
        elif now is None and was is not None:
            yield _about_listed(ChangeKind.GONE, was, was.category, "")
        elif was is not None and now is not None:
            yield from _between_snapshots(was, now)


def _number(row: Listed) -> Hashable | None:
    return row.id_index or None


def _person_no(row: Listed) -> Hashable | None:
    return row.person_no or None


def _household(row: Listed) -> Hashable | None:
    return (row.household_no, row.normal_name) if row.household_no else None


def _village(row: Listed) -> Hashable | None:
    if row.household_no or row.birth_on is None:
        return None
    return row.normal_name, row.birth_on, row.division or row.home


def _about_listed(kind: ChangeKind, row: Listed, before: str, after: str) -> Difference:
    return Difference(
        kind,
        row.name,
        row.division,
        before,
        after,
        stage=row.stage,
        household_no=row.household_no,
    )


def _between_snapshots(was: Listed, now: Listed) -> Iterator[Difference]:
    pairs: tuple[tuple[ChangeKind, str, str], ...] = (
        (ChangeKind.CATEGORY, was.category, now.category),
        (ChangeKind.MOVED, was.home, now.home),
        (ChangeKind.HOUSEHOLD, was.household_no, now.household_no),
        (ChangeKind.RENAMED, was.name, now.name),
    )
    for kind, before, after in pairs:
        if before != after:
            found = _about_listed(kind, now, before, after)
            moved = kind == ChangeKind.MOVED
            yield found._replace(from_division=was.division) if moved else found
    if was.id_index and now.id_index and was.id_index != now.id_index:
        yield _about_listed(ChangeKind.NUMBER, now, "", "")
    if fell_back(was, now):
        yield _about_listed(ChangeKind.FELL_BACK, now, was.category, now.category)
    if now.risk_removed and was.risk_removed is False:
        yield _about_listed(ChangeKind.RISK_REMOVED, now, "", "")


def fell_back(was: Listed, now: Listed) -> bool:
    """Say whether somebody out of poverty is poor, or at risk of it, again.

    The register says so itself (返贫), takes a removed risk back, or no longer counts as lifted
    whom it counted as lifted (脱贫户, 已脱贫).
    """
    if "返贫" in now.stated and "返贫" not in was.stated and "防返贫" not in now.stated:
        return True
    if was.risk_removed and now.risk_removed is False:
        return True
    return _is_out(was) and now.category == Hardship.REGISTERED_POOR and not _is_out(now)


def _is_out(row: Listed) -> bool:
    return row.category == Hardship.LIFTED or "已脱贫" in row.stated


# --- rosters ------------------------------------------------------------------------------------


def roster_differences(
    old: Sequence[Rostered], new: Sequence[Rostered], *, years: int
) -> Iterator[Difference]:
    """Yield the changes between the rosters of two terms, ``years`` academic years apart.

    A roster names the student of the ledger, so names and numbers are the ledger's own and are
    compared nowhere here. Going up a grade a year is no change.
    """
    for was, now in paired(old, new, lambda row: row.student):
        if was is None and now is not None:
            yield _about_pupil(ChangeKind.NEW, now, "", now.school_name)
        elif now is None and was is not None:
            yield _about_pupil(ChangeKind.GONE, was, was.school_name, "")
        elif was is not None and now is not None:
            yield from _between_terms(was, now, years)


def _about_pupil(kind: ChangeKind, row: Rostered, before: str, after: str) -> Difference:
    return Difference(
        kind,
        row.name,
        row.division,
        before,
        after,
        school=row.school,
        stage=row.stage,
        student=row.student,
    )


def _between_terms(was: Rostered, now: Rostered, years: int) -> Iterator[Difference]:
    if was.school != now.school:
        moved = _about_pupil(ChangeKind.MOVED, now, was.school_name, now.school_name)
        yield moved._replace(from_division=was.division)
    pairs: tuple[tuple[ChangeKind, str, str], ...] = (
        (ChangeKind.STAGE, was.stage, now.stage),
        (ChangeKind.STATE, was.state, now.state),
        (ChangeKind.BOARDING, _yes(was.boards), _yes(now.boards)),
        (ChangeKind.CLAIM, was.claim, now.claim),
    )
    for kind, before, after in pairs:
        if before != after:
            yield _about_pupil(kind, now, before, after)
    grades = _year_of(was), _year_of(now)
    if None not in grades and grades[1] - grades[0] != years:  # type: ignore[operator]  # none is None
        yield _about_pupil(ChangeKind.GRADE, now, str(was.grade or ""), str(now.grade or ""))


def _yes(value: bool) -> str:  # noqa: FBT001  # the value itself
    return "true" if value else "false"


def _year_of(row: Rostered) -> int | None:
    """Return the year of schooling from primary on, None where the stage has no such years."""
    before = years_before(row.stage)
    if row.grade is None or before is None:
        return None
    return before + grade_in_stage(row.stage, row.grade)


# --- runs ---------------------------------------------------------------------------------------


def run_differences(old: Sequence[Child], new: Sequence[Child]) -> Iterator[Difference]:
    """Yield the changes between where two runs placed the children of school age.

    A child is recognised by number, else as the same student, else by name and birth date.
    """
    keys: tuple[Key[Child], ...] = (
        lambda row: row.id_index or None,
        lambda row: row.student,
        lambda row: (row.name, row.birth_on) if row.birth_on else None,
    )
    for was, now in paired(old, new, *keys):
        if was is None and now is not None:
            yield _about_child(ChangeKind.NEW, now, "", now.place)
        elif now is None and was is not None:
            yield _about_child(ChangeKind.GONE, was, was.place, "")
        elif was is not None and now is not None:
            if was.place != now.place:
                yield _about_child(_move_of(was.place, now.place), now, was.place, now.place)
            if was.division[:9] != now.division[:9]:
                moved = _about_child(ChangeKind.MOVED, now, was.division, now.division)
                yield moved._replace(from_division=was.division)


def _move_of(before: str, after: str) -> ChangeKind:
    if before in LEDGERS and after in AT_SCHOOL:
        return ChangeKind.BROUGHT_BACK
    if before not in LEDGERS and after in LEDGERS:
        return ChangeKind.LOST
    return ChangeKind.PLACE


def _about_child(kind: ChangeKind, row: Child, before: str, after: str) -> Difference:
    return Difference(
        kind,
        row.name,
        row.division,
        before,
        after,
        school=row.school,
        stage=row.stage,
        student=row.student,
    )


# --- words --------------------------------------------------------------------------------------


class Span(NamedTuple):
    """How far apart two days are, in the unit that a person would say."""

    number: int
    unit: str  # day or month


def span_between(first: date, last: date) -> Span:
    """Return the span between two days: months from the first whole one on, else days."""
    months = (last.year - first.year) * 12 + last.month - first.month
    if last.day < first.day and not _ends_month(last):
        months -= 1
    return Span(months, "month") if months >= 1 else Span((last - first).days, "day")


def _ends_month(day: date) -> bool:
    return date.fromordinal(day.toordinal() + 1).month != day.month
