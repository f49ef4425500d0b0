"""The rows of a roster as columns: whom each is about, and what it would change."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from povedu.bulk import staged
from povedu.identity import normal_name
from povedu.intake.answer import read_token
from povedu.intake.frame import Frame
from povedu.intake.kinds import Context
from povedu.intake.models import ImportBatch
from povedu.intake.people import valid_ids
from povedu.intake.problems import Outcome
from povedu.protected import HeldIndexes, blind_indexes
from schools.selectors.naming import NamedSchool, SchoolNames
from students.models import Enrolment, Student

PLAIN = (
    *("student_no", "name", "sex", "birth_on", "ethnicity", "stage", "grade", "class_name"),
    *("is_boarder", "is_migrant", "guardian_name"),
)
TERM = ("stage", "grade", "class_name", "is_boarder", "hardship")
_HELD = {"hardship": "hardship_as_stated"}
_DERIVED = frozenset({"fixed-15-digits", "fixed-from-student-no", "fixed-from-certificate"})
SEALED = ("home_address", "guardian_id_number", "phone")
_MATCHED_BY = (
    *(("at", "bigint"), ("id_index", "text"), ("no_index", "text")),
    *(("normal_name", "text"), ("birth_on", "date"), ("school_id", "bigint")),
)
_COMPARED = ("id_index", "stated_index", "school_id", *PLAIN)


@dataclass
class Roster:
    """The accepted rows of a roster as columns of one length, each row about one child.

    ``rows`` are the frame's rows; some columns are the frame's own and not to be written to.
    ``columns`` holds what the rows say (``PLAIN``, ``SEALED``, ``hardship``, ``token``) and what
    follows from it: ``stated`` and ``valid`` numbers, their blind indexes, ``recovered``,
    ``school_id``. ``targets`` are the students the rows are about, None for a child to be entered;
    ``known`` has their records by position.
    """

    rows: list[int]
    columns: dict[str, Any]
    targets: list[int | None] = field(default_factory=list)
    known: dict[int, dict[str, Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def schools(self) -> set[int]:
        """Return the schools that the rows name."""
        return set(self.columns["school_id"])

    def new(self) -> list[int]:
        """Return the positions of children to be entered."""
        return [at for at, target in enumerate(self.targets) if target is None]

    def old(self) -> list[int]:
        """Return the positions of children known already."""
        return [at for at, target in enumerate(self.targets) if target is not None]

    def picked(self, name: str, places: Sequence[int]) -> list[Any]:
        """Return a column's values at some positions."""
        column = self.columns[name]
        return column if len(places) == len(column) else [column[at] for at in places]


def _schools(frame: Frame, context: Context) -> list[NamedSchool | None]:
    names: SchoolNames = context.lookups["names"][""]
    return list(map(names.by_code.get, frame.column("school_code")))


def rows_of(frame: Frame, context: Context, *, accepted: bool = True) -> list[int]:
    """Return which rows of the frame make a roster, as ``roster_of`` takes them."""
    said = () if accepted else frame.problems.keys() | frame.outcomes.keys()
    refused = {at for at in said if frame.outcome(at) is Outcome.REFUSED}
    schools = enumerate(_schools(frame, context))
    return [at for at, school in schools if school is not None and at not in refused]


def roster_of(frame: Frame, context: Context, *, accepted: bool = True) -> Roster:
    """Return the rows of known schools; of a frame just staged those that are not refused."""
    schools = _schools(frame, context)
    rows = rows_of(frame, context, accepted=accepted)
    columns: dict[str, Any] = {
        name: _picked(frame.column(name), rows) for name in (*PLAIN, *SEALED)
    }
    columns["is_boarder"] = list(map(bool, columns["is_boarder"]))
    for name, length in (("student_no", 30), ("class_name", 20)):
        columns[name] = [text[:length] for text in columns[name]]
    for name in SEALED:
        if None in columns[name]:
            columns[name] = [text or "" for text in columns[name]]
    columns["hardship"] = [
        str(text or "")[:60] for text in _picked(frame.column("hardship_as_stated"), rows)
    ]
    columns["token"] = [str(text or "") for text in _picked(frame.column("row_token"), rows)]
    columns["school_id"] = [school.pk for at in rows if (school := schools[at]) is not None]
    columns["normal_name"] = mapped(normal_name, columns["name"])
    columns["student_no_index"] = HeldIndexes("student-no", columns["student_no"])
    _add_numbers(columns, frame, rows)
    return Roster(rows, columns, [None] * len(rows))


