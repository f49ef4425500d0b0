"""Bringing a roster in: children and their term at school, whole columns at a time."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from povedu.bulk import insert_rows, reserve_ids, staged, update_rows
from povedu.identity import initials, normal_name, pinyin
from povedu.intake.answer import read_token
from povedu.intake.choices import RowChange
from povedu.intake.frame import Frame
from povedu.intake.kinds import Applied, Changes, Context
from povedu.intake.models import ImportRow
from povedu.intake.people import valid_ids
from povedu.protected import BankAccount, Secret, blind_index
from schools.selectors.naming import SchoolNames
from students.models import Enrolment, PayeeAccount, Student
from students.services.pupil_counts import count_pupils

_PLAIN = (
    *("student_no", "name", "sex", "birth_on", "ethnicity", "stage", "grade", "class_name"),
    *("is_boarder", "guardian_name"),
)
_DERIVED = frozenset({"fixed-15-digits", "fixed-from-student-no", "fixed-from-certificate"})
_SEALED = ("home_address", "guardian_id_number", "phone")
_COMPARED = ("id_index", "stated_index", "school_id", *_PLAIN)
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


@dataclass
class _Child:
    """One accepted row with what its student would become."""

    at: int
    values: dict[str, Any]
    sealed: dict[str, str]
    stated: str
    valid: str
    token: str = ""
    recovered: bool = False
    target: int | None = None
    known: dict[str, Any] = field(default_factory=dict)

    @property
    def id_index(self) -> str:
        return str(self.values["id_index"])

    @property
    def is_new(self) -> bool:
        return self.target is None


def _children(frame: Frame, context: Context, *, accepted: bool = True) -> list[_Child]:
    """Return the frame's rows as children; refused rows are left out when staging."""
    names: SchoolNames = context.lookups["names"][""]
    columns = {name: frame.column(name) for name in (*_PLAIN, *_SEALED)}
    stated, codes, tokens = (
        frame.column(name) for name in ("id_number", "school_code", "row_token")
    )
    contradicted = {
        at
        for at, problems in frame.problems.items()
        if any(problem.code == "id-birth-mismatch" for problem in problems)
    }
    derived = {
        at
        for at, problems in frame.problems.items()
        if any(problem.code in _DERIVED for problem in problems)
    }
    children = []
    for at, valid in enumerate(valid_ids(frame)):
        if not accepted and frame.outcome(at) == "refused":
            continue
        school = names.by_code.get(codes[at])
        if school is None:
            continue
        number = str(stated[at] or "")
        confirmed = "" if at in contradicted else valid
        values = {name: columns[name][at] for name in _PLAIN}
        values["is_boarder"] = bool(values["is_boarder"])
        values["student_no"] = values["student_no"][:30]
        values["class_name"] = values["class_name"][:20]
        values |= {
            "school_id": school.pk,
            "id_index": blind_index("id", confirmed),
            "stated_index": blind_index("id", number),
            "normal_name": normal_name(values["name"]),
            "student_no_index": blind_index("student-no", values["student_no"]),
        }
        sealed = {name: columns[name][at] or "" for name in _SEALED}
        recovered = at in derived and bool(confirmed)
        token = str(tokens[at] or "")
        children.append(_Child(at, values, sealed, number, confirmed, token, recovered))
    return children


# --- recognising ----------------------------------------------------------------------------------


def _match(children: list[_Child], context: Context) -> None:
    """Find whom each row is about, set-wise.

    1. A confirmed number finds its student.
    2. A row of an answer file finds the provisional child it once entered.
    3. A provisional child is found by student number, or by school, name and birth date when only
       one fits: correcting one's own provisional row is an update, never a merge of two people.
    """
    _take(children, _joined(children, context, "s.id_index <> '' AND t.id_index = s.id_index"))
    _match_tokens(children)
    provisional = "NOT t.identity_confirmed AND "
    _take(
        children,
        _joined(
            children,
            context,
            provisional + "s.no_index <> '' AND t.student_no_index = s.no_index",
        ),
    )
    _take(
        children,
        _joined(
            children,
            context,
            provisional
            + "t.normal_name = s.normal_name AND t.birth_on = s.birth_on"
            + " AND t.school_id = s.school_id",
        ),
    )


