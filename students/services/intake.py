"""Bringing a roster in: children and their term at school, whole columns at a time."""

from datetime import date
from typing import Any

from povedu.bulk import insert_rows, reserve_ids, update_rows
from povedu.identity import initials, normal_name, pinyin
from povedu.intake.choices import RowChange
from povedu.intake.frame import Frame
from povedu.intake.kinds import Applied, Changes, Context
from povedu.protected import BankAccount, Secret, blind_index
from students.models import Enrolment, PayeeAccount, Student
from students.services.pupil_counts import count_pupils
from students.services.roster_rows import (
    PLAIN,
    SEALED,
    Child,
    changes_of,
    children_of,
    hardship_of,
    in_chunks,
    match,
    read_known,
)

_STUDENT_FIELDS = (
    *("id", "county", "student_no", "student_no_index", "name", "normal_name", "pinyin"),
    *("initials", "sex", "birth_on", "ethnicity", "id_number", "id_index", "stated_id_number"),
    *("stated_index", "first_15_index", "id_was_recovered"),
    *("identity_confirmed", "state", "school", "stage", "grade"),
    *("class_name", "is_boarder", "home_address", "guardian_name", "guardian_relation"),
    *("guardian_id_number", "phone", "version", "entered_at"),
)
_ACCOUNT_FIELDS = (
    *("student", "payee_name", "relation", "payee_id_number", "bank_name", "account"),
    *("account_index", "state", "entered_by", "entered_at"),
)
_ENROLMENT_FIELDS = (
    *("student", "term", "school", "stage", "grade", "class_name", "major", "is_boarder"),
    *("state", "hardship_as_stated", "import_batch_id", "source_sheet", "source_row"),
)


def classify_roster(frame: Frame, context: Context) -> Changes:
    """Return per row new, changed or unchanged, with whom it is about and that record's version."""
    children = children_of(frame, context, accepted=False)
    match(children, context)
    read_known(children, context)
    said: dict[int, tuple[str, int | None, int | None]] = {}
    for child in children:
        if child.target is None:
            said[child.at] = (RowChange.NEW, None, 0)
            continue
        changed, enrols = changes_of(child, hardship_of(frame, child.at))
        change = RowChange.CHANGED if changed or enrols else RowChange.UNCHANGED
        said[child.at] = (change, child.target, child.known["version"])
    return said


def apply_roster(frame: Frame, context: Context) -> Applied:
    """Write a roster's accepted rows inside the caller's transaction.

    New children enter, confirmed where their number is whole and agrees with the birth date,
    else provisional and never paid. Known children are updated; nobody is removed. A card that a
    roster names waits for the bureau's approval; a stated hardship stays a statement.
    """
    applied = Applied()
    children = children_of(frame, context)
    match(children, context)
    read_known(children, context)
    new = [child for child in children if child.is_new]
    old = [child for child in children if not child.is_new]
    _enter(new, context)
    applied.new = len(new)
    kept = _update(old, frame, context, applied)
    _enrol(new + kept, frame, context)
    applied.pending = _propose_accounts(new + kept, frame, context)
    if applied.pending:
        applied.after["pending_accounts"] = applied.pending
    provisional = sum(not child.valid for child in new)
    if provisional:
        applied.after["unconfirmed"] = provisional
    count_pupils(
        school_ids={child.values["school_id"] for child in children},
        term=context.term,
        actor=context.actor,
        now=context.now,
    )
    return applied


def _enter(children: list[Child], context: Context) -> None:
    county = f"{context.county_code}000000"
    for child, pk in zip(children, reserve_ids(Student, len(children)), strict=True):
        child.target = pk
    rows = (
        (
            *(child.target, county, child.values["student_no"], child.values["student_no_index"]),
            *(child.values["name"][:40], child.values["normal_name"][:40]),
            *(pinyin(child.values["name"])[:80], initials(child.values["name"])[:40]),
            *(child.values["sex"], child.values["birth_on"], child.values["ethnicity"][:20]),
            *(child.valid, child.id_index, child.stated, child.values["stated_index"]),
            *(_first_15(child.stated), child.recovered, bool(child.valid)),
            *("studying", child.values["school_id"]),
            *(child.values["stage"], child.values["grade"], child.values["class_name"]),
            *(child.values["is_boarder"], child.sealed["home_address"]),
            *(child.values["guardian_name"][:40], "", child.sealed["guardian_id_number"]),
            *(child.sealed["phone"], 1, context.now),
        )
        for child in children
    )
    insert_rows(Student, _STUDENT_FIELDS, rows)


def _first_15(stated: str) -> str:
    return blind_index("id-15", stated[:15]) if len(stated) >= 15 else ""


