"""Places, projects, meals and teachers as a program reads them."""

import pytest
from django.test import Client

from povedu.accounts.models import Jurisdiction
from povedu.accounts.tokens import token_digest
from tests.factories import (
    ApiTokenFactory,
    DivisionFactory,
    EquipmentItemFactory,
    MealReportFactory,
    PostingFactory,
    ProjectFactory,
    ProjectFundingFactory,
    SchoolFactory,
    TeacherFactory,
)
from tests.factories.values import COUNTY

pytestmark = pytest.mark.django_db
LISTS = [
    *("schools/divisions", "schools/schools", "schools/batches", "schools/projects"),
    *("schools/equipment", "schools/meals", "teachers/teachers", "teachers/postings"),
]


@pytest.fixture
def full(school):
    project = ProjectFactory(school=school)
    ProjectFundingFactory(project=project)
    EquipmentItemFactory(project=project)
    MealReportFactory(school=school)
    PostingFactory(teacher=TeacherFactory(school=school), school=SchoolFactory(code="2153000002"))
    SchoolFactory(code="2153000099", division=DivisionFactory(code=f"{COUNTY}200000"))
    return project


def ask(actor, path, **query):
    jurisdiction = Jurisdiction.objects.get(user=actor.user_id)
    key = f"key-{actor.user_id}"
    if not jurisdiction.api_tokens.exists():
        ApiTokenFactory(jurisdiction=jurisdiction, digest=token_digest(key))
    return Client().get(f"/api/v1/{path}/", query, headers={"Authorization": f"Token {key}"})


def rows(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


@pytest.mark.parametrize("path", LISTS)
def test_every_list_is_read_within_the_tokens_scope(path, full, auditor, stranger):
    assert rows(ask(auditor, path))
    assert ask(auditor, path, nonsense="1").status_code == 400
    assert ask(auditor, path, page_size="1").status_code == 200
    own = rows(ask(stranger, path))
    assert "2153000001" not in str(own)


def test_money_and_masks(full, auditor):
    (project,) = rows(ask(auditor, "schools/projects", overdue="true"))
    assert project["funded"] == "100000.00"
    assert project["funding"] == [{"source": "central", "amount": "100000.00"}]
    (teacher,) = rows(ask(auditor, "teachers/teachers", left="false"))
    assert "********" in teacher["id_number"]
    assert teacher["school"] == "2153000001"


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("schools/schools", {"township": f"{COUNTY}100000", "kind": "primary"}),
        ("schools/meals", {"month": "2016-09", "school": "2153000001"}),
        ("schools/projects", {"state": "planned", "school": "2153000001"}),
        ("schools/divisions", {"level": "township"}),
        ("teachers/postings", {"running": "true", "year": "2016"}),
        ("teachers/teachers", {"is_away": "true"}),
    ],
)
def test_the_pages_filters_filter(path, query, full, auditor):
    assert ask(auditor, path, **query).status_code == 200
