"""Programs read what their person may read, by token, strictly."""

import pytest
from django.urls import reverse

from povedu.accounts.models import ApiToken, User
from tests.factories import (
    ApiTokenFactory,
    AuditEntryFactory,
    JurisdictionFactory,
    actor_of,
    sign_in,
)

pytestmark = pytest.mark.django_db
USERS, ENTRIES = "/api/v1/accounts/users/", "/api/v1/audit/entries/"


@pytest.fixture
def key(client):
    """Return a function that gives headers for a new person in a role."""
    from povedu.accounts.tokens import token_digest

    def make(role, **fields):
        fields = {"division_prefix": "530623", "office": "", **fields}
        text = f"key-of-{role}"
        ApiTokenFactory(
            jurisdiction=JurisdictionFactory(role=role, **fields), digest=token_digest(text)
        )
        return {"Authorization": f"Token {text}"}

    return make


def test_without_a_valid_token_nothing_is_read(client, key):
    for headers in (
        {},
        {"Authorization": "Token"},
        {"Authorization": "Token nonsense"},
        {"Authorization": "Token a b"},
        {"Authorization": "Bearer x"},
    ):
        answer = client.get(USERS, headers=headers)
        assert answer.status_code == 401
        assert set(answer.json()) == {"code", "message"}


def test_a_browsers_session_is_no_token():
    client = sign_in(actor_of("security_admin"))
    assert client.get(USERS).status_code == 401
    assert client.post(USERS).status_code == 401


def test_the_policy_and_the_scope_hold(client, key):
    near, far = JurisdictionFactory(), JurisdictionFactory(division_prefix="530624")
    body = client.get(USERS, headers=key("security_admin")).json()
    names = {one["username"] for one in body["results"]}
    assert near.user.username in names
    assert far.user.username not in names
    assert client.get(USERS, headers=key("auditor")).status_code == 403
    one = reverse("api:accounts-users-detail", kwargs={"pk": far.user.pk})
    headers = {"Authorization": "Token key-of-security_admin"}
    assert client.get(one, headers=headers).status_code == 404


def test_a_token_ends_with_itself_its_jurisdiction_and_its_person(client, key):
    headers = key("security_admin")
    assert client.get(USERS, headers=headers).status_code == 200
    token = ApiToken.objects.get()
    assert token.last_used_on is not None
    user = token.jurisdiction.user
    for change, undo in (
        (lambda: User.objects.update(is_active=False), lambda: User.objects.update(is_active=True)),
        (
            lambda: user.jurisdictions.update(ends_on="2016-01-01"),
            lambda: user.jurisdictions.update(ends_on=None),
        ),
        (
            lambda: ApiToken.objects.update(expires_at="2016-01-01T00:00Z"),
            lambda: ApiToken.objects.update(expires_at=token.expires_at),
        ),
    ):
        change()
        assert client.get(USERS, headers=headers).status_code == 401
        undo()
        assert client.get(USERS, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "bogus=1",
        "is_active=maybe",
        "is_active=",
        "role=emperor",
        "page_size=0",
        "page_size=1001",
        "page_size=x",
        "user__password__startswith=a",
        "ordering=password",
    ],
)
def test_parameters_are_an_allow_list(client, key, query):
    answer = client.get(f"{USERS}?{query}", headers=key("security_admin"))
    assert answer.status_code == 400, answer.content
    assert answer.json()["code"] == "invalid"


def test_pages_go_by_cursor(client, key):
    AuditEntryFactory.create_batch(7)
    headers = key("auditor")
    url, seen = f"{ENTRIES}?page_size=3&verb=user.edit", []
    while url:
        body = client.get(url, headers=headers).json()
        seen += [one["id"] for one in body["results"]]
        url = body["next"]
    assert len(seen) == len(set(seen)) == 7
    assert client.get(f"{ENTRIES}?cursor=broken", headers=headers).status_code == 404


def test_methods_that_are_not_offered(client, key):
    headers = key("security_admin")
    for method in ("post", "put", "patch", "delete"):
        answer = getattr(client, method)(USERS, headers=headers)
        assert answer.status_code == 405
        assert answer["Allow"] == "GET, HEAD, OPTIONS"
    assert client.options(USERS, headers=headers).status_code == 200
    assert client.get("/api/v1/nothing/", headers=headers).json()["code"] == "not_found"


def test_the_description_and_its_page(client, key):
    assert client.get("/api/v1/schema/").status_code == 401
    assert client.get("/api/v1/docs/").status_code == 302
    browser = sign_in(actor_of("leadership"))
    assert "/api/v1/accounts/users/" in browser.get("/api/v1/schema/").text
    page = browser.get("/api/v1/docs/")
    assert page.status_code == 200
    assert "<script>" not in page.text
    assert "//cdn" not in page.text
