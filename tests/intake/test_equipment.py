"""Delivery lists: schools together never receive more than was bought."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from povedu.intake.models import ImportBatch
from povedu.jobs.models import Job
from povedu.jobs.runner import execute
from schools.models import EquipmentDelivery, EquipmentItem
from tests.factories import (
    CountyCalendarFactory,
    CountyFactory,
    EquipmentDeliveryFactory,
    EquipmentItemFactory,
    ProjectFactory,
    SchoolFactory,
    actor_of,
    sign_in,
)
from tests.intake.door import bring_in
from tests.intake.makers import workbook

HEADING = [
    "序号",
    "采购项目",
    "接收学校",
    "设备名称",
    "型 号",
    "单价",
    "采购总数",
    "数量",
    "到货时间",
]


@pytest.fixture
def purchase(db: None) -> Any:
    county = CountyFactory()
    CountyCalendarFactory()
    for n, name in enumerate(("东山小学", "西山小学", "南山小学")):
        SchoolFactory(code=f"21530000{n:02d}", name=name)
    project = ProjectFactory(
        name="计算机教室设备", number="SB-01", school=None, division=county, category="equipment"
    )
    return EquipmentItemFactory(project=project, name="投影机", model_no="T1", quantity=10)


def row(school: str, item: str, count: Any, day: Any = "2016.10.8", **more: Any) -> list[Any]:
    told = {"project": "计算机教室设备", "model": "T1", "price": None, "bought": None, **more}
    money = (told["price"], told["bought"], count, day)
    return [1, told["project"], school, item, told["model"], *money]


def test_a_delivery_list_comes_in_row_by_row(purchase: Any, tmp_path: Any) -> None:
    rows = [
        ["设备配发明细表"],
        HEADING,
        row("东山小学", "投影机", 4),
        row("西山小学", "投影机", "6台", day=date(2016, 10, 9)),
        row("东山小学", "学生机", 45, model="X", price="3,200.50", bought=90),
        row("西山小学", "学生机", 45, model="X", price="3200.5", project="SB-01"),
        row("南山小学", "投影机", 1, project="没有的项目"),
        row("某某小学", "投影机", 1),
        row("东山小学", "投影机", 4),  # the first row again
        row("南山小学", "打印机", None),
        row("南山小学", "打印机", 1, day=None),
        row("南山小学", "打印机", 1, day="2099-01-01"),
        ["合计", None, None, None, None, None, None, 100],
    ]
    answer, truth, _values = bring_in(tmp_path, "equipment", rows, "--apply")
    assert truth == {
        3: ("ready", set()),
        4: ("ready", set()),
        5: ("ready", set()),
        6: ("ready", set()),
        7: ("refused", {"project-unknown"}),
        8: ("refused", {"school-unknown"}),
        9: ("refused", {"row-repeated"}),
        10: ("refused", {"value-missing"}),
        11: ("refused", {"date-missing"}),
        12: ("refused", {"date-ahead"}),
    }
    assert answer["applied"] == {"new": 4, "changed": 0, "unchanged": 0}
    computers = EquipmentItem.objects.get(name="学生机")
    assert (computers.quantity, computers.unit_price) == (90, Decimal("3200.50"))
    received = EquipmentDelivery.objects.get(item=purchase, school__name="西山小学")
    assert (received.quantity, received.delivered_on) == (6, date(2016, 10, 9))


def test_more_than_was_bought_is_refused_whole(purchase: Any, tmp_path: Any) -> None:
    EquipmentDeliveryFactory(item=purchase, school=SchoolFactory(code="2153000002"), quantity=3)
    rows = [HEADING, row("东山小学", "投影机", 4), row("西山小学", "投影机", 4)]
    _answer, truth, _values = bring_in(tmp_path, "equipment", rows)
    assert truth == {2: ("refused", {"over-quantity"}), 3: ("refused", {"over-quantity"})}
    rows[2] = row("西山小学", "投影机", 3)
    assert bring_in(tmp_path, "equipment", rows)[1] == {2: ("ready", set()), 3: ("ready", set())}


def test_a_later_word_replaces_the_earlier_one(purchase: Any, tmp_path: Any) -> None:
    first = [HEADING, row("东山小学", "投影机", 4), row("西山小学", "投影机", 6)]
    bring_in(tmp_path, "equipment", first, "--apply")
    second = [HEADING, row("东山小学", "投影机", 3), row("西山小学", "投影机", 6)]
    answer = bring_in(tmp_path, "equipment", second, "--apply")[0]
    assert answer["applied"] == {"new": 0, "changed": 1, "unchanged": 1}
    assert EquipmentDelivery.objects.get(school__name="东山小学").quantity == 3
    other = row("东山小学", "投影机", 3, bought=12, price=1)
    truth = bring_in(tmp_path, "equipment", [HEADING, other])[1]
    assert truth[2] == ("refused", {"quantity-differs", "price-differs"})


def test_the_office_sees_what_came_in_and_a_change_since_is_a_conflict(purchase: Any) -> None:
    client = sign_in(actor_of("office_staff", office="projects"))
    kept = EquipmentDeliveryFactory(
        item=purchase, school=SchoolFactory(code="2153000000"), quantity=2
    )
    content = workbook([HEADING, row("东山小学", "投影机", 4), row("西山小学", "投影机", 6)])
    file = SimpleUploadedFile("list.xlsx", content)
    assert client.post("/intake/add/equipment/", {"file": file}).status_code == 302
    execute(Job.objects.latest("created_at").pk)
    batch = ImportBatch.objects.get()
    EquipmentDelivery.objects.filter(pk=kept.pk).update(quantity=1)
    client.post(f"/intake/{batch.pk}/apply/", {})
    execute(Job.objects.latest("created_at").pk)
    batch.refresh_from_db()
    assert (batch.applied["new"], batch.applied["conflicts"]) == (1, 1)
    page = client.get("/schools/projects/deliveries/").content.decode()
    assert "西山小学" in page
    assert "投影机" in page
