"""Which verdicts settle which kind of finding, and what right each needs."""

from dataclasses import dataclass

from students.choices import FindingKind, Place, Verdict

_SETTLE = "students.finding.settle"
_IDENTITY = "students.student.confirm"
_HARDSHIP = "students.hardship.change"


@dataclass(frozen=True, slots=True)
class Answer:
    """One verdict that fits a finding; ``place`` goes with it, ``needs_note`` asks for evidence.

    ``alike`` says that what follows is the same for every finding of one case, so that they may be
    answered together. Who is whom, a proof, a school kept and a death are each person's own.
    """

    verdict: Verdict
    action: str = _SETTLE
    place: str = ""
    needs_note: bool = False
    alike: bool = False

    @property
    def name(self) -> str:
        """Return the answer's stable name, ``verdict`` or ``verdict:place``."""
        return f"{self.verdict}:{self.place}" if self.place else str(self.verdict)


_PLACES = tuple(
    Answer(Verdict.PLACED, place=str(place), alike=place != Place.DECEASED)
    for place in (
        Place.OUT_OF_COUNTY,
        Place.OUT_OF_PROVINCE,
        Place.SUSPENDED,
        Place.HOME_TAUGHT,
        Place.GRADUATED,
        Place.MOVED_AWAY,
        Place.DECEASED,
        Place.SUSPECTED,
        Place.DROPPED_OUT,
    )
)
_DISMISS = Answer(Verdict.DISMISSED, alike=True)
_CONFIRMED = Answer(Verdict.CONFIRMED, alike=True)
_SIDES = (
    Answer(Verdict.ROSTER_RIGHT, alike=True),
    Answer(Verdict.REGISTER_RIGHT, alike=True),
    Answer(Verdict.NEITHER_RIGHT, needs_note=True),
    _DISMISS,
)

ANSWERS: dict[str, tuple[Answer, ...]] = {
    FindingKind.IDENTITY_DIFFERS: (
        Answer(Verdict.ROSTER_RIGHT, _IDENTITY),
        Answer(Verdict.REGISTER_RIGHT, _IDENTITY),
        Answer(Verdict.NOT_SAME, _IDENTITY),
    ),
    FindingKind.PROBABLE_MATCH: (
        Answer(Verdict.SAME_PERSON, _IDENTITY),
        Answer(Verdict.NOT_SAME, _IDENTITY, alike=True),
    ),
    FindingKind.NOT_ON_ROSTER: _PLACES,
    FindingKind.MISSING_FROM_ROSTER: _PLACES,
    FindingKind.NOT_ON_REGISTER: (
        Answer(Verdict.PROOF_ACCEPTED, _HARDSHIP),
        Answer(Verdict.CONFIRMED, _HARDSHIP, needs_note=True),
        Answer(Verdict.PROOF_REFUSED, _HARDSHIP, needs_note=True),
        _DISMISS,
    ),
    FindingKind.ENROLLED_TWICE: (
        Answer(Verdict.KEEP_FIRST),
        Answer(Verdict.KEEP_SECOND),
        Answer(Verdict.NOT_SAME),
    ),
    FindingKind.REGISTER_DUPLICATE: (_CONFIRMED, _DISMISS),
    FindingKind.STATUS_CHANGED: (_CONFIRMED, _DISMISS),
    FindingKind.GRADE_AGE: (_CONFIRMED, _DISMISS),
    FindingKind.AGE_OUTSIDE_STAGE: (_CONFIRMED, _DISMISS),
    FindingKind.RISK_REMOVED: (_CONFIRMED, _DISMISS),
    FindingKind.REGISTER_LOGIC: (_CONFIRMED, _DISMISS),
    FindingKind.STATE_DIFFERS: _SIDES,
    FindingKind.IDENTITY_UNCONFIRMED: (_DISMISS,),
}


def answers_to(kind: str) -> tuple[Answer, ...]:
    """Return the answers that fit a kind of finding, in the order of their keys."""
    return ANSWERS.get(kind, (_DISMISS,))


def answers_alike(kind: str) -> list[Answer]:
    """Return the answers that may be given to all findings of one case together."""
    return [one for one in answers_to(kind) if one.alike]


def answer_named(kind: str, verdict: str, place: str = "") -> Answer | None:
    """Return the answer of a verdict and place, None where it does not fit."""
    return next(
        (one for one in answers_to(kind) if one.verdict == verdict and one.place == place), None
    )
