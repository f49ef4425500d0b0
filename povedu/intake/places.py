"""The questions that intake asks about places; the app that owns places answers them."""

from collections.abc import Callable
from dataclasses import dataclass

from povedu.scope import Scope


@dataclass(frozen=True, slots=True)
class Places:
    """``counties`` returns all county codes, ``division_of`` a school's division code or None.

    ``schools`` returns (code, name) of the schools in a scope, for people to choose from.
    """

    counties: Callable[[], list[str]]
    division_of: Callable[[str], str | None]
    schools: Callable[[Scope], list[tuple[str, str]]]


_answers: list[Places] = []


def answer_with(places: Places) -> None:
    """Register who answers; called once by the app that owns places."""
    _answers[:] = [places]


def counties() -> list[str]:
    """Return the six-digit codes of all counties served."""
    return _answers[0].counties() if _answers else []


def division_of(school_code: str) -> str | None:
    """Return the division a school lies in, None for an unknown school."""
    return _answers[0].division_of(school_code) if _answers else None


def schools(scope: Scope) -> list[tuple[str, str]]:
    """Return (code, name) of the schools in a scope."""
    return _answers[0].schools(scope) if _answers else []
