"""A list asks the database the same number of questions at ten rows and at ten thousand."""

import re

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse

from povedu.screens.lists import ListScreen
from povedu.screens.screen import PUBLIC, Screen
from students.models import Student
from tests.guards.growth import GROWERS, OPENED_BY, UNGROWN, students
from tests.guards.objects import arguments_for
from tests.guards.routes import Route, routes
from tests.guards.sweep import Visitor, chosen, visitor
from tests.guards.world import CAST, Place

TOTAL = re.compile(r"共 ([\d,]+) 条")
FEW, MANY = range(60), range(60, 10_000)  # more than a page, then ten thousand
SOME = range(60, 300)  # where a sample is asked for, to the lists outside it
WHOLE = frozenset(chosen(sorted(GROWERS)))


def lists() -> dict[str, Route]:
    """Return every list by name."""
    return {
        route.name: route
        for route in routes()
        if isinstance(route.view, type) and issubclass(route.view, ListScreen)
    }


@pytest.mark.django_db
def test_every_list_is_grown_or_says_why_not():
    assert sorted(set(lists()) ^ (set(GROWERS) | set(UNGROWN))) == []
    assert sorted(set(GROWERS) & set(UNGROWN)) == []


def opener(route: Route, world) -> Visitor:
    """Return somebody of the county who may open a list."""
    first = OPENED_BY.get(route.name, "aid office")
    for name in (first, "county administrator", "auditor", *CAST):
        who = visitor(world, name)
        if who.may(route.action("GET")):
            return who
    raise LookupError(f"nobody of the cast may open {route}")


def address(route: Route, who: Visitor, place: Place) -> str:
    """Return a list's address, its arguments those of a row of the place."""
    entry = arguments_for(route.name) if route.arguments else None
    given = entry.build(place, who.actor) if entry and who.actor else {}
    return reverse(route.name, kwargs={name: given[name] for name in route.arguments})


def questions(url: str, who: Visitor) -> tuple[int, int]:
    """Open a list twice, the caches warm; return how many questions, and the total it states."""
    page = who.browser.get(url)
    assert page.status_code == 200
    with CaptureQueriesContext(connection) as captured:
        who.browser.get(url)
    stated = TOTAL.search(page.content.decode())
    return len(captured), int(stated[1].replace(",", "")) if stated else 0


@pytest.mark.parametrize("name", sorted(GROWERS))
def test_a_list_asks_as_often_at_ten_thousand_rows(name, world, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        route = lists()[name]
        who = opener(route, world)
        url = address(route, who, world.places["A"])
        GROWERS[name](world.places["A"], FEW)
        few = questions(url, who)
        more = MANY if name in WHOLE else SOME
        GROWERS[name](world.places["A"], more)
        many = questions(url, who)
        transaction.set_rollback(True)
    assert many[0] == few[0]
    assert many[1] - few[1] >= len(more), "the rows are not on the page: nothing was shown"


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
        few = questions(reverse(route.name), who)
        students(world.places["A"], range(30))
        many = questions(reverse(route.name), who)
        transaction.set_rollback(True)
    assert many[0] > few[0] + 10