def _picked(column: list[Any], rows: list[int]) -> list[Any]:
    return column if len(rows) == len(column) else [column[at] for at in rows]


def mapped(function: Any, column: Iterable[Any]) -> list[Any]:
    """Return a function's results, each distinct value asked once."""
    values = list(column)
    known = {value: function(value) for value in set(values)}
    return [known[value] for value in values]


def _add_numbers(columns: dict[str, Any], frame: Frame, rows: list[int]) -> None:
    """Add the numbers stated and confirmed, their indexes and whether one was derived."""
    contradicted, derived = set(), set()
    for at, problems in frame.problems.items():
        codes = {problem.code for problem in problems}
        if "id-birth-mismatch" in codes:
            contradicted.add(at)
        if codes & _DERIVED:
            derived.add(at)
    valid = valid_ids(frame)
    columns["stated"] = [str(text or "") for text in _picked(frame.column("id_number"), rows)]
    columns["valid"] = ["" if at in contradicted else valid[at] for at in rows]
    columns["id_index"] = found = HeldIndexes("id", columns["valid"])
    pairs = zip(columns["stated"], columns["valid"], strict=True)
    other = [at for at, (stated, confirmed) in enumerate(pairs) if stated != confirmed]
    indexes = blind_indexes("id", [columns["stated"][at] for at in other])
    columns["stated_index"] = found.replaced(other, indexes)
    columns["recovered"] = [
        at in derived and bool(number) for at, number in zip(rows, columns["valid"], strict=True)
    ]


# --- recognising ----------------------------------------------------------------------------------


def knows_children(context: Context) -> bool:
    """Say whether the county has any child: where it has none, every row is a new one."""
    return Student.objects.filter(county=f"{context.county_code}000000").exists()


def match(roster: Roster, context: Context) -> None:
    """Find whom each row is about, set-wise.

    1. A confirmed number finds its student.
    2. A row of an answer file finds the provisional child it once entered.
    3. A provisional child is found by student number, or by school, name and birth date when only
       one fits: correcting one's own provisional row is an update, never a merge of two people.
    """
    if not knows_children(context):
        return
    columns = roster.columns
    rows = zip(
        range(len(roster)),
        *(columns["id_index"], columns["student_no_index"]),
        *(columns["normal_name"], columns["birth_on"], columns["school_id"]),
        strict=True,
    )
    with staged("children", _MATCHED_BY, rows) as table:

        def take(condition: str) -> None:
            pairs = _joined(table, context, condition)
            _take(roster, [pair for pair in pairs if roster.targets[pair[0]] is None])

        take("s.id_index <> '' AND t.id_index = s.id_index")
        _match_tokens(roster, context)
        if not _has_provisional(context):
            return
        provisional = "NOT t.identity_confirmed AND "
        take(provisional + "s.no_index <> '' AND t.student_no_index = s.no_index")
        take(
            provisional
            + "t.normal_name = s.normal_name AND t.birth_on = s.birth_on"
            + " AND t.school_id = s.school_id"
        )


def _has_provisional(context: Context) -> bool:
    county = f"{context.county_code}000000"
    return Student.objects.filter(county=county, identity_confirmed=False).exists()


def _joined(table: str, context: Context, condition: str) -> list[tuple[int, int]]:
    """Return (position, student id) pairs of a staged table's rows under a join condition."""
    students = connection.ops.quote_name(Student._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.at, t.id FROM {table} s JOIN {students} t ON {condition}"  # noqa: S608  # fixed conditions
            " WHERE t.county_id = %s",
            [f"{context.county_code}000000"],
        )
        return list(cursor.fetchall())


def _take(roster: Roster, pairs: list[tuple[int, int]]) -> None:
    """Accept pairs that are unique on both sides."""
    rows: dict[int, set[int]] = {}
    people: dict[int, set[int]] = {}
    for at, student in pairs:
        rows.setdefault(at, set()).add(student)
        people.setdefault(student, set()).add(at)
    used = set(roster.targets)
    for at, students in rows.items():
        student = next(iter(students))
        if len(students) == 1 and len(people[student]) == 1 and student not in used:
            roster.targets[at] = student


