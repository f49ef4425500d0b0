"""Which part of a scope a page looks at."""

from povedu.scope import Scope
from schools.selectors import names


def narrowed(scope: Scope, place: str) -> Scope:
    """Return the scope narrowed to ``place``, a division prefix or ``s`` and a school code.

    A place outside the scope shows nothing; no place leaves the scope as it is.
    """
    if not place or scope.school_code is not None:
        return scope
    if place.startswith("s"):
        return names.school_scope(scope, place[1:])
    inside = place.isdigit() and place.startswith(scope.division_prefix)
    return Scope(place) if inside else Scope.nothing()


def key_of(scope: Scope) -> str:
    """Return the ``place`` that leads to a scope."""
    return f"s{scope.school_code}" if scope.school_code else scope.division_prefix
