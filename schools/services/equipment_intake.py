"""Bringing deliveries of equipment in, whole columns at a time."""

import zlib
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from povedu.bulk import insert_rows, reserve_ids, update_rows
from povedu.intake.applying import in_conflict
from povedu.intake.choices import RowChange
from povedu.intake.frame import Frame
from povedu.intake.kinds import Applied, Changes, Context
from schools.models import EquipmentDelivery, EquipmentItem, Project
from schools.selectors.purchases import Bought, bought_items

ItemKey = tuple[int, str, str]


def item_keys(frame: Frame, context: Context) -> list[ItemKey]:
    """Return per row (project, name, model) of its item; project 0 where it is not known."""
    known = context.lookups["project_of"]
    return [
        (known.get(number) or known.get(project) or 0, str(name)[:60], str(model or "")[:60])
        for number, project, name, model in zip(
            *(frame.column(name) for name in ("project_number", "project", "name", "model_no")),
            strict=True,
        )
    ]


def taken_by_others(known: Bought | None, schools: Collection[str]) -> int:
    """Return how many of an item schools other than these have received."""
    if known is None:
        return 0
    return sum(count for code, (_pk, count, _day) in known.received.items() if code not in schools)


def _mark(received: tuple[int, int, Any]) -> int:
    """Return what tells a delivery as it was seen from one that somebody has changed since."""
    _pk, quantity, day = received
    return zlib.crc32(f"{quantity} {day}".encode()) & 0x7FFFFFFF


def classify_equipment(frame: Frame, context: Context) -> Changes:
    """Return per row whether a delivery is new, changed or as we have it."""
    bought: dict[ItemKey, Bought] = context.lookups["bought"][""]
    said: dict[int, tuple[str, int | None, int | None]] = {}
    rows = zip(item_keys(frame, context), frame.column("school_code"), strict=True)
    for at, (key, school) in enumerate(rows):
        received = bought[key].received.get(school) if key in bought else None
        if received is None:
            said[at] = (RowChange.NEW, None, None)
            continue
        same = received[1:] == (frame.column("quantity")[at], frame.column("delivered_on")[at])
        change = RowChange.UNCHANGED if same else RowChange.CHANGED
        said[at] = (change, received[0], _mark(received))
    return said


def apply_equipment(frame: Frame, context: Context) -> Applied:
    """Enter what schools received, and the items that the purchase does not list yet.

    A later word for a school replaces the earlier one. The projects are held meanwhile; rows of
    an item that schools would have more of than was bought go back to review.
    """
    applied = Applied()
    keys = item_keys(frame, context)
    held = Project.objects.select_for_update(of=("self",)).filter(pk__in={key[0] for key in keys})
    list(held.order_by("pk").values_list("pk"))
    bought = bought_items(context.county_code)
    rows = _within_purchase(frame, keys, bought, applied)
    applied.after["items"] = _enter_items(frame, keys, rows, bought)
    schools = {code: one.pk for code, one in context.lookups["names"][""].by_code.items()}
    new: list[tuple[Any, ...]] = []
    changed: list[tuple[Any, ...]] = []
    counts, days = frame.column("quantity"), frame.column("delivered_on")
    fresh: list[int] = []
    for at in rows:
        item, school = bought[keys[at]], frame.column("school_code")[at]
        received = item.received.get(school)
        if received is None:
            fresh.append(at)
            new.append((item.pk, schools[school], counts[at], days[at]))
        elif received[1:] == (counts[at], days[at]):
            applied.unchanged += 1
        elif not in_conflict(frame, at, _mark(received), applied):
            changed.append((received[0], counts[at], days[at]))
            applied.targets[at] = (RowChange.CHANGED, received[0])
            applied.before[at] = {"quantity": received[1], "delivered_on": str(received[2])}
    ids = reserve_ids(EquipmentDelivery, len(fresh))
    for at, pk in zip(fresh, ids, strict=True):
        applied.targets[at] = (RowChange.NEW, pk)
    insert_rows(
        EquipmentDelivery,
        ("id", "item", "school", "quantity", "delivered_on"),
        ((pk, *row) for pk, row in zip(ids, new, strict=True)),
    )
    update_rows(EquipmentDelivery, ("quantity", "delivered_on"), changed)
    applied.new, applied.changed = len(new), len(changed)
    return applied


def _within_purchase(
    frame: Frame, keys: list[ItemKey], bought: dict[ItemKey, Bought], applied: Applied
) -> list[int]:
    """Return the rows to enter: one per school and item, and no item beyond what was bought."""
    schools, counts = frame.column("school_code"), frame.column("quantity")
    groups: dict[ItemKey, dict[str, int]] = defaultdict(dict)
    for at, key in enumerate(keys):
        if groups[key].setdefault(schools[at], at) != at:
            applied.conflicts.append(at)
    kept: list[int] = []
    for key, own in groups.items():
        known = bought.get(key)
        total = sum(counts[at] for at in own.values()) + taken_by_others(known, own)
        if known is not None and total > known.quantity:
            applied.conflicts.extend(own.values())
        else:
            kept.extend(own.values())
    return sorted(kept)


def _enter_items(
    frame: Frame, keys: list[ItemKey], rows: list[int], bought: dict[ItemKey, Bought]
) -> int:
    """Enter the items that the purchases lack; how many were bought is stated, or added up."""
    units, prices = frame.column("unit"), frame.column("unit_price")
    stated, counts = frame.column("bought_count"), frame.column("quantity")
    groups: dict[ItemKey, list[int]] = defaultdict(list)
    for at in rows:
        if keys[at] not in bought:
            groups[keys[at]].append(at)
    new = []
    for (key, own), pk in zip(groups.items(), reserve_ids(EquipmentItem, len(groups)), strict=True):
        most = max(stated[at] or 0 for at in own)
        quantity = max(most, sum(counts[at] for at in own))
        price = next((prices[at] for at in own if prices[at]), None)
        unit = next((units[at] for at in own if units[at]), "台")
        bought[key] = Bought(pk, quantity, price)
        new.append((pk, *key, quantity, unit[:8], price))
    insert_rows(
        EquipmentItem,
        ("id", "project", "name", "model_no", "quantity", "unit", "unit_price"),
        new,
    )
    return len(new)
