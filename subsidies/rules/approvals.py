"""How many people must approve an amount: pure functions."""


def levels_needed(amount_fen: int, second_from_fen: int | None, third_from_fen: int | None) -> int:
    """Return 1, 2 or 3: how many different approvers a batch of an amount needs.

    A threshold that is not set never asks for a further approver.
    """
    thresholds = (second_from_fen, third_from_fen)
    return 1 + sum(amount_fen >= limit for limit in thresholds if limit is not None)
