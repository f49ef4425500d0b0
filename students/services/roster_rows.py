"""The rows of a roster as children: whom each is about, and what it would change."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from povedu.bulk import staged
from povedu.identity import normal_name
from povedu.intake.answer import read_token
from povedu.intake.frame import Frame
from povedu.intake.kinds import Context
from povedu.intake.models import ImportRow
from povedu.intake.people import valid_ids
from povedu.protected import blind_index
from schools.selectors.naming import SchoolNames
from students.models import Enrolment, Student

PLAIN = (
    *("student_no", "name", "sex", "birth_on", "ethnicity", "stage", "grade", "class_name"),
    *("is_boarder", "guardian_name"),
)
_DERIVED = frozenset({"fixed-15-digits", "fixed-from-student-no", "fixed-from-certificate"})
SEALED = ("home_address", "guardian_id_number", "phone")
_COMPARED = ("id_index", "stated_index", "school_id", *PLAIN)


@dataclass
class Child:
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


def children_of(frame: Frame, context: Context, *, accepted: bool = True) -> list[Child]:
    """Return the frame's rows as children; refused rows are left out when staging."""
    names: SchoolNames = context.lookups["names"][""]
    columns = {name: frame.column(name) for name in (*PLAIN, *SEALED)}
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
        values = {name: columns[name][at] for name in PLAIN}
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
        sealed = {name: columns[name][at] or "" for name in SEALED}
        recovered = at in derived and bool(confirmed)
        token = str(tokens[at] or "")
        children.append(Child(at, values, sealed, number, confirmed, token, recovered))
    return children


# --- recognising ----------------------------------------------------------------------------------


def match(children: list[Child], context: Context) -> None:
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


def _joined(children: list[Child], context: Context, condition: str) -> list[tuple[int, int]]:
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


def _take(children: list[Child], pairs: list[tuple[int, int]]) -> None:
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


def _match_tokens(children: list[Child]) -> None:
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


def read_known(children: list[Child], context: Context) -> None:
    """Read what is known of the matched students and of their term here."""
    targets = {child.target: child for child in children if child.target is not None}
    names = ("id", "version", "identity_confirmed", *_COMPARED, *SEALED)
    for row in in_chunks(Student.objects, list(targets), "pk", names):
        targets[row["id"]].known = row
    term = (
        *("student_id", "id", "school_id", "stage", "grade", "class_name", "is_boarder"),
        "hardship_as_stated",
    )
    enrolled = Enrolment.objects.filter(term=context.term)
    for row in in_chunks(enrolled, list(targets), "student_id", term):
        child = targets[row["student_id"]]
        if row["school_id"] == child.values["school_id"]:
            child.known["enrolment"] = row


def in_chunks(manager: Any, keys: list[int], name: str, fields: tuple[str, ...]) -> Any:
    for start in range(0, len(keys), 5000):
        chosen = {f"{name}__in": keys[start : start + 5000]}
        yield from manager.filter(**chosen).values(*fields)


# --- deciding -------------------------------------------------------------------------------------


def changes_of(child: Child, hardship: str) -> tuple[dict[str, Any], bool]:
    """Return the student's fields that a row changes, and whether the term's enrolment does."""
    known, values = child.known, child.values
    changed = {}
    for name in (*PLAIN, "school_id"):
        value = values[name]
        if value not in ("", None) and known.get(name) != value:
            changed[name] = value
    for name in SEALED:
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


def hardship_of(frame: Frame, at: int) -> str:
    return str(frame.column("hardship_as_stated")[at] or "")[:60]
