"""Models of programmes and money."""

from subsidies.models.allocation import Allocation, AllocationLine, QuotaExcess
from subsidies.models.approval import BatchApproval, PaymentRules
from subsidies.models.award import (
    Award,
    AwardSource,
    Instalment,
    NoticeLine,
    Objection,
    PublicNotice,
)
from subsidies.models.calendar import CalendarDay
from subsidies.models.change import AwardChange
from subsidies.models.determination import (
    ApplicationPaper,
    Determination,
    DeterminationStep,
    ScoreBand,
    ScoreItem,
)
from subsidies.models.doubt import Doubt, DoubtDecision
from subsidies.models.gift import Donor, Gift, Sponsorship
from subsidies.models.history import PastPayment, PastPaymentWithdrawal
from subsidies.models.letter import LetterWording
from subsidies.models.loan import Loan, LoanCap, LoanRelief
from subsidies.models.matrix import AidCell, AidMatrix
from subsidies.models.payment import (
    BankReturn,
    BankReturnLine,
    DisbursementBatch,
    FundReceipt,
    Payment,
    PaymentSource,
)
from subsidies.models.programme import Programme, Quota, SourceRule, Standard
from subsidies.models.recovery import BackPay, Recovery, RecoveryReceipt, RecoverySource
from subsidies.models.sample import Sample, SampleItem

__all__ = [
    "AidCell",
    "AidMatrix",
    "Allocation",
    "AllocationLine",
    "ApplicationPaper",
    "Award",
    "AwardChange",
    "AwardSource",
    "BackPay",
    "BankReturn",
    "BankReturnLine",
    "BatchApproval",
    "CalendarDay",
    "Determination",
    "DeterminationStep",
    "DisbursementBatch",
    "Donor",
    "Doubt",
    "DoubtDecision",
    "FundReceipt",
    "Gift",
    "Instalment",
    "LetterWording",
    "Loan",
    "LoanCap",
    "LoanRelief",
    "NoticeLine",
    "Objection",
    "PastPayment",
    "PastPaymentWithdrawal",
    "Payment",
    "PaymentRules",
    "PaymentSource",
    "Programme",
    "PublicNotice",
    "Quota",
    "QuotaExcess",
    "Recovery",
    "RecoveryReceipt",
    "RecoverySource",
    "Sample",
    "SampleItem",
    "ScoreBand",
    "ScoreItem",
    "SourceRule",
    "Sponsorship",
    "Standard",
]
