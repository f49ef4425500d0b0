"""What follows for an award from what happened to a child or a programme: pure functions."""

from typing import NamedTuple

from students.choices import EnrolmentState, StudentState
from subsidies.choices import AwardChangeKind, AwardEffect, AwardState


class Standing(NamedTuple):
    """An award and its child as they stand now.

    ``at_school`` is the child's enrolment at the award's own school in the award's term, "" for
    none; ``now_school_id`` a school where it studies in that term instead, None for none.
    ``was_on_leave`` says that a leave is why the award is suspended. ``is_whole`` says that nothing
    of it is paid or on its way.
    """

    state: str
    student_state: str
    at_school: str
    now_school_id: int | None
    was_on_leave: bool
    is_safe: bool  # its risk was removed by the term's first day, and no other hardship counts
    lost_hardship: bool  # its hardship had ended by the term's first day, and no other counts
    programme_over: bool  # some unpaid part falls due once the programme has ended
    is_whole: bool


class Consequence(NamedTuple):
    """Which change it was and what it does to the award."""

    kind: AwardChangeKind
    effect: AwardEffect


_WAITING = (AwardState.PROPOSED, AwardState.PUBLICISED)


def consequence(one: Standing) -> Consequence | None:
    """Return what follows for an award, None for nothing; the gravest change counts.

    1. Death and leaving: what is unpaid is stopped, an award nothing is paid of is cancelled.
    2. Leave: payment is suspended, and resumed when the child is back. 3. Risk removed before term
    opened, programme ended: as 1. 4. Hardship ended before term opened: suspended, for somebody to
    look at. 5. Another school of the county: the unpaid part follows the child.
    """
    gone = _gone(one)
    if gone is not None:
        return Consequence(gone, _end(one))
    on_leave = StudentState.SUSPENDED in (one.student_state, one.at_school)
    if one.state == AwardState.SUSPENDED:
        if one.was_on_leave and not on_leave:
            return Consequence(AwardChangeKind.RETURNED, AwardEffect.RESUMED)
        return None
    if one.state != AwardState.GRANTED:
        return None
    if on_leave:
        return Consequence(AwardChangeKind.SUSPENDED, AwardEffect.SUSPENDED)
    if one.lost_hardship:
        return Consequence(AwardChangeKind.HARDSHIP_ENDED, AwardEffect.SUSPENDED)
    if one.now_school_id is not None and one.at_school != EnrolmentState.STUDYING:
        return Consequence(AwardChangeKind.TRANSFERRED, AwardEffect.MOVED)
    return None


def _gone(one: Standing) -> AwardChangeKind | None:
    """Return the change that ends an award, None for none."""
    if one.student_state == StudentState.DECEASED:
        return AwardChangeKind.DECEASED
    left = one.at_school in (EnrolmentState.LEFT, "") and one.now_school_id is None
    if one.student_state == StudentState.LEFT or left:
        return AwardChangeKind.LEFT
    if one.is_safe:
        return AwardChangeKind.RISK_REMOVED
    return AwardChangeKind.PROGRAMME_ENDED if one.programme_over else None


def _end(one: Standing) -> AwardEffect:
    whole = one.is_whole or one.state in _WAITING
    return AwardEffect.CANCELLED if whole else AwardEffect.STOPPED
