"""Writing equipment: what was bought and which school received how many."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.errors import Refusal
from povedu.scope import Actor
from schools.models import EquipmentDelivery, EquipmentItem, Project, School
from schools.rules import projects as rules
from schools.rules.life import check_not_future, check_open
from schools.services.rows import locked, require_place, require_school, write_row


@dataclass(frozen=True, slots=True)
class ItemDetails:
    """A line of a purchase; ``part_of`` makes it an “of which” line, which adds nothing."""

    name: str
    quantity: int
    model_no: str = ""
    unit: str = ""
    unit_price: Decimal | None = None
    part_of: EquipmentItem | None = None

    def values(self) -> dict[str, Any]:
        """Return the fields by name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def add_item(
    *, project: Project, details: ItemDetails, actor: Actor, now: datetime
) -> EquipmentItem:
    """Enter a line of a purchase."""
    with transaction.atomic():
        row = _held(project, actor)
        _check_item(row, details)
        item = EquipmentItem.objects.create(project=row, **details.values())
        _audit("equipment.add", item, actor, now, {"quantity": ["", item.quantity]})
    return item


def edit_item(
    *, item: EquipmentItem, details: ItemDetails, actor: Actor, now: datetime
) -> EquipmentItem:
    """Change a line; never below what has been delivered or what its parts add up to."""
    with transaction.atomic():
        project = _held(item.project, actor)
        row = locked(item)
        _check_item(project, details, except_for=row)
        delivered = row.deliveries.aggregate(sum=Sum("quantity"))["sum"] or 0
        parts = row.parts.aggregate(sum=Sum("quantity"))["sum"] or 0
        if details.quantity < max(delivered, parts):
            raise Refusal(
                "quantity-below-used",
                _("数量不能少于已配发数 %(delivered)s 或“其中”各项合计 %(parts)s。")
                % {"delivered": delivered, "parts": parts},
                field="quantity",
            )
        changes = write_row(row, details.values())
        if changes:
            _audit("equipment.edit", row, actor, now, changes)
    return row


def deliver(
    *,
    item: EquipmentItem,
    school: School,
    quantity: int,
    delivered_on: date,
    actor: Actor,
    now: datetime,
) -> EquipmentDelivery:
    """Say how many of an item a school received; a second word for a school replaces the first.

    Together the schools never receive more than was bought; the item's row is held meanwhile.
    """
    with transaction.atomic():
        _held(item.project, actor)
        row = locked(item)
        require_school(actor, school)
        check_open(school.closed_on)
        check_not_future(delivered_on, timezone.localtime(now).date(), field="delivered_on")
        others = row.deliveries.exclude(school=school).aggregate(sum=Sum("quantity"))["sum"] or 0
        rules.check_delivery(quantity=row.quantity, delivered=others, adding=quantity)
        before = row.deliveries.filter(school=school).values_list("quantity", flat=True).first()
        delivery, _made = EquipmentDelivery.objects.update_or_create(
            item=row,
            school=school,
            defaults={"quantity": quantity, "delivered_on": delivered_on},
        )
        _audit("equipment.deliver", row, actor, now, {school.code: [before or 0, quantity]})
    return delivery


def _held(project: Project, actor: Actor) -> Project:
    row = locked(project)
    require_place(actor, division=row.division, school=row.school)
    return row


def _check_item(
    project: Project, details: ItemDetails, *, except_for: EquipmentItem | None = None
) -> None:
    siblings = EquipmentItem.objects.filter(project=project)
    if except_for is not None:
        siblings = siblings.exclude(pk=except_for.pk)
    if siblings.filter(name=details.name, model_no=details.model_no).exists():
        raise Refusal("item-twice", _("该项目已有同名同规格的设备。请核对。"), field="name")
    whole = details.part_of
    if whole is None:
        return
    own = except_for is not None and whole.pk == except_for.pk
    if whole.project_id != project.pk or whole.part_of_id is not None or own:
        raise Refusal(
            "part-of-other", _("“其中”只能归于本项目的一级品目。请重新选择。"), field="part_of"
        )
    parts = siblings.filter(part_of=whole).aggregate(sum=Sum("quantity"))["sum"] or 0
    rules.check_part(quantity=details.quantity, parts=parts, of=whole.quantity)


def _audit(
    verb: str, item: EquipmentItem, actor: Actor, now: datetime, changes: dict[str, list[Any]]
) -> None:
    project = item.project
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=item,
        changes=changes,
        place=(project.division_id, project.school.code if project.school else ""),
    )
