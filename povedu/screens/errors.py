"""Error pages: a number to quote, never data."""

import logging
import secrets
import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from povedu.errors import is_busy

logger = logging.getLogger("povedu.errors")
_AGAIN = 5  # seconds until the same may be sent again


def _for_program(request: HttpRequest, status: int, code: str) -> HttpResponse | None:
    """Answer in the API's own shape under its addresses."""
    if not request.path.startswith("/api/"):
        return None
    return JsonResponse({"code": code, "message": code}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400."""
    return _for_program(request, 400, "bad_request") or render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404; not there and not yours look the same."""
    return _for_program(request, 404, "not_found") or render(request, "404.html", status=404)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form whose page has grown too old."""
    return render(request, "403_csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 with a number that the log has too; neither database nor session is needed.

    Where the database was busy with somebody else's writing it is 503: the same may be sent again.
    """
    if is_busy(sys.exc_info()[1]):
        return _busy(request)
    number = secrets.token_hex(4).upper()
    logger.error("error page %s at %s", number, request.path)
    return HttpResponse(render_to_string("500.html", {"number": number}), status=500)


def _busy(request: HttpRequest) -> HttpResponse:
    logger.warning("busy at %s", request.path)
    answer = _for_program(request, 503, "busy") or HttpResponse(
        render_to_string("503.html"), status=503
    )
    answer["Retry-After"] = str(_AGAIN)
    return answer