def _joined(children: list[_Child], context: Context, condition: str) -> list[tuple[int, int]]:
    """Return (position, student id) pairs of still unmatched rows under a join condition."""
    columns = [
        *(("at", "bigint"), ("id_index", "text"), ("no_index", "text")),
        *(("normal_name", "text"), ("birth_on", "date"), ("school_id", "bigint")),
    ]
    rows = (
        (
            *(at, child.values["id_index"], child.values["student_no_index"]),
            *(child.values["normal_name"], child.values["birth_on"], child.values["school_id"]),
        )
        for at, child in enumerate(children)
        if child.is_new
    )
    table = connection.ops.quote_name(Student._meta.db_table)
    with staged("children", columns, rows) as name, connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.at, t.id FROM {name} s JOIN {table} t ON {condition}"  # noqa: S608  # fixed conditions
            " WHERE t.county_id = %s",
            [f"{context.county_code}000000"],
        )
        return list(cursor.fetchall())


def _take(children: list[_Child], pairs: list[tuple[int, int]]) -> None:
    """Accept pairs that are unique on both sides."""
    rows: dict[int, set[int]] = {}
    people: dict[int, set[int]] = {}
    for at, student in pairs:
        rows.setdefault(at, set()).add(student)
        people.setdefault(student, set()).add(at)
    used = {child.target for child in children}
    for at, students in rows.items():
        student = next(iter(students))
        if len(students) == 1 and len(people[student]) == 1 and student not in used:
            children[at].target = student


def _match_tokens(children: list[_Child]) -> None:
    """Find the provisional child that a handed-back row entered the first time."""
    given = {at: read_token(child.token) for at, child in enumerate(children) if child.token}
    wanted = {at: token for at, token in given.items() if token and children[at].is_new}
    if not wanted:
        return
    batches = {token[0] for token in wanted.values()}
    sources = {
        (batch, row): (student, confirmed)
        for batch, row, student, confirmed in Enrolment.objects.filter(
            import_batch_id__in=batches, source_row__in={token[2] for token in wanted.values()}
        ).values_list("import_batch_id", "source_row", "student_id", "student__identity_confirmed")
    }
    taken = set(
        ImportRow.objects.filter(batch_id__in=batches)
        .exclude(outcome="refused")
        .filter(number__in={token[2] for token in wanted.values()})
        .values_list("batch_id", "number")
    )
    pairs = []
    for at, (batch, _sheet, row) in wanted.items():
        found = sources.get((batch, row))
        if found and not found[1] and (batch, row) in taken:
            pairs.append((at, found[0]))
    _take(children, pairs)


def _read_known(children: list[_Child], context: Context) -> None:
    """Read what is known of the matched students and of their term here."""
    targets = {child.target: child for child in children if child.target is not None}
    names = ("id", "version", "identity_confirmed", *_COMPARED, *_SEALED)
    for row in _in_chunks(Student.objects, list(targets), "pk", names):
        targets[row["id"]].known = row
    term = (
        *("student_id", "id", "school_id", "stage", "grade", "class_name", "is_boarder"),
        "hardship_as_stated",
    )
    enrolled = Enrolment.objects.filter(term=context.term)
    for row in _in_chunks(enrolled, list(targets), "student_id", term):
        child = targets[row["student_id"]]
        if row["school_id"] == child.values["school_id"]:
            child.known["enrolment"] = row


def _in_chunks(manager: Any, keys: list[int], name: str, fields: tuple[str, ...]) -> Any:
    for start in range(0, len(keys), 5000):
        chosen = {f"{name}__in": keys[start : start + 5000]}
        yield from manager.filter(**chosen).values(*fields)


# --- deciding -------------------------------------------------------------------------------------


