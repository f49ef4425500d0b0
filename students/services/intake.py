"""Bringing a roster in: children and their term at school, whole columns at a time."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

from povedu.ahead import sending_ahead
from povedu.bulk import Derived, Repeated, insert_columns, reserve_ids, update_rows
from povedu.identity import initials, normal_name, pinyin
from povedu.intake.choices import RowChange
from povedu.intake.frame import Frame
from povedu.intake.kinds import Applied, Changes, Context, Touches
from povedu.protected import BankAccount, HeldIndexes, Secret, blind_indexes
from students.models import Enrolment, PayeeAccount, Student
from students.services.pupil_counts import count_pupils
from students.services.roster_rows import (
    PLAIN,
    SEALED,
    Differences,
    Roster,
    differences_of,
    in_chunks,
    knows_children,
    mapped,
    match,
    read_known,
    roster_of,
    rows_of,
)

_NEW = (RowChange.NEW, None, 0)


def classify_roster(frame: Frame, context: Context) -> Changes:
    """Return per row new, changed or unchanged, with whom it is about and that record's version."""
    if not knows_children(context):
        return dict.fromkeys(rows_of(frame, context, accepted=False), _NEW)
    roster = roster_of(frame, context, accepted=False)
    match(roster, context)
    read_known(roster, context)
    said: dict[int, tuple[str, int | None, int | None]] = dict.fromkeys(roster.rows, _NEW)
    differences = differences_of(roster)
    for at in roster.old():
        change = RowChange.CHANGED if at in differences else RowChange.UNCHANGED
        said[roster.rows[at]] = (change, roster.targets[at], roster.known[at]["version"])
    return said


def apply_roster(frame: Frame, context: Context) -> Applied:
    """Write a roster's accepted rows inside the caller's transaction.

    New children enter, confirmed where their number is whole and agrees with the birth date,
    else provisional and never paid. Known children are updated; nobody is removed. A card that a
    roster names waits for the bureau's approval; a stated hardship stays a statement.
    """
    applied = Applied()
    roster = roster_of(frame, context)
    match(roster, context)
    read_known(roster, context)
    if not context.is_supplement:
        applied.missing = _missing(roster)
    new, old, differences = roster.new(), roster.old(), differences_of(roster)
    keys = _Keys(roster, frame, new)
    with sending_ahead():
        _enter(roster, new, keys.students, context)
        applied.new = len(new)
        kept = new + _update(roster, old, differences, frame, applied)
        _enrol(roster, kept, differences, keys.enrolments, frame, context)
        applied.pending = _propose_accounts(roster, kept, keys.accounts, frame, context)
    if applied.pending:
        applied.after["pending_accounts"] = applied.pending
    provisional = roster.picked("valid", new).count("")
    if provisional:
        applied.after["unconfirmed"] = provisional
    count_pupils(school_ids=roster.schools, term=context.term, actor=context.actor, now=context.now)
    return applied


class _Keys:
    """Keys for all that may be entered, drawn before anything is: a question would hold it up."""

    def __init__(self, roster: Roster, frame: Frame, new: list[int]) -> None:
        enrolled = sum("enrolment" in known for known in roster.known.values())
        given = sum(map(bool, frame.column("bank_account")))
        self.students = reserve_ids(Student, len(new))
        self.enrolments = reserve_ids(Enrolment, len(roster) - enrolled)
        self.accounts = reserve_ids(PayeeAccount, min(given, len(roster)))


def _missing(roster: Roster) -> tuple[int, int]:
    """Return how many of the pupils now at the listed schools a full roster leaves out, and all."""
    schools = roster.schools
    listed = Student.objects.filter(school_id__in=schools, state="studying").count()
    found = sum(known.get("school_id") in schools for known in roster.known.values())
    return max(listed - found, 0), listed


def recount_roster(touched: Touches, context: Context) -> Callable[[], None]:
    """Return what counts the pupils anew in the schools where a batch had entered somebody."""
    enrolments = list(touched.get("students.Enrolment", ()))
    schools = {
        row["school_id"] for row in in_chunks(Enrolment.objects, enrolments, "pk", ("school_id",))
    }
    return partial(
        count_pupils,
        school_ids=schools,
        term=context.term,
        actor=context.actor,
        now=context.now,
    )


