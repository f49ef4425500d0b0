"""A list asks the database the same number of questions at ten rows and at ten thousand."""

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse

from povedu.screens.base import PUBLIC, Screen
from povedu.screens.lists import ListScreen
from students.models import Student
from tests.guards.growth import GROWERS, students
from tests.guards.routes import Route, routes
from tests.guards.sweep import Visitor, visitor
from tests.guards.world import CAST

FEW, MANY = range(60), range(60, 10_000)  # more than a page, then ten thousand


def lists() -> dict[str, Route]:
    """Return the lists that need no row to be opened, by name."""
    return {
        route.name: route
        for route in routes()
        if isinstance(route.view, type)
        and issubclass(route.view, ListScreen)
        and not route.arguments
    }


@pytest.mark.django_db
def test_every_grower_grows_a_list():
    assert sorted(set(GROWERS) - set(lists())) == []


def opener(route: Route, world) -> Visitor:
    """Return somebody of the county who may open a list."""
    for name in ("aid office", "county administrator", "auditor", *CAST):
        who = visitor(world, name)
        if who.may(route.action("GET")):
            return who
    raise LookupError(f"nobody of the cast may open {route}")


def questions(route: Route, who: Visitor) -> int:
    """Open a list twice, the caches warm, and count."""
    url = reverse(route.name)
    assert who.browser.get(url).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        who.browser.get(url)
    return len(captured)


@pytest.mark.parametrize("name", sorted(GROWERS))
def test_a_list_asks_as_often_at_ten_thousand_rows(name, world, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        route = lists()[name]
        who = opener(route, world)
        GROWERS[name](world.places["A"], FEW)
        few = questions(route, who)
        GROWERS[name](world.places["A"], MANY)
        many = questions(route, who)
        transaction.set_rollback(True)
    assert many == few


class PerRow(Screen):
    """Asks again for every row."""

    action = PUBLIC

    def get(self, request):
        return HttpResponse(str([str(one.school) for one in Student.objects.all()[:500]]))


urlpatterns = [path("rows/", PerRow.as_view(), name="rows")]


def test_the_count_sees_a_query_per_row(world, django_db_blocker, settings):
    settings.ROOT_URLCONF = __name__
    route = routes(__name__)[0]
    with django_db_blocker.unblock(), transaction.atomic():
        who = visitor(world, "aid office")
        few = questions(route, who)
        students(world.places["A"], range(30))
        many = questions(route, who)
        transaction.set_rollback(True)
    assert many > few + 10
