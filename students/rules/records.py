"""What a reconciliation reads, as plain values: every pure rule works on these."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from povedu.terms import Term
from students.choices import FindingKind
from students.rules.matching import Child, Listed
from students.rules.schooling import SCHOOL_AGE


class Pupil(NamedTuple):
    """What the ledger says of a student, beside the identity in ``Child``; codes "" if unknown."""

    pk: int
    state: str
    birth_on: date | None
    home: str
    school: int | None


class Site(NamedTuple):
    """A school as far as placing needs it: its division and code, and whether it lies outside."""

    pk: int
    division: str
    code: str
    outside: bool


class Enrolled(NamedTuple):
    """A student's term at one school."""

    pk: int
    student: int
    school: int
    stage: str
    grade: int | None
    studying: bool
    hardship: str


class Row(NamedTuple):
    """What a register's row says, beside the identity in ``Listed``; ``place`` where it tells."""

    pk: int
    category: str
    risk_removed: bool | None
    household_no: str
    person_no: str
    is_household: bool
    division: str
    school_state: str
    stated: str
    place: str = ""


@dataclass(frozen=True)
class Register:
    """A snapshot's rows, and what the one before it said of each known number."""

    kind: str
    snapshot: int
    as_of: date
    listed: Sequence[Listed]
    rows: Mapping[int, Row]
    before: Mapping[str, frozenset[str]] | None = None  # id_index -> categories; None: no earlier
    removed_before: frozenset[str] = frozenset()  # numbers whose risk it had as removed
    back_before: frozenset[str] = frozenset()  # numbers that it had as poor again (返贫)

    @cached_property
    def people(self) -> Mapping[int, Listed]:
        """Return who the rows are, by their keys."""
        return {one.pk: one for one in self.listed}


class Remembered(NamedTuple):
    """A live decision: its verdict, the place it named, the evidence, and the student it is about.

    A student that is not told may be any.
    """

    verdict: str
    place: str
    digest: str
    student: int | None = None


class OpenCase(NamedTuple):
    """A case of the dropout ledgers that is not closed; ``returned_on`` where the child is back."""

    pk: int
    student: int | None
    id_index: str
    name: str
    birth_on: date | None
    state: str
    returned_on: date | None
    home: str
    school: int | None


@dataclass(frozen=True, slots=True)
class Rosters:
    """Whom the term's rosters hold, which schools have handed one in, and with which stages."""

    students: frozenset[int]
    schools: frozenset[int]
    stages: frozenset[str]


@dataclass(frozen=True)
class Inputs:
    """Everything one run reads; equal inputs give equal results."""

    county: str
    term: Term
    children: Sequence[Child]
    pupils: Mapping[int, Pupil]
    schools: Mapping[int, Site]
    enrolments: Sequence[Enrolled]
    before: Sequence[Enrolled]
    registers: Sequence[Register]
    members: Mapping[str, Sequence[str]] = field(default_factory=dict)  # head's id -> members' ids
    remembered: Mapping[tuple[str, str], Remembered] = field(default_factory=dict)
    ages: tuple[int, int] = SCHOOL_AGE
    cases: Sequence[OpenCase] = ()
    told: Mapping[int, str] = field(default_factory=dict)  # row -> why not at school, in its words

    @cached_property
    def rosters(self) -> Rosters:
        """Return what the term's rosters hold."""
        return Rosters(
            frozenset([one.student for one in self.enrolments]),
            frozenset([one.school for one in self.enrolments]),
            frozenset([one.stage for one in self.enrolments]),
        )

    @cached_property
    def last(self) -> Mapping[int, Enrolled]:
        """Return each student's enrolment of the term before."""
        return {one.student: one for one in sorted(self.before)}


@dataclass(slots=True, eq=False)  # not frozen: that triples the cost of making one
class Draft:
    """A finding before it is written: what it is about, the facts it stands on, the codes of why.

    ``subject`` survives runs and snapshots; ``facts`` are what would change a person's mind;
    ``aside`` is shown with them and changes nobody's. Nothing of it changes once it is made.
    """

    kind: FindingKind
    subject: tuple[Any, ...]
    facts: Mapping[str, Any]
    reason: str
    student: int | None = None
    entry: int | None = None
    enrolment: int | None = None
    other_enrolment: int | None = None
    other_student: int | None = None
    other_entry: int | None = None
    probability: float | None = None
    weights: tuple[tuple[str, str, float], ...] = ()
    aside: Mapping[str, Any] = field(default_factory=dict)
    _subject_key: str = field(default="", init=False)
    _digest: str = field(default="", init=False)

    @property
    def subject_key(self) -> str:
        """Return the subject's digest, 64 hex characters."""
        if not self._subject_key:
            self._subject_key = digest_of(list(self.subject))
        return self._subject_key

    @property
    def digest(self) -> str:
        """Return the digest of the facts."""
        if not self._digest:
            self._digest = digest_of(dict(self.facts))
        return self._digest


def _encoder() -> Callable[[Any], str]:
    """Return JSON's encoder, made once: ``encode`` makes one for each of a run's many digests."""
    whole = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=str)
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return whole.encode
    text = json.encoder.encode_basestring
    parts = make(None, str, text, None, ": ", ", ", True, False, True)
    return lambda value: "".join(parts(value, 0))


_canonical = _encoder()


def digest_of(value: Any) -> str:
    """Return the SHA-256 of a JSON value in canonical form."""
    return hashlib.sha256(_canonical(value).encode()).hexdigest()


def person_key(listed: Listed, row: Row) -> str:
    """Return what names a register's person from snapshot to snapshot."""
    if listed.id_index:
        return f"id:{listed.id_index}"
    if listed.stated_index:
        return f"stated:{listed.stated_index}:{listed.name}"
    if row.person_no:
        return f"no:{row.person_no}"
    return f"name:{listed.name}:{listed.birth_on or ''}:{row.household_no}:{row.division}"