def _update(children: list[Child], frame: Frame, context: Context, applied: Applied) -> list[Child]:
    """Update known children; one edited by somebody since staging is left alone as a conflict."""
    rows: list[tuple[Child, dict[str, Any]]] = []
    kept = []
    for child in children:
        changed, enrols = changes_of(child, hardship_of(frame, child.at))
        seen = frame.seen.get(child.at)
        if changed and seen and seen[0] == child.target and seen[1] != child.known["version"]:
            applied.conflicts.append(child.at)
            continue
        kept.append(child)
        applied.changed += bool(changed or enrols)
        applied.unchanged += not (changed or enrols)
        if changed:
            applied.before[child.at] = {name: _told(child.known.get(name)) for name in changed}
            applied.targets[child.at] = (RowChange.CHANGED, child.target)
            rows.append((child, changed))
    _write_plain(rows)
    _write_sealed(rows)
    _write_identity([child for child, changed in rows if "stated_index" in changed])
    return kept


def _told(value: Any) -> Any:
    if isinstance(value, Secret):
        return value.reveal()
    return value.isoformat() if isinstance(value, date) else value


def _write_plain(rows: list[tuple[Child, dict[str, Any]]]) -> None:
    fields = (
        *(*PLAIN, "school", "normal_name", "pinyin", "initials", "student_no_index", "version"),
    )

    def row(child: Child, changed: dict[str, Any]) -> tuple[Any, ...]:
        now = {name: changed.get(name, child.known[name]) for name in (*PLAIN, "school_id")}
        name = now["name"]
        return (
            child.target,
            *(now[name] for name in PLAIN),
            now["school_id"],
            *(normal_name(name)[:40], pinyin(name)[:80], initials(name)[:40]),
            *(blind_index("student-no", now["student_no"]), child.known["version"] + 1),
        )

    update_rows(Student, fields, [row(*one) for one in rows])


def _write_sealed(rows: list[tuple[Child, dict[str, Any]]]) -> None:
    update_rows(
        Student,
        SEALED,
        [
            (child.target, *(changed.get(name, child.known[name]) for name in SEALED))
            for child, changed in rows
            if changed.keys() & set(SEALED)
        ],
    )


def _write_identity(children: list[Child]) -> None:
    """Write a corrected number: it confirms the child where it is whole."""
    update_rows(
        Student,
        (
            *("id_number", "id_index", "stated_id_number", "stated_index", "first_15_index"),
            *("id_was_recovered", "identity_confirmed"),
        ),
        [
            (
                *(child.target, child.valid, child.id_index, child.stated),
                *(child.values["stated_index"], _first_15(child.stated)),
                *(child.recovered, bool(child.valid)),
            )
            for child in children
        ],
    )


def _enrol(children: list[Child], frame: Frame, context: Context) -> None:
    """Write the term at the school: one row per child, none for a child already so enrolled."""
    new, changed = [], []
    for child in children:
        values, hardship = child.values, hardship_of(frame, child.at)
        place = (values["stage"], values["grade"], values["class_name"])
        known = child.known.get("enrolment")
        if known is None:
            sheet, row = frame.places[child.at]
            source = (context.batch_id, frame.sheets[sheet][:60], row + 1)
            new.append(
                (
                    *(child.target, context.term, values["school_id"], *place, ""),
                    *(values["is_boarder"], "studying", hardship, *source),
                )
            )
        elif changes_of(child, hardship)[1]:
            changed.append(
                (
                    known["id"],
                    *(place[0] or known["stage"], place[1] or known["grade"]),
                    place[2] or known["class_name"],
                    values["is_boarder"],
                    hardship or known["hardship_as_stated"],
                )
            )
    insert_rows(Enrolment, _ENROLMENT_FIELDS, new)
    update_rows(
        Enrolment,
        ("stage", "grade", "class_name", "is_boarder", "hardship_as_stated"),
        changed,
    )


def _propose_accounts(children: list[Child], frame: Frame, context: Context) -> int:
    """Enter the cards that a roster names and we do not have yet; the bureau approves them."""
    accounts = frame.column("bank_account")
    payees, banks = frame.column("payee_name"), frame.column("bank_name")
    relations = frame.column("payee_relation")
    faulty = {
        at
        for at, problems in frame.problems.items()
        if any(one.field == "bank_account" and not one.is_repair for one in problems)
    }
    given = [one for one in children if accounts[one.at] and one.at not in faulty]
    if not given:
        return 0
    targets = [child.target for child in given if child.target is not None]
    known = {
        (row["student_id"], row["account_index"])
        for row in in_chunks(
            PayeeAccount.objects.exclude(state="refused"),
            targets,
            "student_id",
            ("student_id", "account_index"),
        )
    }
    rows = []
    for child in given:
        account = accounts[child.at]
        index = blind_index(BankAccount.kind, account)
        if (child.target, index) in known:
            continue
        payee = payees[child.at] or child.values["name"]
        own = normal_name(payee) == child.values["normal_name"]
        relation = relations[child.at] or ("self" if own else "guardian")
        rows.append(
            (
                *(child.target, payee[:40], relation, "", (banks[child.at] or "")[:60]),
                *(account, index, "pending", context.actor.user_id, context.now),
            )
        )
    return insert_rows(PayeeAccount, _ACCOUNT_FIELDS, rows)
