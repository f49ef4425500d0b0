"""Deliveries of equipment to schools (设备配发表), each to a line of a purchase."""

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext_lazy as _

from povedu.intake.amounts import AmountColumn
from povedu.intake.dates import DateWidget
from povedu.intake.frame import Frame
from povedu.intake.kinds import Column, Context, IntakeKind, LedgerResource, register
from povedu.intake.problems import Meaning, Outcome, declare
from povedu.intake.widgets import LedgerWidget, Lookups, LookupWidget, NumberWidget
from schools.imports.settling import school_lookups, settle_schools
from schools.selectors.purchases import Bought, bought_items, project_names
from schools.services.equipment_intake import (
    ItemKey,
    apply_equipment,
    classify_equipment,
    item_keys,
    taken_by_others,
)

declare(
    {
        "project-unknown": Meaning(
            _("没有这个项目，或有多个项目同名"),
            _("请写项目编号或项目全称；还没有登记的，请先登记或导入建设项目。"),
            Outcome.REFUSED,
        ),
        "over-quantity": Meaning(
            _("各校配发数合计超过采购数量"), _("请核对配发数或采购数量。"), Outcome.REFUSED
        ),
        "quantity-differs": Meaning(
            _("与已登记的采购数量不一致"), _("请核对；采购数量有变的，请先在设备明细中更正。")
        ),
        "price-differs": Meaning(_("与已登记的单价不一致"), _("请核对；导入不改动已登记的单价。")),
    }
)
_COUNT = NumberWidget(whole=True)


class EquipmentResource(LedgerResource):
    """The columns of a delivery list."""

    project_number = Column(
        None,
        _("项目编号"),
        aliases=("采购编号", "采购项目编号", "项目代码"),
        widget=LedgerWidget(identifier=True),
        example="2016-SB-001",
    )
    project = Column(
        "item__project__name",
        _("项目名称"),
        aliases=("采购项目", "采购项目名称", "项目", "设备项目"),
        example="2016年计算机教室设备",
    )
    school = Column(
        "school__name",
        _("学校"),
        aliases=("学校名称", "接收学校", "配发学校", "配备学校", "使用单位", "接收单位", "校名"),
        widget=LookupWidget("school", code="school-unknown"),
        required=True,
        key=True,
        example="东山镇中心小学",
    )
    school_code = Column(
        "school__code",
        _("学校标识码"),
        aliases=("学校代码",),
        widget=LookupWidget("school_code", code="school-unknown"),
    )
    name = Column(
        "item__name",
        _("品名"),
        aliases=("设备名称", "物品名称", "货物名称", "名称", "设备", "产品名称"),
        required=True,
        key=True,
        example="学生计算机",
    )
    model_no = Column(
        "item__model_no",
        _("规格型号"),
        aliases=("型号", "规格", "型号规格", "品牌型号"),
        widget=LedgerWidget(identifier=True),
    )
    unit = Column("item__unit", _("单位"), aliases=("计量单位",), example="台")
    unit_price = AmountColumn("item__unit_price", _("单价（元）"), aliases=("单价",))
    bought_count = Column(
        "item__quantity",
        _("采购数量"),
        aliases=("采购总数", "总数量", "中标数量", "合同数量"),
        widget=_COUNT,
        hint=_("全县采购总数；不填的，新设备按表中配发数合计"),
    )
    quantity = Column(
        "quantity",
        _("配发数量"),
        aliases=("数量", "配备数量", "发放数量", "到货数量", "接收数量", "台数", "套数"),
        widget=_COUNT,
        required=True,
        example="45",
    )
    delivered_on = Column(
        "delivered_on",
        _("到货日期"),
        aliases=("配发日期", "交付日期", "接收日期", "发放日期", "验收日期", "到货时间"),
        widget=DateWidget(),
        required=True,
        example="2016-10-08",
    )


def _prepare(context: Context) -> Lookups:
    return {
        **school_lookups(context),
        "project_of": project_names(context.county_code),
        "bought": {"": bought_items(context.county_code)},
    }


def _check(frame: Frame, context: Context) -> None:
    """Settle school and project; refuse repeats and what exceeds the purchase."""
    settle_schools(frame, context)
    today = context.today
    keys = item_keys(frame, context)
    bought: dict[ItemKey, Bought] = context.lookups["bought"][""]
    seen: dict[tuple[Any, ...], int] = {}
    for at, (key, school) in enumerate(zip(keys, frame.column("school_code"), strict=True)):
        _check_row(frame, at, key, today)
        if frame.outcome(at) is Outcome.REFUSED:
            continue
        if seen.setdefault((key, school), at) != at:
            frame.note(at, "row-repeated", "name", new=frame.places[seen[key, school]][1] + 1)
            continue
        known = bought.get(key)
        if known is not None:
            _compare(frame, at, known)
    _check_totals(frame, keys, bought)


def _check_row(frame: Frame, at: int, key: ItemKey, today: Any) -> None:
    project, name, _model = key
    if not project:
        frame.note(at, "project-unknown", "project" if frame.has("project") else "project_number")
    if not name:
        frame.note(at, "name-missing", "name")
    if not frame.column("quantity")[at] or frame.column("quantity")[at] < 0:
        frame.note_fault(at, "value-missing", "quantity")
        frame.refuse(at)
    day = frame.column("delivered_on")[at]
    if day is None:
        frame.note_fault(at, "date-missing", "delivered_on")
        frame.refuse(at)
    elif day > today:
        frame.note(at, "date-ahead", "delivered_on")


def _compare(frame: Frame, at: int, known: Bought) -> None:
    stated, price = frame.column("bought_count")[at], frame.column("unit_price")[at]
    if stated is not None and stated != known.quantity:
        frame.note(at, "quantity-differs", "bought_count", stated, known.quantity)
        frame.refuse(at)
    if price is not None and known.unit_price is not None and price != known.unit_price:
        frame.note(at, "price-differs", "unit_price", price, known.unit_price)


def _check_totals(frame: Frame, keys: list[ItemKey], bought: dict[ItemKey, Bought]) -> None:
    """Refuse every row of an item that the schools together would have more of than was bought."""
    groups: dict[ItemKey, list[int]] = defaultdict(list)
    for at, key in enumerate(keys):
        if frame.outcome(at) is not Outcome.REFUSED:
            groups[key].append(at)
    quantities, stated = frame.column("quantity"), frame.column("bought_count")
    for key, rows in groups.items():
        known = bought.get(key)
        limit = known.quantity if known else max((stated[at] or 0 for at in rows), default=0)
        own = sum(quantities[at] for at in rows)
        total = own + taken_by_others(known, {frame.column("school_code")[at] for at in rows})
        if limit and total > limit:
            for at in rows:
                frame.note(at, "over-quantity", "quantity", total, limit)


EQUIPMENT = register(
    IntakeKind(
        code="equipment",
        title=_("设备配发表"),
        unit=_("条"),
        subject="schools.EquipmentDelivery",
        resource=EquipmentResource,
        action="intake.equipment.upload",
        apply_action="intake.equipment.apply",
        must=("school", "name", "quantity"),
        order=70,
        description=_("各校收到的设备；项目须已登记，新的品名会按表登记为设备明细。"),
        prepare=_prepare,
        check=_check,
        classify=classify_equipment,
        apply=apply_equipment,
    )
)
