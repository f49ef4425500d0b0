"""What a line for the bank may hold, and the digest that an approval binds: pure functions."""

import hashlib
import json
from collections.abc import Iterable, Sequence

SEPARATOR = "|"
# What of a payment an approval binds: everything that the bank's file says, and what it pays for.
DIGESTED = (
    "line_no",
    "instalment_id",
    "attempt",
    "amount",
    "payee_kind",
    "payee_name",
    "bank_name",
    "account_index",
)


def has_private_glyph(text: str) -> bool:
    """Say whether a name holds a glyph that somebody drew: no bank's system knows it."""
    return any(
        "\ue000" <= letter <= "\uf8ff" or "\U000f0000" <= letter <= "\U0010ffff" for letter in text
    )


def can_hold(text: str, encoding: str) -> bool:
    """Say whether a bank's encoding holds a name: every letter of it, none of them drawn."""
    if has_private_glyph(text):
        return False
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def cell(text: str) -> str:
    """Return a text as a cell of the bank's file: no separator, no line end, no tab."""
    return " ".join(text.replace(SEPARATOR, " ").split())


def digest(lines: Iterable[Sequence[object]]) -> str:
    """Return SHA-256 over lines, each one JSON array: no value can imitate a separator."""
    state = hashlib.sha256()
    for line in lines:
        text = json.dumps([str(value) for value in line], ensure_ascii=False)
        state.update(f"{text}\n".encode())
    return state.hexdigest()