def _enter(roster: Roster, places: list[int], keys: Sequence[int], context: Context) -> None:
    """Enter children as whole columns, and note under which keys."""
    height = len(places)
    for at, key in zip(places, keys, strict=True):
        roster.targets[at] = key
    names, stated, valid = (roster.picked(one, places) for one in ("name", "stated", "valid"))
    insert_columns(
        Student,
        {
            "id": keys,
            "county": Repeated(f"{context.county_code}000000", height),
            "student_no": roster.picked("student_no", places),
            "student_no_index": roster.picked("student_no_index", places),
            "name": Derived(_cut(40), names),
            "normal_name": Derived(_cut(40), roster.picked("normal_name", places)),
            "pinyin": Derived(partial(mapped, _pinyin), names),
            "initials": Derived(partial(mapped, _initials), names),
            "sex": roster.picked("sex", places),
            "birth_on": roster.picked("birth_on", places),
            "ethnicity": Derived(_cut(20), roster.picked("ethnicity", places)),
            "id_number": valid,
            "id_index": roster.picked("id_index", places),
            "stated_id_number": stated,
            "stated_index": roster.picked("stated_index", places),
            "first_15_index": Derived(_first_15, stated),
            "id_was_recovered": roster.picked("recovered", places),
            "identity_confirmed": Derived(_bools, valid),
            "state": Repeated("studying", height),
            "school": roster.picked("school_id", places),
            "stage": roster.picked("stage", places),
            "grade": roster.picked("grade", places),
            "class_name": roster.picked("class_name", places),
            "is_boarder": roster.picked("is_boarder", places),
            "is_migrant": Derived(_bools, roster.picked("is_migrant", places)),
            "guardian_name": Derived(_cut(40), roster.picked("guardian_name", places)),
            **{name: roster.picked(name, places) for name in SEALED},
            "version": Repeated(1, height),
            "entered_at": Repeated(context.now, height),
        },
        streamed=True,
    )


def _pinyin(name: str) -> str:
    return pinyin(name)[:80]


def _initials(name: str) -> str:
    return initials(name)[:40]


def _bools(values: list[Any]) -> list[bool]:
    return list(map(bool, values))


def _cut(length: int) -> Callable[[list[str]], list[str]]:
    return lambda texts: [text[:length] for text in texts]


def _first_15(numbers: list[str]) -> list[str]:
    return blind_indexes("id-15", [one[:15] if len(one) >= 15 else "" for one in numbers])


def _update(
    roster: Roster, old: list[int], differences: Differences, frame: Frame, applied: Applied
) -> list[int]:
    """Update known children; one edited by somebody since staging is left alone as a conflict."""
    places, kept = [], []
    for at in old:
        row, target, known = roster.rows[at], roster.targets[at], roster.known[at]
        seen, changed = frame.seen.get(row), differences.fields.get(at)
        if changed and seen and seen[0] == target and seen[1] != known["version"]:
            applied.conflicts.append(row)
            continue
        kept.append(at)
        applied.changed += at in differences
        applied.unchanged += at not in differences
        if changed:
            applied.before[row] = {name: _told(known.get(name)) for name in changed}
            applied.targets[row] = (RowChange.CHANGED, target)
            places.append(at)
    _write_plain(roster, places, differences)
    _write_sealed(roster, places, differences)
    changed_numbers = [at for at in places if "stated_index" in differences.fields[at]]
    _write_identity(roster, changed_numbers)
    return kept


def _told(value: Any) -> Any:
    if isinstance(value, Secret):
        return value.reveal()
    return value.isoformat() if isinstance(value, date) else value


def _current(roster: Roster, places: list[int], differences: Differences, name: str) -> list[Any]:
    """Return a field of known students as it is to be."""
    fields, known = differences.fields, roster.known
    return [fields[at].get(name, known[at][name]) for at in places]


def _write_plain(roster: Roster, places: list[int], differences: Differences) -> None:
    now = {name: _current(roster, places, differences, name) for name in (*PLAIN, "school_id")}
    names = now["name"]
    columns = {
        **{name: now[name] for name in PLAIN},
        "school": now["school_id"],
        "normal_name": _cut(40)(mapped(normal_name, names)),
        "pinyin": mapped(_pinyin, names),
        "initials": mapped(_initials, names),
        "student_no_index": blind_indexes("student-no", now["student_no"]),
        "version": [roster.known[at]["version"] + 1 for at in places],
    }
    targets = _picked(roster.targets, places)
    update_rows(Student, list(columns), zip(targets, *columns.values(), strict=True))


def _write_sealed(roster: Roster, places: list[int], differences: Differences) -> None:
    for name in SEALED:
        changed = [at for at in places if name in differences.fields[at]]
        rows = zip(_picked(roster.targets, changed), roster.picked(name, changed), strict=True)
        update_rows(Student, (name,), rows)


