"""Refusals: the one way the product says no to a person."""

from typing import Any

from django.db import OperationalError

_GIVEN_UP = ("55P03", "40P01")  # lock_not_available, deadlock_detected


class Refusal(Exception):
    """Refuse an action with one clear sentence in the reader's language.

    ``code`` is stable and never translated; ``message`` is a (lazy) translated sentence that says
    what, where and what to do; ``where`` holds coordinates such as file, row and column.
    Screens show the sentence with 400, commands exit 2 with it. The API answers 409: a request that
    is not as described has been refused with 400 before any rule is asked.
    """

    status = 400

    def __init__(self, code: str, message: object, **where: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.where = where

    def __str__(self) -> str:
        return str(self.message)


class Conflict(Refusal):
    """Refuse because somebody else changed the thing first; the API answers 409."""

    status = 409


def is_busy(error: BaseException | None) -> bool:
    """Say whether the database gave up waiting for somebody else's lock, having written nothing.

    SQLite lets one write at a time; PostgreSQL ends a wait of ``lock_timeout`` and one of two who
    wait for each other.
    """
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.__cause__, "pgcode", None)
    return state in _GIVEN_UP if state else "database is locked" in str(error)
