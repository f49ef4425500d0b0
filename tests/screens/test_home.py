"""The landing page, its guard and the error pages."""

import pytest
from django.test import Client

from povedu.accounts.models import Jurisdiction, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client: Client) -> Client:
    user = User.objects.create_user("officer", "secret-word-1", name="王敏")
    Jurisdiction.objects.create(
        user=user, role="office_staff", office="aid", division_prefix="530623"
    )
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_landing_page_names_the_person_and_the_term(officer: Client) -> None:
    response = officer.get("/")
    assert response.status_code == 200
    text = response.content.decode()
    assert "王敏" in text
    assert "我的待办" in text
    assert "学期" in text


def test_person_without_a_duty_is_told_so(client: Client) -> None:
    user = User.objects.create_user("nobody", "secret-word-1", name="无职")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert "没有职责" in client.get("/").content.decode()


def test_unknown_address_is_a_404_page(officer: Client) -> None:
    response = officer.get("/nowhere/")
    assert response.status_code == 404
    assert "没有找到" in response.content.decode()
