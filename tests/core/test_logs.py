"""Log lines hold no personal data."""

import json
import logging
import sys

from django.test import RequestFactory

from povedu.logs import FramesOnly, RequestLogMiddleware, with_frames

SECRET = "530623200901011238"


def fail():
    number = SECRET
    try:
        int(f"x{number}")
    except ValueError as error:
        raise KeyError(number) from error


def caught():
    try:
        fail()
    except KeyError:
        return sys.exc_info()


def test_errors_are_logged_without_their_text_or_variables():
    line = FramesOnly().formatException(caught())
    assert "builtins.KeyError" in line
    assert "builtins.ValueError" in line
    assert "in fail" in line
    assert SECRET not in line
    assert SECRET in logging.Formatter().formatException(caught())  # the control


def test_structured_errors_likewise():
    for given in (caught(), caught()[1]):
        event = with_frames(None, "error", {"event": "failed", "exc_info": given})
        assert "builtins.KeyError" in event["exception"]
        assert SECRET not in json.dumps(event)
    try:
        fail()
    except KeyError:
        assert "in fail" in with_frames(None, "error", {"exc_info": True})["exception"]
    assert with_frames(None, "info", {"exc_info": False}) == {}


def test_requests_are_logged_without_their_query():
    request = RequestFactory().get("/students/", {"q": SECRET})
    assert RequestLogMiddleware.format_request(request) == "GET /students/"
