"""Filters of the lists of money."""

from subsidies.filters.awards import (
    AwardChangeFilter,
    AwardFilter,
    DeterminationFilter,
    NoticeFilter,
    ObjectionFilter,
)
from subsidies.filters.checking import (
    BackPayFilter,
    CellFilter,
    DoubtFilter,
    RecoveryFilter,
    SampleItemFilter,
    SchoolMatrixFilter,
)
from subsidies.filters.giving import GiftFilter, LoanFilter, ReliefFilter
from subsidies.filters.payments import (
    AnswerFilter,
    BatchFilter,
    OrphanFilter,
    PastPaymentFilter,
    PaymentFilter,
)
from subsidies.filters.programmes import AllocationFilter, ProgrammeFilter, ReceiptFilter
from subsidies.filters.target_lists import FeedbackFilter, ListedFilter, OffListFilter

__all__ = [
    "AllocationFilter",
    "AnswerFilter",
    "AwardChangeFilter",
    "AwardFilter",
    "BackPayFilter",
    "BatchFilter",
    "CellFilter",
    "DeterminationFilter",
    "DoubtFilter",
    "FeedbackFilter",
    "GiftFilter",
    "ListedFilter",
    "LoanFilter",
    "NoticeFilter",
    "ObjectionFilter",
    "OffListFilter",
    "OrphanFilter",
    "PastPaymentFilter",
    "PaymentFilter",
    "ProgrammeFilter",
    "ReceiptFilter",
    "RecoveryFilter",
    "ReliefFilter",
    "SampleItemFilter",
    "SchoolMatrixFilter",
]
