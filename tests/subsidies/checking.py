"""What tests of doubts, back-pay and recovery share: a look at the county, a page, a payment."""

from typing import Any

from django.urls import reverse

from subsidies.models import (
    Payment,
)
from subsidies.services.matrix import compute_matrix
from tests.factories import (
    actor_of,
    sign_in,
)
from tests.subsidies.county import AUTUMN, SHANGHAI_NOON, County

POOR = {"categories": ["registered_poor"]}


NOW = SHANGHAI_NOON


def look(county: County, now: Any = NOW) -> None:
    compute_matrix(county=county.division, term=AUTUMN, actor=county.maker, now=now)


def settled(county: County, code: str = "p", **more: Any) -> Payment:
    programme = county.programme(code, "500", standard=POOR, **more)
    county.granted(programme)
    county.paid(programme)
    return Payment.objects.filter(batch__programme=programme).order_by("pk")[0]


def browser(role: str = "office_staff") -> Any:
    client = sign_in(actor_of(role, office="aid"))
    session = client.session
    session["term"] = AUTUMN.code
    session.save()
    return client


def bulk(client: Any, name: str, action: str) -> str:
    url = reverse(f"subsidies:{name}")
    chosen = {"do": f"bulk-{action}", "all": "1"}
    asked = client.post(url, chosen)
    assert asked.status_code == 200, asked.content.decode()[:300]
    done = client.post(
        url, {**chosen, "confirmed": "1", "form_token": name.ljust(32, "0")}, follow=True
    )
    assert done.status_code == 200
    return str(done.content.decode())
