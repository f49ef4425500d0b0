"""Why a child of the ledger is on no roster of a term."""

from enum import Enum

from schools.choices import Stage
from students.choices import StudentState
from students.rules.records import Inputs, Pupil
from students.rules.schooling import is_final_grade


class Absence(Enum):
    """What explains that no roster holds a child."""

    PRESENT = "present"
    ENDED = "ended"  # the record itself says so
    WAITS = "waits"  # the roster that would hold the child is not handed in
    FINISHED = "finished"  # compulsory schooling is over
    MISSING = "missing"


def absence(pupil: Pupil, inputs: Inputs) -> Absence:
    """Explain a child's absence from the term's rosters.

    At a year's turn a final grade moves to another school: from primary to some junior school,
    whose rosters must be there to miss anybody; after junior school nobody is obliged to go on.
    """
    rosters, last = inputs.rosters, inputs.last.get(pupil.pk)
    if pupil.pk in rosters.students:
        return Absence.PRESENT
    if pupil.state != StudentState.STUDYING:
        return Absence.ENDED
    if last is not None and inputs.term.half == 1 and is_final_grade(last.stage, last.grade):
        if last.stage != Stage.PRIMARY:
            return Absence.FINISHED
        return Absence.MISSING if Stage.JUNIOR in rosters.stages else Absence.WAITS
    school = last.school if last is not None else pupil.school
    if school is not None and school not in rosters.schools:
        return Absence.WAITS
    return Absence.MISSING