def _changes(child: _Child, hardship: str) -> tuple[dict[str, Any], bool]:
    """Return the student's fields that a row changes, and whether the term's enrolment does."""
    known, values = child.known, child.values
    changed = {}
    for name in (*_PLAIN, "school_id"):
        value = values[name]
        if value not in ("", None) and known.get(name) != value:
            changed[name] = value
    for name in _SEALED:
        if child.sealed[name] and known[name].reveal() != child.sealed[name]:
            changed[name] = child.sealed[name]
    if (
        not known["identity_confirmed"]
        and child.stated
        and (child.values["stated_index"] != known["stated_index"])
    ):
        changed["stated_index"] = child.values["stated_index"]
    enrolment = known.get("enrolment")
    enrols = enrolment is None or any(
        values[name] not in ("", None) and enrolment[name] != values[name]
        for name in ("stage", "grade", "class_name", "is_boarder")
    )
    if enrolment is not None and hardship and enrolment["hardship_as_stated"] != hardship:
        enrols = True
    return changed, enrols


def _hardship(frame: Frame, at: int) -> str:
    return str(frame.column("hardship_as_stated")[at] or "")[:60]


def classify_roster(frame: Frame, context: Context) -> Changes:
    """Return per row new, changed or unchanged, with whom it is about and that record's version."""
    children = _children(frame, context, accepted=False)
    _match(children, context)
    _read_known(children, context)
    said: dict[int, tuple[str, int | None, int | None]] = {}
    for child in children:
        if child.target is None:
            said[child.at] = (RowChange.NEW, None, 0)
            continue
        changed, enrols = _changes(child, _hardship(frame, child.at))
        change = RowChange.CHANGED if changed or enrols else RowChange.UNCHANGED
        said[child.at] = (change, child.target, child.known["version"])
    return said


# --- writing --------------------------------------------------------------------------------------


def apply_roster(frame: Frame, context: Context) -> Applied:
    """Write a roster's accepted rows inside the caller's transaction.

    New children enter, confirmed where their number is whole and agrees with the birth date,
    else provisional and never paid. Known children are updated; nobody is removed. A card that a
    roster names waits for the bureau's approval; a stated hardship stays a statement.
    """
    applied = Applied()
    children = _children(frame, context)
    _match(children, context)
    _read_known(children, context)
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


def _enter(children: list[_Child], context: Context) -> None:
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


def _update(
    children: list[_Child], frame: Frame, context: Context, applied: Applied
) -> list[_Child]:
    """Update known children; one edited by somebody since staging is left alone as a conflict."""
    rows: list[tuple[_Child, dict[str, Any]]] = []
    kept = []
    for child in children:
        changed, enrols = _changes(child, _hardship(frame, child.at))
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


def _write_plain(rows: list[tuple[_Child, dict[str, Any]]]) -> None:
    fields = (
        *(*_PLAIN, "school", "normal_name", "pinyin", "initials", "student_no_index", "version"),
    )

    def row(child: _Child, changed: dict[str, Any]) -> tuple[Any, ...]:
        now = {name: changed.get(name, child.known[name]) for name in (*_PLAIN, "school_id")}
        name = now["name"]
        return (
            child.target,
            *(now[name] for name in _PLAIN),
            now["school_id"],
            *(normal_name(name)[:40], pinyin(name)[:80], initials(name)[:40]),
            *(blind_index("student-no", now["student_no"]), child.known["version"] + 1),
        )

    update_rows(Student, fields, [row(*one) for one in rows])


def _write_sealed(rows: list[tuple[_Child, dict[str, Any]]]) -> None:
    update_rows(
        Student,
        _SEALED,
        [
            (child.target, *(changed.get(name, child.known[name]) for name in _SEALED))
            for child, changed in rows
            if changed.keys() & set(_SEALED)
        ],
    )


def _write_identity(children: list[_Child]) -> None:
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


def _enrol(children: list[_Child], frame: Frame, context: Context) -> None:
    """Write the term at the school: one row per child, none for a child already so enrolled."""
    new, changed = [], []
    for child in children:
        values, hardship = child.values, _hardship(frame, child.at)
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
        elif _changes(child, hardship)[1]:
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


def _propose_accounts(children: list[_Child], frame: Frame, context: Context) -> int:
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
        for row in _in_chunks(
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
