"""Personal data stays where it belongs: not in logs, addresses, task messages, errors, scratch."""

import json
import logging
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.urls import path

from povedu.jobs.models import Job
from povedu.logs import FramesOnly
from povedu.screens.screen import PUBLIC, Screen
from tests.guards.routes import routes
from tests.guards.sweep import attempts, body_of, visitor

VISITORS = ("clerk of A", "aid office", "security administrator")
ADDRESS = re.compile(r'(?:href|action|src|hx-get|hx-post)="([^"]*)"')


class Everything(logging.Handler):
    """Keep every line as the installation would write it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(FramesOnly("%(name)s %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        # The test's own database log is the database's: it is off in service.
        if not record.name.startswith(("django.db.backends", "faker", "factory")):
            self.lines.append(self.format(record))


@pytest.fixture
def log():
    handler = Everything()
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.setLevel(level)
    root.removeHandler(handler)


def hits(canaries: list[str], text: str) -> list[str]:
    """Return the canaries that a text holds, as they are or as an address writes them."""
    from urllib.parse import quote

    return [one for one in canaries if one in text or quote(one) in text]


def secrets_of(world) -> list[str]:
    """Return every value of the three schools that must not stray."""
    return [
        canary
        for place in world.places.values()
        for canary in place.canaries()
        if "*" not in canary
    ]


@pytest.mark.django_db
def test_a_test_database_is_there():
    assert "test" in str(connection.settings_dict["NAME"]) or "memory" in str(
        connection.settings_dict["NAME"]
    )


@pytest.mark.parametrize("name", VISITORS)
def test_pages_leave_nothing_behind(name, world, log, django_db_blocker):
    """Open every page, search, and gather what was logged, addressed, queued and left on disk."""
    canaries = secrets_of(world)
    addresses: list[str] = []
    with django_db_blocker.unblock(), transaction.atomic():
        who = visitor(world, name)
        pupil = world.places["A"].student
        for route in routes():
            if not route.declares or route.is_api or route.name == "accounts:logout":
                continue
            for attempt in attempts(route, who, world):
                if not attempt.visible or not who.may(route.action("GET")):
                    continue
                answer = who.browser.get(attempt.url)
                addresses += ADDRESS.findall(body_of(answer))
                if route.name.endswith("-list") and who.may(route.action("POST")):
                    for typed in (pupil.name, pupil.id_number.reveal(), pupil.phone.reveal()):
                        found = who.browser.post(attempt.url, {"do": "search", "q": typed})
                        addresses.append(found.get("Location", ""))
                        if found.status_code == 302:
                            who.browser.get(found["Location"])
        rows = json.dumps(list(Job.objects.values_list("params", flat=True)))
        transaction.set_rollback(True)
    assert len(log.lines) > 20
    assert [line for line in log.lines if hits(canaries, line)] == []
    assert [one for one in addresses if hits(canaries, one)] == []
    assert hits(canaries, rows) == []
    assert _on_disk(canaries) == []


def _on_disk(canaries: list[str]) -> list[str]:
    """Return the files of queue and scratch that hold a canary."""
    found = []
    for folder in (settings.VAR_DIR / "queue", settings.VAR_DIR / "scratch"):
        for file in Path(folder).rglob("*"):
            if file.is_file() and hits(canaries, file.read_bytes().decode("utf-8", "replace")):
                found.append(str(file))
    return found


class Fails(Screen):
    """Falls over a pupil's data."""

    action = PUBLIC

    def get(self, request):
        from students.models import Student

        pupil = Student.objects.order_by("pk").first()
        raise ImproperlyConfigured(f"cannot handle {pupil.name} {pupil.id_number.reveal()}")


urlpatterns = [path("fails/", Fails.as_view(), name="fails")]


def test_an_error_shows_and_logs_nothing(world, log, settings, django_db_blocker):
    settings.ROOT_URLCONF = __name__
    with django_db_blocker.unblock(), transaction.atomic():
        who = visitor(world, "anonymous")
        answer = who.browser.get("/fails/")
        transaction.set_rollback(True)
    assert answer.status_code == 500
    logged = "\n".join(log.lines)
    assert "ImproperlyConfigured" in logged
    assert "in get" in logged
    assert hits(secrets_of(world), logged + answer.text) == []


def test_a_constraint_that_fails_names_no_number(world, log, django_db_blocker):
    """The database's own words quote the blind index, never the number."""
    from django.db import IntegrityError

    from tests.factories import StudentFactory

    with django_db_blocker.unblock(), transaction.atomic():
        pupil = world.places["A"].student
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            StudentFactory(number=pupil.id_number.reveal())
        transaction.set_rollback(True)
    assert hits([pupil.id_number.reveal()], str(refused.value)) == []


def test_the_search_finds_a_canary_where_there_is_one(world, log, tmp_path):
    canaries = secrets_of(world)
    logging.getLogger("povedu.test").warning("saved %s", world.places["A"].student.name)
    assert any(hits(canaries, line) for line in log.lines)
    assert hits(canaries, "/students/?q=CanaryAPupil")
    assert not hits(canaries, "nothing here")
