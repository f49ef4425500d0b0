"""The writers of the ledger: postings, closed years, opening balances, corrections."""

from povedu.ledger.services.posting import (
    Leg,
    Posted,
    Unbalanced,
    check_open,
    close_year,
    hold,
    post,
    post_many,
    post_opening,
    reopen_year,
)

__all__ = [
    "Leg",
    "Posted",
    "Unbalanced",
    "check_open",
    "close_year",
    "hold",
    "post",
    "post_many",
    "post_opening",
    "reopen_year",
]
