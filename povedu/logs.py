"""Log lines without personal data.

An exception's text may quote what a person typed or what a table holds, and a traceback that shows
local variables certainly does. So errors are logged as their class and the places they passed
through, never with their message; requests as method and path, never with their query.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def frames(error: BaseException) -> str:
    """Return an error's class and the lines of code it passed through, causes first."""
    parts = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines = traceback.format_tb(current.__traceback__)
        parts.append("".join(["Traceback (most recent call last):\n", *lines]) + _name(current))
        current = current.__cause__ or (
            None if current.__suppress_context__ else current.__context__
        )
    return "\n\n".join(reversed(parts))


def _name(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


class FramesOnly(logging.Formatter):
    """Format errors by their frames."""

    def formatException(self, ei: Any) -> str:  # noqa: N802  # logging's name
        """Return the frames of an exception triple."""
        return frames(ei[1]) if ei and ei[1] is not None else ""


def with_frames(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Do the same for structlog: replace ``exc_info`` by its frames."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else None
    if error is None and isinstance(given, tuple):
        error = given[1]
    if error is None and given:
        error = sys.exc_info()[1]
    if error is not None:
        event["exception"] = frames(error)
    return event


def configure_structlog() -> None:
    """Have structlog write one JSON object per line through the standard logging."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            with_frames,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


class RequestLogMiddleware(RequestMiddleware):
    """One line per request: number, person's number, address, method, path, status."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Leave the query out: a filter may be a name."""
        return f"{request.method} {request.path}"

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        """Use the address that our own middleware has settled."""
        structlog.contextvars.bind_contextvars(ip=request.META.get("REMOTE_ADDR", ""))
