"""Words of programmes and money."""

from subsidies.choices.allocation import ALLOCATION_MOVES, AllocationState, Factor
from subsidies.choices.awards import (
    AWARD_MOVES,
    AwardChangeKind,
    AwardEffect,
    AwardState,
    DueProblem,
    Skip,
)
from subsidies.choices.batches import (
    BATCH_MOVES,
    PAYMENT_MOVES,
    BankEncoding,
    BankLayout,
    BatchState,
    LineOutcome,
    PaymentState,
)
from subsidies.choices.checking import (
    RECOVERY_MOVES,
    BackPayKind,
    DoubtKind,
    DoubtState,
    RecoveryCause,
    RecoveryState,
)
from subsidies.choices.determinations import PaperDocument, PaperStep
from subsidies.choices.gifts import DonorKind, GiftState
from subsidies.choices.letters import LetterKind
from subsidies.choices.loans import (
    RELIEF_MOVES,
    LoanLevel,
    LoanState,
    ReliefCause,
    ReliefKind,
    ReliefState,
)
from subsidies.choices.matrix import CellReason, CellState
from subsidies.choices.notices import NOTICE_MOVES, NoticeState, ObjectionState
from subsidies.choices.programmes import (
    Boarding,
    Cadence,
    Confidence,
    PayeeKind,
    ProgrammeKind,
    Residence,
)
from subsidies.choices.samples import SAMPLE_MOVES, SampleMethod, SampleResult, SampleState, Stratum
from subsidies.choices.target_lists import Found, ListResult

__all__ = [
    "ALLOCATION_MOVES",
    "AWARD_MOVES",
    "BATCH_MOVES",
    "NOTICE_MOVES",
    "PAYMENT_MOVES",
    "RECOVERY_MOVES",
    "RELIEF_MOVES",
    "SAMPLE_MOVES",
    "AllocationState",
    "AwardChangeKind",
    "AwardEffect",
    "AwardState",
    "BackPayKind",
    "BankEncoding",
    "BankLayout",
    "BatchState",
    "Boarding",
    "Cadence",
    "CellReason",
    "CellState",
    "Confidence",
    "DonorKind",
    "DoubtKind",
    "DoubtState",
    "DueProblem",
    "Factor",
    "Found",
    "GiftState",
    "LetterKind",
    "LineOutcome",
    "ListResult",
    "LoanLevel",
    "LoanState",
    "NoticeState",
    "ObjectionState",
    "PaperDocument",
    "PaperStep",
    "PayeeKind",
    "PaymentState",
    "ProgrammeKind",
    "RecoveryCause",
    "RecoveryState",
    "ReliefCause",
    "ReliefKind",
    "ReliefState",
    "Residence",
    "SampleMethod",
    "SampleResult",
    "SampleState",
    "Skip",
    "Stratum",
]
