"""Error pages: a number to quote, never data."""

import logging
import secrets

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

logger = logging.getLogger("povedu.errors")


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
    """Answer 500 with a number that the log has too; neither database nor session is needed."""
    number = secrets.token_hex(4).upper()
    logger.error("error page %s at %s", number, request.path)
    return HttpResponse(render_to_string("500.html", {"number": number}), status=500)
