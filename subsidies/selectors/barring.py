"""What keeps a child out of a programme before any standard is asked.

Its own state, where it lives and studies, awards and past payments that it has, an award or an
application that it lacks. ``ignore_own`` asks as if the programme had no awards yet.
"""

from povedu.terms import Term
from students.choices import EnrolmentState, StudentState
from subsidies.choices import Cadence, Residence, Skip
from subsidies.models import Programme
from subsidies.selectors.history import barred_by_history
from subsidies.selectors.population import Candidate, Population, Profile


class Bars:
    """What keeps a child out before any standard is asked: each read once for all children."""

    def __init__(
        self,
        programme: Programme,
        population: Population,
        *,
        ignore_own: bool = False,
    ) -> None:
        self.programme, self.population = programme, population
        self.term = population.term
        self.off = _off(programme, self.term)
        self.profiles: dict[Profile, str] = {}
        self.applied = (
            population.papers.get(programme.pk, {}) if programme.needs_application else None
        )
        base_id = programme.stacks_on_id if programme.requires_base else None
        self.base = self._this_year(base_id) if base_id else None
        self.students = self._students(ignore_own=ignore_own)

    def code(self, one: Candidate) -> str:
        """Return why a child is out, "" for nothing."""
        if one.is_repeat:
            return Skip.ENROLLED_TWICE
        code = self.profiles.get(one.profile)
        if code is None:
            code = self.profiles[one.profile] = self.off or _bar(self.programme, one.profile)
        student = one.student_id
        code = code or self.students.get(student, "")
        if code:
            return code
        if self.base is not None and student not in self.base:
            return Skip.BASE_MISSING
        if self.applied is not None and student not in self.applied:
            return Skip.NOT_APPLIED
        return ""

    def _students(self, *, ignore_own: bool) -> dict[int, str]:
        """Return whom an award or a past payment keeps out, and why; the last word is the code."""
        programme, people, term = self.programme, self.population, self.term
        others = list(programme.excludes.all())
        barred: dict[int, str] = {}
        for other in others:
            held = people.awarded(other.pk).get(term.code, ())
            barred |= dict.fromkeys(held, str(Skip.EXCLUDED))
        before: set[int] = set()
        if people.has_history:
            before, elsewhere = barred_by_history(programme, others, term)
            barred |= dict.fromkeys(elsewhere, str(Skip.EXCLUDED))
        if ignore_own:
            return barred
        barred |= dict.fromkeys(before, str(Skip.PAID_BEFORE))
        if programme.cadence == Cadence.ONCE:
            barred |= dict.fromkeys(people.ever_awarded(programme.pk), str(Skip.ALREADY_EVER))
        elif programme.cadence == Cadence.YEARLY:
            barred |= dict.fromkeys(self._this_year(programme.pk), str(Skip.ALREADY_THIS_YEAR))
        own = people.awarded(programme.pk).get(term.code, ())
        return barred | dict.fromkeys(own, str(Skip.ALREADY))

    def _this_year(self, programme_id: int) -> set[int]:
        """Return who has an award of a programme in this academic year."""
        terms = self.population.awarded(programme_id).values()
        return set().union(*terms)


def _off(programme: Programme, term: Term) -> str:
    """Say why nobody gets anything: the programme does not run in the term."""
    ended = programme.ends_on is not None and programme.ends_on <= term.starts_on
    return str(Skip.NOT_RUNNING) if ended or programme.starts_on >= term.ends_on else ""


def _bar(programme: Programme, profile: Profile) -> str:
    """Return what keeps every child of a profile out, "" for nothing."""
    if profile.student_state == StudentState.DECEASED:
        return Skip.DECEASED
    if not profile.confirmed:
        return Skip.IDENTITY
    if EnrolmentState.SUSPENDED in (profile.state, profile.student_state):
        return Skip.ON_LEAVE
    if EnrolmentState.LEFT in (profile.state, profile.student_state):
        return Skip.LEFT
    return _residence(programme.residence, profile)


def _residence(wanted: str, profile: Profile) -> str:
    if wanted in (Residence.HERE, Residence.BOTH) and not profile.is_here:
        return Skip.RESIDENCE
    if wanted in (Residence.HOME, Residence.BOTH):
        if profile.at_home is None:
            return Skip.HOME_UNKNOWN
        return "" if profile.at_home else Skip.RESIDENCE
    return ""
