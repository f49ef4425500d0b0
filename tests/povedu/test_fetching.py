"""Questions asked ahead: in their turn, within the caller's transaction, on its connection."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from povedu.fetching import fetched
from schools.models import Division


def names(prefix):
    rows = Division.objects.filter(code__startswith=prefix).order_by("code")
    return rows.values_list("name", flat=True)


@pytest.fixture
def divisions(db):
    for number in range(1, 7):
        Division.objects.create(code=f"{number}" + "0" * 11, name=f"D{number}", level="county")


def test_answers_come_in_their_turn_and_see_what_is_not_committed(divisions):
    questions = [names(str(number)) for number in range(1, 7)]
    with CaptureQueriesContext(connection) as queries, fetched(questions) as answers:
        found = list(answers)
    assert found == [[f"D{number}"] for number in range(1, 7)]
    assert len(queries) == 6
    assert names("1").count() == 1  # the connection is the caller's again


def first_of(questions):
    with fetched(questions) as answers:
        return next(answers)


def test_a_caller_that_stops_early_has_its_connection_back(divisions):
    before = threading.active_count()
    assert first_of([names("1")] * 20) == ["D1"]
    assert threading.active_count() == before
    assert names("2").count() == 1


def test_what_the_database_says_is_raised_where_the_answer_is_taken(divisions):
    wrong = Division.objects.extra(select={"no": "no_such_column"}).values_list("no")
    with pytest.raises(DatabaseError), transaction.atomic():
        first_of([wrong, names("1")])
    assert names("3").count() == 1
