"""Pure rules about people: which roles one person may not hold together, and first passwords."""

import secrets
from collections.abc import Iterable

from povedu.accounts.choices import Role

ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
WATCHERS = frozenset({Role.AUDITOR, Role.AUDIT_ADMIN})
# Without 0 O 1 l I, which people misread from a slip of paper.
_LETTERS = "abcdefghijkmnpqrstuvwxyz"
_DIGITS = "23456789"


def conflicting_role(held: Iterable[str], wanted: str) -> str | None:
    """Return a role already held that the wanted one may not join, None where all may.

    The three administrators are three people (三员分立), an administrator does no county business,
    and whoever audits does nothing that is audited.
    """
    for role in sorted(set(held) - {wanted}):
        pair = {Role(role), Role(wanted)}
        if pair & ADMINISTRATORS or pair & WATCHERS:
            return role
    return None


def first_password() -> str:
    """Return a random password (54 bits) in three groups that are easy to copy by hand."""
    letters = [secrets.choice(_LETTERS) for _ in range(8)]
    digits = [secrets.choice(_DIGITS) for _ in range(6)]
    return f"{''.join(letters[:4])}-{''.join(digits)}-{''.join(letters[4:])}"
