"""The children of a county's term in columns, read once and shared by every programme asked about.

Children are folded into profiles: what matters about a child to any programme. Fifty thousand
children share a few hundred profiles, so rules are asked per profile and never per child.
"""

from collections.abc import Collection, Iterable
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from povedu.scope import Scope
from povedu.terms import Term
from students.choices import ApprovalState
from students.models import Enrolment, HardshipStatus
from subsidies.choices import AwardState
from subsidies.models import Award, Determination
from subsidies.selectors.history import believed

Keys = Collection[int] | QuerySet[Any]


class Profile(NamedTuple):
    """What matters about a child's term at school; ``at_home`` None where no home is known."""

    stage: str
    grade: int
    is_boarder: bool
    major: str
    state: str
    student_state: str
    confirmed: bool
    at_home: bool | None
    is_here: bool


class Candidate(NamedTuple):
    """A child's term at school, as a run reads it."""

    enrolment_id: int
    student_id: int
    school_id: int
    school_code: str
    class_name: str
    grade: int | None
    profile: Profile
    is_repeat: bool

    @property
    def stage(self) -> str:
        """Return the stage of the enrolment."""
        return self.profile.stage

    @property
    def major(self) -> str:
        """Return the major of the enrolment."""
        return self.profile.major

    @property
    def is_boarder(self) -> bool:
        """Say whether the child boards."""
        return self.profile.is_boarder


class Held(NamedTuple):
    """A live hardship status: its key, its category, and the day its risk was removed."""

    pk: int
    category: str
    safe_on: date | None


class Paper(NamedTuple):
    """An approved determination of the year: its key and the tier it gives."""

    pk: int
    tier: str


def keys_in(scope: Scope, term: Term) -> "QuerySet[Enrolment, Any] | None":
    """Return the students enrolled in scope in a term as a subquery, None for a whole county."""
    if scope.school_code is None and len(scope.division_prefix) <= 6:
        return None
    return (
        Enrolment.objects.filter(
            scope.q(division="school__division_id", school="school__code"), term=term.code
        )
        .order_by()
        .values("student_id")
    )


