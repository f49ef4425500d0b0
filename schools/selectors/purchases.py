"""What was bought and who has received it, read in columns for a whole county."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from schools.models import EquipmentDelivery, EquipmentItem, Project


@dataclass(slots=True)
class Bought:
    """A line of a purchase: how many, at what price, and per school code what it received.

    ``received`` holds (key, quantity, day) of each delivery.
    """

    pk: int
    quantity: int
    unit_price: Decimal | None
    received: dict[str, tuple[int, int, date]] = field(default_factory=dict)


def project_names(county_code: str) -> dict[str, int]:
    """Return the county's projects by number and by name; what means several means none."""
    found: dict[str, int] = {}
    shared: set[str] = set()
    rows = Project.objects.filter(division__code__startswith=county_code).order_by("pk")
    for pk, number, name in rows.values_list("pk", "number", "name"):
        for text in {number, name} - {""}:
            if found.setdefault(text, pk) != pk:
                shared.add(text)
    return {text: pk for text, pk in found.items() if text not in shared}


def bought_items(county_code: str) -> dict[tuple[int, str, str], Bought]:
    """Return the county's equipment by project, name and model, with what schools received."""
    inside = {"project__division__code__startswith": county_code}
    rows = EquipmentItem.objects.filter(**inside).values_list(
        "pk", "project_id", "name", "model_no", "quantity", "unit_price"
    )
    items: dict[int, Bought] = {}
    found = {}
    for pk, project, name, model_no, quantity, price in rows:
        found[project, name, model_no] = items[pk] = Bought(pk, quantity, price)
    received = EquipmentDelivery.objects.filter(**{f"item__{k}": v for k, v in inside.items()})
    for pk, item, code, quantity, day in received.values_list(
        "pk", "item_id", "school__code", "quantity", "delivered_on"
    ):
        items[item].received[code] = (pk, quantity, day)
    return found
