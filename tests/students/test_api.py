"""The API of children's records: same scopes as the pages, decisions written through it."""

from datetime import date

import pytest
from django.test import Client

from povedu.accounts.models import Jurisdiction
from povedu.accounts.selectors import operator
from povedu.accounts.tokens import token_digest
from students.models import Decision, Finding, Reconciliation, Student
from students.services.reconcile import reconcile
from tests import factories as make
from tests.students.world import NOW, TERM

BORN = date(2007, 3, 5)


def caller(actor):
    """Return a client that calls with a token of an actor."""
    jurisdiction = Jurisdiction.objects.get(user=actor.user_id)
    secret = f"secret-{actor.user_id}"
    make.ApiTokenFactory(jurisdiction=jurisdiction, digest=token_digest(secret))
    return Client(headers={"Authorization": f"Token {secret}"})


@pytest.fixture
def county(world):
    world.student("王芳芳", birth_on=BORN, school="S2")
    snapshot = world.snapshot()
    world.entry(snapshot, "王芳芳", world.next_id(BORN))
    reconcile(county=world.county, term=TERM, actor=operator(), now=NOW)
    return world


def decide(client, finding, verdict="same-person", **more):
    return client.post(
        "/api/v1/students/settle/",
        {"finding": finding.pk, "verdict": verdict, **more},
        content_type="application/json",
    )


def test_lists_answer_with_masks(county):
    client = caller(make.actor_of("office_staff", office="aid"))
    for noun in (
        *("students", "enrolments", "hardships", "households", "snapshots", "runs"),
        *("findings", "decisions"),
    ):
        answer = client.get(f"/api/v1/students/{noun}/")
        assert answer.status_code == 200, (noun, answer.content)
    finding = client.get("/api/v1/students/findings/").json()["results"][0]
    assert finding["kind"] == "probable-match"
    assert "*" in finding["evidence"]["right"]["id_number"]
    assert finding["reason_words"]


def test_the_children_of_a_run_are_those_it_left_where_they_were_too(county):
    first = Reconciliation.objects.get()
    again = reconcile(county=county.county, term=TERM, actor=operator(), now=NOW, again=True)
    client = caller(make.actor_of("office_staff", office="aid"))
    for key, count in ((first.pk, 1), (again.pk, 1), (again.pk + 1, 0)):
        answer = client.get(f"/api/v1/students/places/?reconciliation={key}")
        assert (answer.status_code, len(answer.json()["results"])) == (200, count)


def test_a_decision_is_made_and_taken_back(county):
    client = caller(make.actor_of("office_staff", office="aid"))
    finding = Finding.objects.get()
    answer = decide(client, finding)
    assert answer.status_code == 201, answer.content
    assert Student.objects.get().identity_confirmed
    assert decide(client, finding).status_code == 409
    body = {"finding": finding.pk}
    undo = "/api/v1/students/undo/"
    assert client.post(undo, body, content_type="application/json").json()["state"] == "open"
    assert client.post(undo, body, content_type="application/json").status_code == 409
    assert not Student.objects.get().identity_confirmed


def test_what_does_not_fit_is_refused(county):
    client = caller(make.actor_of("office_staff", office="aid"))
    finding = Finding.objects.get()
    answer = decide(client, finding, "keep-first")
    assert (answer.status_code, answer.json()["code"]) == (409, "verdict-unfit")
    assert decide(client, finding, "no-such").status_code == 400


def test_scopes_are_those_of_the_pages(county):
    finding = Finding.objects.get()
    other = caller(
        make.actor_of("school_clerk", division_prefix="530623100", school_code="2153000001")
    )
    assert other.get("/api/v1/students/findings/").json()["results"] == []
    assert decide(other, finding, "not-same").status_code == 404
    auditor = caller(make.actor_of("auditor"))
    assert auditor.get("/api/v1/students/findings/").status_code == 200
    assert decide(auditor, finding).status_code == 403
    assert caller(make.actor_of("leadership")).get("/api/v1/students/students/").status_code == 403
    assert not Decision.objects.exists()