class Population:
    """The children of a county in a term: enrolments, hardships on a day, papers of the year.

    ``students`` narrows to some of them (keys or a subquery); ``ahead`` names the programmes that
    will be asked about. Everything is read at first use, with one query each; a child enrolled
    twice counts at its first enrolment, the others are repeats.
    """

    def __init__(
        self,
        county_id: str,
        term: Term,
        as_of: date,
        *,
        students: Keys | None = None,
        ahead: Iterable[int] = (),
    ) -> None:
        self.county_id, self.term, self.as_of, self.students = county_id, term, as_of, students
        self.ahead: frozenset[int] = frozenset(ahead)
        self._awarded: dict[int, dict[str, set[int]]] = {}

    def _own(self, rows: Any) -> Any:
        return rows if self.students is None else rows.filter(student_id__in=self.students)

    @cached_property
    def candidates(self) -> list[Candidate]:
        """Return every enrolment of the term."""
        rows = self._own(
            Enrolment.objects.filter(term=self.term.code, student__county=self.county_id)
        )
        prefix = self.county_id[:6]
        profiles: dict[tuple[Any, ...], Profile] = {}
        seen: set[int] = set()
        found = []
        for row in rows.order_by("pk").values_list(
            "pk",
            "student_id",
            "school_id",
            "school__code",
            "class_name",
            "grade",
            "stage",
            "is_boarder",
            "major",
            "state",
            "student__state",
            "student__identity_confirmed",
            "student__home_division_id",
            "school__division_id",
        ):
            (pk, student, school, code, class_name, grade, *rest) = row
            key = (grade, *rest)
            profile = profiles.get(key)
            if profile is None:
                profile = profiles[key] = _profile(grade, rest, prefix)
            found.append(
                Candidate(pk, student, school, code, class_name, grade, profile, student in seen)
            )
            seen.add(student)
        return found

    @cached_property
    def hardships(self) -> dict[int, list[Held]]:
        """Return each child's live hardships on the day, the oldest record first."""
        rows = self._own(
            HardshipStatus.objects.filter(
                Q(ends_on__isnull=True) | Q(ends_on__gt=self.as_of),
                student__county=self.county_id,
                starts_on__lte=self.as_of,
            )
        )
        found: dict[int, list[Held]] = {}
        for student, pk, category, safe_on in rows.order_by("pk").values_list(
            "student_id", "pk", "category", "risk_removed_on"
        ):
            found.setdefault(student, []).append(Held(pk, category, safe_on))
        return found

    @cached_property
    def categories(self) -> dict[int, frozenset[str]]:
        """Return the categories that each child holds; equal sets are one object."""
        return _folded(
            {
                student: frozenset(one.category for one in held)
                for student, held in self.hardships.items()
            }
        )

    @cached_property
    def still_at_risk(self) -> dict[int, frozenset[str]]:
        """Return the categories whose risk was not removed by the term's first day."""
        opening = self.term.starts_on
        return _folded(
            {
                student: frozenset(
                    one.category for one in held if one.safe_on is None or one.safe_on > opening
                )
                for student, held in self.hardships.items()
            }
        )

    @cached_property
    def papers(self) -> dict[int | None, dict[int, Paper]]:
        """Return approved papers by programme (None: hardship in general) and student."""
        rows = self._own(
            Determination.objects.filter(
                student__county=self.county_id,
                academic_year=self.term.year,
                state=ApprovalState.APPROVED,
            )
        )
        found: dict[int | None, dict[int, Paper]] = {}
        for student, pk, tier, programme in rows.values_list(
            "student_id", "pk", "tier", "programme_id"
        ):
            found.setdefault(programme, {})[student] = Paper(pk, tier)
        return found

    def awarded(self, programme_id: int) -> dict[str, set[int]]:
        """Return who has a live award of a programme, by term of this academic year.

        Asked about one programme, those named by ``ahead`` are read with it, in one query.
        """
        if programme_id not in self._awarded:
            wanted = {programme_id, *self.ahead} - self._awarded.keys()
            self._awarded |= {one: {} for one in wanted}
            terms = [Term(self.term.year, 1).code, Term(self.term.year, 2).code]
            rows = self._own(
                Award.objects.exclude(state=AwardState.CANCELLED).filter(
                    programme__in=wanted, term__in=terms
                )
            )
            for programme, term, student in rows.order_by().values_list(
                "programme_id", "term", "student_id"
            ):
                self._awarded[programme].setdefault(term, set()).add(student)
        return self._awarded[programme_id]

    def ever_awarded(self, programme_id: int) -> set[int]:
        """Return who ever had a live award of a programme that is given once."""
        rows = self._own(
            Award.objects.exclude(state=AwardState.CANCELLED).filter(programme=programme_id)
        )
        return set(rows.values_list("student_id", flat=True))

    @cached_property
    def has_history(self) -> bool:
        """Say whether any record of past payments of the county is believed."""
        return believed().filter(county=self.county_id).exists()

    def held(self, student_id: int, category: str) -> int | None:
        """Return the key of a child's newest status of a category."""
        keys = [one.pk for one in self.hardships.get(student_id, ()) if one.category == category]
        return keys[-1] if keys else None


def _profile(grade: int | None, rest: list[Any], prefix: str) -> Profile:
    stage, boards, major, state, student_state, confirmed, home, place = rest
    return Profile(
        stage,
        grade or 0,
        boards,
        major,
        state,
        student_state,
        confirmed,
        None if home is None else home.startswith(prefix),
        place.startswith(prefix),
    )


def _folded(sets: dict[int, frozenset[str]]) -> dict[int, frozenset[str]]:
    known: dict[frozenset[str], frozenset[str]] = {}
    return {student: known.setdefault(one, one) for student, one in sets.items()}