def _match_tokens(roster: Roster, context: Context) -> None:
    """Find the provisional child that a handed-back row entered the first time."""
    given = {at: read_token(token) for at, token in enumerate(roster.columns["token"]) if token}
    wanted = {at: token for at, token in given.items() if token and roster.targets[at] is None}
    if not wanted:
        return
    batches = {batch for batch, _sheet, _row in wanted.values()}
    sheets = {
        (batch, at): sheet["name"][:60]
        for batch, described in ImportBatch.objects.filter(
            pk__in=batches, county_code=context.county_code
        ).values_list("pk", "sheets")
        for at, sheet in enumerate(described)
    }
    entered = {
        tuple(source): student
        for student, *source in Enrolment.objects.filter(
            import_batch_id__in=batches, student__identity_confirmed=False
        ).values_list("student_id", "import_batch_id", "source_sheet", "source_row")
    }
    sources = {
        at: (batch, sheets.get((batch, sheet)), row) for at, (batch, sheet, row) in wanted.items()
    }
    _take(roster, [(at, entered[source]) for at, source in sources.items() if source in entered])


def read_known(roster: Roster, context: Context) -> None:
    """Read what is known of the matched students and of their term here."""
    places = {target: at for at, target in enumerate(roster.targets) if target is not None}
    names = ("id", "version", "identity_confirmed", *_COMPARED, *SEALED)
    for row in in_chunks(Student.objects, list(places), "pk", names):
        roster.known[places[row["id"]]] = row
    term = (
        *("student_id", "id", "school_id", "stage", "grade", "class_name", "is_boarder"),
        "hardship_as_stated",
    )
    schools = roster.columns["school_id"]
    enrolled = Enrolment.objects.filter(term=context.term)
    for row in in_chunks(enrolled, list(places), "student_id", term):
        at = places[row["student_id"]]
        if row["school_id"] == schools[at]:
            roster.known[at]["enrolment"] = row


def in_chunks(
    manager: Any, keys: list[int], name: str, fields: tuple[str, ...]
) -> Iterator[dict[str, Any]]:
    """Yield the rows that some keys choose, asked for some thousand keys at a time."""
    for start in range(0, len(keys), 5000):
        chosen = {f"{name}__in": keys[start : start + 5000]}
        yield from manager.filter(**chosen).values(*fields)


# --- deciding -------------------------------------------------------------------------------------


@dataclass
class Differences:
    """What rows would change: fields of known students by position, and whose term at school."""

    fields: dict[int, dict[str, Any]]
    enrols: set[int]

    def __contains__(self, at: int) -> bool:
        return at in self.fields or at in self.enrols


def differences_of(roster: Roster) -> Differences:
    """Compare the rows of known students with what is known of them, a column at a time."""
    places = roster.old()
    known = [roster.known[at] for at in places]
    fields: dict[int, dict[str, Any]] = {}
    for name in (*PLAIN, "school_id"):
        _compare(fields, name, roster.picked(name, places), places, [one[name] for one in known])
    for name in SEALED:
        held = [one[name].reveal() for one in known]
        _compare(fields, name, roster.picked(name, places), places, held)
    unsure = [at for at in places if not roster.known[at]["identity_confirmed"]]
    held = [roster.known[at]["stated_index"] for at in unsure]
    _compare(fields, "stated_index", roster.picked("stated_index", unsure), unsure, held)
    return Differences(fields, _enrolling(roster, places))


def _compare(
    fields: dict[int, dict[str, Any]],
    name: str,
    stated: list[Any],
    places: list[int],
    held: list[Any],
) -> None:
    """Note where a row states something else than is held; a blank states nothing."""
    if stated == held:
        return
    for at, value, old in zip(places, stated, held, strict=True):
        if value not in ("", None) and value != old:
            fields.setdefault(at, {})[name] = value


def _enrolling(roster: Roster, places: list[int]) -> set[int]:
    """Return the rows of known students that begin a term at a school or state another one."""
    terms = {at: roster.known[at].get("enrolment") for at in places}
    known = [at for at, term in terms.items() if term is not None]
    other: dict[int, dict[str, Any]] = {}
    for name in TERM:
        held = [roster.known[at]["enrolment"][_HELD.get(name, name)] for at in known]
        _compare(other, name, roster.picked(name, known), known, held)
    return terms.keys() - known | other.keys()
