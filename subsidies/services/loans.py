"""Bringing contracts of origin-place student loans in, whole columns at a time."""

from collections.abc import Iterable
from typing import Any

from povedu.bulk import insert_rows, reserve_ids, update_rows
from povedu.intake.applying import differing, given, in_conflict, keep_before
from povedu.intake.choices import RowChange
from povedu.intake.frame import Frame
from povedu.intake.kinds import Applied, Changes, Context
from povedu.intake.people import valid_ids
from povedu.protected import IdNumber, blind_index
from subsidies.choices import LoanState
from subsidies.models import Loan
from subsidies.rules.loans import Cap, cap_of
from subsidies.selectors.loans import caps_of
from subsidies.services.history import students_by_index

_CHUNK = 5000
_COLUMN_OF = {
    "borrower_name": "name",
    "borrower_id_number": "id_number",
    **{
        name: name
        for name in (
            *("academic_year", "co_borrower_name", "co_borrower_id_number"),
            *("co_borrower_relation", "phone", "college", "level", "is_renewal", "amount", "bank"),
            *("granted_on", "due_on", "state"),
        )
    },
}
_FIELDS = tuple(_COLUMN_OF)
_DERIVED = ("borrower_index", "student", "is_over_cap", "version")

# Students by the index of their confirmed number, and the county's caps.
_Known = tuple[dict[str, tuple[int, str]], tuple[Cap, ...]]


def _known(frame: Frame, context: Context) -> dict[str, Loan]:
    numbers = sorted({str(number) for number in frame.column("contract_no") if number})
    found: dict[str, Loan] = {}
    for start in range(0, len(numbers), _CHUNK):
        rows = Loan.objects.filter(
            county=f"{context.county_code}000000", contract_no__in=numbers[start : start + _CHUNK]
        )
        found.update((loan.contract_no, loan) for loan in rows)
    return found


def _stated(frame: Frame, at: int) -> dict[str, Any]:
    """Return what a row states of its loan, by field; a blank cell states nothing."""
    values = given(frame, at, set(_COLUMN_OF.values()))
    return {field: values[name] for field, name in _COLUMN_OF.items() if name in values}


def loans_of_others(frame: Frame, context: Context) -> dict[int, str]:
    """Return per row the live contract that its borrower already has for the same year."""
    indexes = [blind_index(IdNumber.kind, number) for number in valid_ids(frame)]
    wanted = sorted(set(indexes) - {""})
    live: dict[tuple[str, int], str] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = Loan.objects.filter(
            county=f"{context.county_code}000000", borrower_index__in=wanted[start : start + _CHUNK]
        ).exclude(state=LoanState.CANCELLED)
        live.update(
            ((index, year), contract)
            for index, year, contract in rows.values_list(
                "borrower_index", "academic_year", "contract_no"
            )
        )
    found = {}
    rows_of = zip(indexes, frame.column("academic_year"), frame.column("contract_no"), strict=True)
    for at, (index, year, contract) in enumerate(rows_of):
        other = live.get((index, year))
        if other is not None and other != contract:
            found[at] = other
    return found


def classify_loans(frame: Frame, context: Context) -> Changes:
    """Return per row whether a contract is new, changed or as we have it."""
    known = _known(frame, context)
    said: dict[int, tuple[str, int | None, int | None]] = {}
    for at, number in enumerate(frame.column("contract_no")):
        loan = known.get(number)
        if loan is None:
            said[at] = (RowChange.NEW, None, None)
            continue
        changed = differing(loan, _stated(frame, at))
        change = RowChange.CHANGED if changed else RowChange.UNCHANGED
        said[at] = (change, loan.pk, loan.version)
    return said


def apply_loans(frame: Frame, context: Context) -> Applied:
    """Enter new contracts and bring known ones up to the list; linked by the confirmed number."""
    applied = Applied()
    known = _known(frame, context)
    indexes = [blind_index(IdNumber.kind, number) for number in valid_ids(frame)]
    students = students_by_index(indexes, context.county_code)
    known_people = (students, caps_of(f"{context.county_code}000000"))
    first: dict[str, int] = {}
    for at, number in enumerate(frame.column("contract_no")):
        if first.setdefault(number, at) != at:
            applied.conflicts.append(at)
    fresh = [at for number, at in first.items() if number not in known]
    new = []
    for at, pk in zip(fresh, reserve_ids(Loan, len(fresh)), strict=True):
        stated = _stated(frame, at)
        values = [stated.get(name, _default(name)) for name in _FIELDS]
        derived = _derived(stated, indexes[at], known_people, 1)
        new.append(
            (
                *(pk, f"{context.county_code}000000", frame.column("contract_no")[at], *values),
                *(*derived, context.actor.user_id, context.now),
            )
        )
        applied.targets[at] = (RowChange.NEW, pk)
    insert_rows(
        Loan,
        ("id", "county", "contract_no", *_FIELDS, *_DERIVED, "entered_by", "entered_at"),
        new,
    )
    changed = list(_changes(frame, first, known, applied, (indexes, known_people)))
    update_rows(Loan, (*_FIELDS, *_DERIVED), changed)
    applied.new = len(new)
    return applied


def _changes(
    frame: Frame,
    first: dict[str, int],
    known: dict[str, Loan],
    applied: Applied,
    people: tuple[list[str], _Known],
) -> Iterable[tuple[Any, ...]]:
    indexes, known_people = people
    for number, at in first.items():
        loan = known.get(number)
        if loan is None or in_conflict(frame, at, loan.version, applied):
            continue
        values = differing(loan, _stated(frame, at))
        keep_before(applied, at, loan, values)
        if values:
            now = {name: values.get(name, getattr(loan, name)) for name in _FIELDS}
            index = indexes[at] or loan.borrower_index
            yield (loan.pk, *now.values(), *_derived(now, index, known_people, loan.version + 1))


def _derived(loan: dict[str, Any], index: str, known: _Known, version: int) -> tuple[Any, ...]:
    """Return number's index, student, whether the amount exceeds the year's cap, and version."""
    students, caps = known
    student = students.get(index)
    over = loan["amount"] > cap_of(loan["academic_year"], loan["level"], caps)
    return index, student and student[0], over, version


def _default(name: str) -> Any:
    if name in ("granted_on", "due_on"):
        return None
    return {"is_renewal": False, "state": LoanState.SIGNED}.get(name, "")
