"""Programs read money with the same scopes and filters as people."""

from typing import Any

import pytest
from django.test import Client

from povedu.accounts.models import Jurisdiction
from povedu.accounts.tokens import token_digest
from tests.factories import ApiTokenFactory, actor_of
from tests.subsidies.county import County


def reader(actor: Any) -> Client:
    jurisdiction = Jurisdiction.objects.get(user=actor.user_id)
    ApiTokenFactory(jurisdiction=jurisdiction, digest=token_digest(f"key-of-{actor.user_id}"))
    return Client(headers={"Authorization": f"Token key-of-{actor.user_id}"})


@pytest.mark.parametrize("name", ["awards", "payments", "batches", "notices", "gifts"])
def test_lists_filter_by_own_programmes_only(county: County, name: str) -> None:
    county.children(2)
    programme = county.programme("p", "500")
    county.granted(programme)
    county.released(programme)
    own = reader(county.maker).get(f"/api/v1/subsidies/{name}/?programme={programme.pk}")
    assert own.status_code == 200
    if name in ("awards", "payments"):
        assert len(own.json()["results"]) == 2
        assert "6217000" not in own.content.decode()
    other = reader(actor_of("office_staff", office="nutrition"))
    assert other.get(f"/api/v1/subsidies/{name}/").json()["results"] == []
    strange = other.get(f"/api/v1/subsidies/{name}/?programme={programme.pk}")
    assert strange.json()["results"] == []  # as if it were not there
