"""Models of programmes and money."""

from subsidies.models.award import (
    Award,
    AwardSource,
    Determination,
    Instalment,
    NoticeLine,
    Objection,
    PublicNotice,
)
from subsidies.models.payment import (
    BankReturn,
    BankReturnLine,
    DisbursementBatch,
    Donor,
    FundReceipt,
    Gift,
    Payment,
    PaymentSource,
)
from subsidies.models.programme import Programme, Quota, SourceRule, Standard

__all__ = [
    "Award",
    "AwardSource",
    "BankReturn",
    "BankReturnLine",
    "Determination",
    "DisbursementBatch",
    "Donor",
    "FundReceipt",
    "Gift",
    "Instalment",
    "NoticeLine",
    "Objection",
    "Payment",
    "PaymentSource",
    "Programme",
    "PublicNotice",
    "Quota",
    "SourceRule",
    "Standard",
]
