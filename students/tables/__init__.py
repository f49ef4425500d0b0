"""Tables of children's records."""

from students.tables.away import AwayTable, ProofTable
from students.tables.children import (
    APPROVAL_TONES,
    STATE_TONES,
    ClassTable,
    EnrolmentTable,
    HardshipTable,
    PayeeTable,
    SchoolingTable,
    StudentTable,
    grade_words,
    masked_student_no,
    source_words,
)
from students.tables.comparisons import ChangeTable, ComparisonTable
from students.tables.dropouts import DROPOUT_TONES, DropoutTable, VisitTable
from students.tables.placing import PlacedTable
from students.tables.reconciling import (
    FINDING_TONES,
    FindingTable,
    LinkTable,
    RunTable,
)
from students.tables.register_logic import LogicTable
from students.tables.registers import (
    EntryTable,
    HouseholdTable,
    MemberTable,
    SchoolingPoorTable,
    SnapshotTable,
)
from students.tables.settling import (
    AssignmentTable,
    DecisionTable,
    instant_words,
    verdict_words,
)

__all__ = [
    "APPROVAL_TONES",
    "DROPOUT_TONES",
    "FINDING_TONES",
    "STATE_TONES",
    "AssignmentTable",
    "AwayTable",
    "ChangeTable",
    "ClassTable",
    "ComparisonTable",
    "DecisionTable",
    "DropoutTable",
    "EnrolmentTable",
    "EntryTable",
    "FindingTable",
    "HardshipTable",
    "HouseholdTable",
    "LinkTable",
    "LogicTable",
    "MemberTable",
    "PayeeTable",
    "PlacedTable",
    "ProofTable",
    "RunTable",
    "SchoolingPoorTable",
    "SchoolingTable",
    "SnapshotTable",
    "StudentTable",
    "VisitTable",
    "grade_words",
    "instant_words",
    "masked_student_no",
    "source_words",
    "verdict_words",
]
