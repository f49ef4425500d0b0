"""The queue counted by township and school: every figure is what the queue then shows."""

import re
from datetime import datetime, time, timedelta
from html import unescape
from types import SimpleNamespace

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from students.filters import QueueFilter
from students.models import RegisterSnapshot
from students.selectors.board import board
from students.selectors.children import open_findings
from students.services.settle_assign import answer_assignment, assign_finding
from tests.factories import sign_in
from tests.students.asking import BORN, old, run
from tests.students.test_api import caller

CELL = re.compile(r'<td class="num[^"]*"><a href="[^"?]*/queue/\??([^"]*)">([\d,]+)</a>')


def moment():
    """Return an instant of the day that the pages go by."""
    return datetime.combine(timezone.localdate(), time(9), timezone.get_current_timezone())


@pytest.fixture
def busy(county, staff, clerk):
    """One finding overdue, one answered, one just asked at the other school, two of no school."""
    snapshot = RegisterSnapshot.objects.get()
    for name in ("陈九", "褚十"):
        county.entry(snapshot, name, county.next_id(BORN), township="T1", village="三村")
    run(county)
    late, done = old()
    asked_at = moment()
    assign_finding(
        finding=late, days=5, words="核对", actor=staff, now=asked_at - timedelta(days=60)
    )
    answered = assign_finding(finding=done, days=5, words="核对", actor=staff, now=asked_at)
    answer_assignment(assignment=answered, words="属实", actor=clerk, now=asked_at)
    assign_finding(finding=old("2153000002").get(), days=5, words="核对", actor=staff, now=asked_at)
    return county


def cells(actor, query=""):
    """Return the board's figures with the queue's filters that each leads to."""
    page = sign_in(actor).get(reverse("students:finding-board") + query).content.decode()
    return [(unescape(asked), int(number)) for asked, number in CELL.findall(page)]


@pytest.mark.parametrize("query", ["", "?township=530623100000"])
def test_every_figure_is_the_queue_under_its_filters(busy, staff, query):
    request = SimpleNamespace(actor=staff, now=moment())
    found = cells(staff, query)
    assert len(found) > 10
    assert any("asked=overdue" in asked for asked, _number in found)
    for asked, number in found:
        kept = QueueFilter(QueryDict(asked), open_findings(staff.scope), request=request)
        assert kept.qs.count() == number, asked


def test_the_states_and_the_kinds_each_add_up_to_the_whole(busy, staff):
    today = timezone.localdate()
    for by_school in (False, True):
        found = board(staff.scope, today, by_school=by_school)
        assert found.whole.total == open_findings(staff.scope).count() == 6
        for one in (*found.lines, found.whole):
            assert one.unasked + one.waiting + one.answered == one.total
            assert one.overdue <= one.waiting
        assert sum(one.total for one in found.lines) == found.whole.total
        assert (found.whole.waiting, found.whole.overdue, found.whole.answered) == (2, 1, 1)
    assert [one.total for one in found.lines if not one.key] == [2]


def test_everybody_sees_the_own_part_only(busy, staff, township, other_clerk):
    assert sum(n for asked, n in cells(other_clerk) if asked == "school=2153000002") == 1
    assert not any("2153000001" in asked for asked, _number in cells(other_clerk))
    assert ("township=none", 2) in cells(staff)
    assert not any("none" in asked for asked, _number in cells(township))
    url = reverse("students:finding-board")
    assert sign_in(township).get(f"{url}?township=530623101000").status_code == 404
    assert sign_in(staff).get(f"{url}?school=1").status_code == 400


def test_it_asks_as_often_whatever_there_is(busy, staff, django_assert_num_queries):
    with django_assert_num_queries(2):
        board(staff.scope, timezone.localdate())
    with django_assert_num_queries(3):
        board(staff.scope, timezone.localdate(), by_school=True)


def test_programs_read_the_same_counts_in_their_own_scope(busy, staff, other_clerk):
    program = caller(staff)
    found = program.get("/api/v1/students/queue/").json()
    assert sum(one["count"] for one in found) == 6
    assert sum(one["count"] for one in found if one["is_overdue"]) == 1
    assert program.get("/api/v1/students/queue/?kind=x").status_code == 400
    [only] = caller(other_clerk).get("/api/v1/students/queue/").json()
    assert (only["school"], only["asked"], only["count"]) == ("2153000002", "asked", 1)
