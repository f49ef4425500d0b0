"""Every address × everybody × own and strange rows × every method does what the policy says."""

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import path
from django.views import View

from povedu.accounts.models import User
from povedu.screens import errors
from povedu.screens.screen import PUBLIC, Screen
from schools.models import School
from tests.guards import routes as walk
from tests.guards.objects import ARGUMENTS, row
from tests.guards.recorder import digest, writes
from tests.guards.routes import routes, unlisted
from tests.guards.sweep import chosen, sweep, visitor
from tests.guards.world import CAST, OUTSIDERS


@pytest.fixture(autouse=True)
def plain_error_pages(monkeypatch):
    """Answer refusals without drawing the frame around them: most answers here are refusals."""
    monkeypatch.setattr(
        errors, "render", lambda request, template, status: HttpResponse(template, status=status)
    )


def strangers_secrets(name, world):
    """Return what this actor must never read."""
    if name in OUTSIDERS:
        return [canary for place in world.places.values() for canary in place.canaries()]
    actor = world.actors[name]
    return [
        canary
        for place in world.places.values()
        if not world.covers(actor, place)
        for canary in place.canaries()
    ]


@pytest.mark.django_db  # the one mark that makes the session set a test database up
def test_every_address_is_guarded():
    assert unlisted(routes()) == []


@pytest.mark.parametrize("name", [*OUTSIDERS, *CAST])
def test_everybody_can_do_exactly_what_the_policy_says(name, world, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        who = visitor(world, name)
        with transaction.atomic():
            faults = sweep(chosen(routes()), who, world, strangers_secrets(name, world))
            transaction.set_rollback(True)
        transaction.set_rollback(True)
    assert faults == [], "\n".join(faults)


# The controls: each guard must find what it is there for.


class Unguarded(View):
    """Names no action."""

    def get(self, request):
        return HttpResponse("everything")


class OpenToAll(Screen):
    """Says that it asks for an action, and lets everybody in."""

    action = "accounts.user.view"

    def dispatch(self, request, *args, **kwargs):
        return HttpResponse("everything")


class Unscoped(Screen):
    """Shows any school to whoever may see one."""

    action = "jobs.job.view"

    def get(self, request, pk):
        return HttpResponse(str(School.objects.get(pk=pk)))


class WritesOnGet(Screen):
    """Changes a row because somebody looked."""

    action = PUBLIC

    def get(self, request):
        User.objects.update(post="seen")
        return HttpResponse("looked")


class WritesUnseen(Screen):
    """Refuses, and changes a row behind the framework's back."""

    action = "accounts.user.view"

    def dispatch(self, request, *args, **kwargs):
        connection.connection.cursor().execute("UPDATE accounts_user SET post = 'unseen'")
        return HttpResponse(status=403)


class Leaks(Screen):
    """Shows every pupil to everybody."""

    action = "jobs.job.view"

    def get(self, request):
        from students.models import Student

        return HttpResponse(", ".join(Student.objects.values_list("name", flat=True)))


urlpatterns = [
    path("unguarded/", Unguarded.as_view(), name="unguarded"),
    path("open/", OpenToAll.as_view(), name="open"),
    path("schools/<int:pk>/", Unscoped.as_view(), name="peek"),
    path("writes/", WritesOnGet.as_view(), name="writes"),
    path("unseen/", WritesUnseen.as_view(), name="unseen"),
    path("leaks/", Leaks.as_view(), name="leaks"),
]


@pytest.fixture
def faulty(settings, world, monkeypatch):
    settings.ROOT_URLCONF = __name__
    monkeypatch.setitem(ARGUMENTS, "peek", row("school"))
    return {route.name: route for route in routes(__name__)}


def tried(route, name, world, blocker):
    with blocker.unblock(), transaction.atomic():
        found = sweep([route], visitor(world, name), world, strangers_secrets(name, world))
        transaction.set_rollback(True)
    return "\n".join(found)


def test_the_matrix_finds_an_unguarded_address(faulty, monkeypatch):
    assert unlisted(list(faulty.values())) == ["unguarded: its view names no action"]
    monkeypatch.setitem(walk.EXEMPT, "unguarded", "on purpose")
    monkeypatch.setitem(walk.EXEMPT, "gone", "was once")
    assert unlisted(list(faulty.values())) == [
        "gone: exempt, but there is no such unguarded address"
    ]


def test_the_matrix_finds_an_open_door(faulty, world, django_db_blocker):
    for name in ("anonymous", "clerk of A", "auditor"):
        found = tried(faulty["open"], name, world, django_db_blocker)
        assert f"{name}: GET open (own): answered 200, expected" in found


def test_the_matrix_finds_a_stranger_let_in(faulty, world, django_db_blocker):
    found = tried(faulty["peek"], "clerk of A", world, django_db_blocker)
    assert "GET peek (strange): answered 200, expected [404]" in found


def test_the_matrix_finds_a_look_that_writes(faulty, world, django_db_blocker):
    found = tried(faulty["writes"], "anonymous", world, django_db_blocker)
    assert "GET writes (own): wrote to ['accounts_user']" in found


def test_the_matrix_finds_a_refusal_that_writes(faulty, world, django_db_blocker):
    found = tried(faulty["unseen"], "clerk of A", world, django_db_blocker)
    assert "refused requests changed ['accounts_user']; one of unseen" in found
    assert "wrote to" not in found


def test_the_matrix_finds_a_leak(faulty, world, django_db_blocker):
    found = tried(faulty["leaks"], "clerk of A", world, django_db_blocker)
    assert "shows CanaryB" in found
    assert "shows CanaryA" not in found


def test_the_matrix_finds_a_missing_header(faulty, world, settings, django_db_blocker):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "csp" not in name]
    found = tried(faulty["writes"], "anonymous", world, django_db_blocker)
    assert "no strict Content-Security-Policy" in found


def test_an_address_without_a_row_to_try_is_named(world, django_db_blocker):
    odd = walk.Route("nobody:nothing-detail", "nothing/<int:pk>/", OpenToAll, ("pk",))
    found = tried(odd, "auditor", world, django_db_blocker)
    assert "nobody:nothing-detail: no row to try it with" in found


def test_the_digest_sees_every_change(world, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        before = digest()
        with writes() as written:
            User.objects.update(post="changed")
        after = digest()
        transaction.set_rollback(True)
    assert written == ["accounts_user"]
    assert {table for table in before if before[table] != after[table]} == {"accounts_user"}
