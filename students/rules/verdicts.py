"""Which verdicts settle which kind of finding, and what right each needs."""

from dataclasses import dataclass

from students.choices import FindingKind, Place, Verdict

_SETTLE = "students.finding.settle"
_IDENTITY = "students.student.confirm"
_HARDSHIP = "students.hardship.change"


@dataclass(frozen=True, slots=True)
class Answer:
    """One verdict that fits a finding; ``place`` goes with it, ``needs_note`` asks for evidence."""

    verdict: Verdict
    action: str = _SETTLE
    place: str = ""
    needs_note: bool = False

    @property
    def name(self) -> str:
        """Return the answer's stable name, ``verdict`` or ``verdict:place``."""
        return f"{self.verdict}:{self.place}" if self.place else str(self.verdict)


_PLACES = tuple(
    Answer(Verdict.PLACED, place=str(place))
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
_DISMISS = Answer(Verdict.DISMISSED)
_SIDES = (Answer(Verdict.ROSTER_RIGHT), Answer(Verdict.REGISTER_RIGHT), _DISMISS)

ANSWERS: dict[str, tuple[Answer, ...]] = {
    FindingKind.IDENTITY_DIFFERS: (
        Answer(Verdict.ROSTER_RIGHT, _IDENTITY),
        Answer(Verdict.REGISTER_RIGHT, _IDENTITY),
        Answer(Verdict.NOT_SAME, _IDENTITY),
    ),
    FindingKind.PROBABLE_MATCH: (
        Answer(Verdict.SAME_PERSON, _IDENTITY),
        Answer(Verdict.NOT_SAME, _IDENTITY),
    ),
    FindingKind.NOT_ON_ROSTER: _PLACES,
    FindingKind.MISSING_FROM_ROSTER: _PLACES,
    FindingKind.NOT_ON_REGISTER: (
        Answer(Verdict.CONFIRMED, _HARDSHIP, needs_note=True),
        _DISMISS,
    ),
    FindingKind.ENROLLED_TWICE: (
        Answer(Verdict.KEEP_FIRST),
        Answer(Verdict.KEEP_SECOND),
        Answer(Verdict.NOT_SAME),
    ),
    FindingKind.REGISTER_DUPLICATE: (Answer(Verdict.CONFIRMED), _DISMISS),
    FindingKind.STATUS_CHANGED: (Answer(Verdict.CONFIRMED), _DISMISS),
    FindingKind.GRADE_AGE: (Answer(Verdict.CONFIRMED), _DISMISS),
    FindingKind.STATE_DIFFERS: _SIDES,
    FindingKind.IDENTITY_UNCONFIRMED: (_DISMISS,),
}


def answers_to(kind: str) -> tuple[Answer, ...]:
    """Return the answers that fit a kind of finding, in the order of their keys."""
    return ANSWERS.get(kind, (_DISMISS,))


def answer_named(kind: str, verdict: str, place: str = "") -> Answer | None:
    """Return the answer of a verdict and place, None where it does not fit."""
    return next(
        (one for one in answers_to(kind) if one.verdict == verdict and one.place == place), None
    )