def _write_identity(roster: Roster, places: list[int]) -> None:
    """Write a corrected number: it confirms the child where it is whole."""
    valid, stated = roster.picked("valid", places), roster.picked("stated", places)
    update_rows(
        Student,
        (
            *("id_number", "id_index", "stated_id_number", "stated_index", "first_15_index"),
            *("id_was_recovered", "identity_confirmed"),
        ),
        zip(
            [roster.targets[at] for at in places],
            *(valid, roster.picked("id_index", places), stated),
            *(roster.picked("stated_index", places), _first_15(stated)),
            *(roster.picked("recovered", places), map(bool, valid)),
            strict=True,
        ),
    )


_PLACE = ("stage", "grade", "class_name")


def _enrol(
    roster: Roster,
    places: list[int],
    differences: Differences,
    keys: Sequence[int],
    frame: Frame,
    context: Context,
) -> None:
    """Write the term at the school: one row per child, none for a child already so enrolled."""
    fresh, changed, columns = [], [], roster.columns
    for at in places:
        known = roster.known.get(at, {}).get("enrolment")
        if known is None:
            fresh.append(at)
        elif at in differences.enrols:
            changed.append(
                (
                    known["id"],
                    *(columns[name][at] or known[name] for name in _PLACE),
                    columns["is_boarder"][at],
                    columns["hardship"][at] or known["hardship_as_stated"],
                )
            )
    sheets = [name[:60] for name in frame.sheets]
    sources = _picked(roster.rows, fresh)
    insert_columns(
        Enrolment,
        {
            "id": keys[: len(fresh)],
            "student": _picked(roster.targets, fresh),
            "term": Repeated(context.term, len(fresh)),
            "school": roster.picked("school_id", fresh),
            **{name: roster.picked(name, fresh) for name in _PLACE},
            "is_boarder": roster.picked("is_boarder", fresh),
            "state": Repeated("studying", len(fresh)),
            "hardship_as_stated": roster.picked("hardship", fresh),
            "import_batch_id": Repeated(context.batch_id, len(fresh)),
            "source_sheet": Derived(
                lambda rows: [sheets[frame.places[row][0]] for row in rows], sources
            ),
            "source_row": Derived(lambda rows: [frame.places[row][1] + 1 for row in rows], sources),
        },
        streamed=True,
    )
    update_rows(Enrolment, (*_PLACE, "is_boarder", "hardship_as_stated"), changed)


def _picked(column: list[Any], places: list[int]) -> list[Any]:
    return [column[at] for at in places]


def _propose_accounts(
    roster: Roster, places: list[int], keys: Sequence[int], frame: Frame, context: Context
) -> int:
    """Enter the cards that a roster names and we do not have yet; the bureau approves them."""
    accounts = frame.column("bank_account")
    faulty = {
        at
        for at, problems in frame.problems.items()
        if any(one.field == "bank_account" and not one.is_repair for one in problems)
    }
    rows = roster.rows
    given = [at for at in places if accounts[rows[at]] and rows[at] not in faulty]
    if known := _known_accounts(roster, given):
        stated = HeldIndexes(BankAccount.kind, [accounts[rows[at]] for at in given])
        pairs = zip(_picked(roster.targets, given), stated, strict=True)
        given = [at for at, pair in zip(given, pairs, strict=True) if pair not in known]
    numbers = [accounts[rows[at]] for at in given]
    names = roster.picked("name", given)
    payee_names, relations = frame.column("payee_name"), frame.column("payee_relation")
    banks = frame.column("bank_name")
    payees = [payee_names[rows[at]] or name for at, name in zip(given, names, strict=True)]
    return insert_columns(
        PayeeAccount,
        {
            "id": keys[: len(given)],
            "student": _picked(roster.targets, given),
            "payee_name": Derived(_cut(40), payees),
            "relation": [
                relations[rows[at]] or ("self" if normal == own else "guardian")
                for at, normal, own in zip(
                    given,
                    mapped(normal_name, payees),
                    roster.picked("normal_name", given),
                    strict=True,
                )
            ],
            "bank_name": [(banks[rows[at]] or "")[:60] for at in given],
            "account": numbers,
            "account_index": Derived(partial(blind_indexes, BankAccount.kind), numbers),
            "state": Repeated("pending", len(given)),
            "entered_by": Repeated(context.actor.user_id, len(given)),
            "entered_at": Repeated(context.now, len(given)),
        },
        streamed=True,
    )


def _known_accounts(roster: Roster, places: list[int]) -> set[tuple[int, str]]:
    """Return (student, account index) of the cards we have; a child just entered has none."""
    held = [at for at in places if at in roster.known]
    targets = [target for at in held if (target := roster.targets[at]) is not None]
    fields = ("student_id", "account_index")
    cards = in_chunks(PayeeAccount.objects.exclude(state="refused"), targets, "student_id", fields)
    return {(row["student_id"], row["account_index"]) for row in cards}
