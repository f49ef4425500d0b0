"""Lists of gifts: each gift once, to a pupil we know, posted when it has been handed over."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from povedu.intake.models import ImportBatch
from povedu.jobs.models import Job
from povedu.jobs.runner import execute
from povedu.ledger.models import LedgerEntry
from subsidies.models import Donor, Gift
from tests.factories import CountyCalendarFactory, DonorFactory, ProgrammeFactory, sign_in
from tests.factories.values import id_number, name_of
from tests.intake.door import bring_in
from tests.intake.makers import workbook
from tests.subsidies.county import County

HEADING = [
    *(
        "捐赠单位",
        "受助学生姓名",
        "身份证号码",
        "捐赠时间",
        "捐赠金额（元）",
        "物品名称",
        "领取日期",
    ),
]


def row(n: int, donor: str = "某某慈善基金会", **cells: Any) -> list[Any]:
    told = {"name": name_of(n), "id": id_number(n), "given": "2016.10.1", "amount": 1000}
    told |= {"item": "", "settled": "2016年10月8日"}
    return [donor, *{**told, **cells}.values()]


def test_a_list_of_gifts_comes_in_row_by_row(county: County, tmp_path: Any) -> None:
    county.children(3)
    [homeless] = county.children(1)
    type(homeless).objects.filter(pk=homeless.pk).update(school=None)
    ProgrammeFactory(county=county.division, code="gift", kind="gift", cadence="once")
    rows = [
        ["2016年社会捐资助学登记表"],
        HEADING,
        row(0),
        row(0, amount="0.2万"),
        row(1, "张先生", item="棉衣", amount="150.50", settled=""),
        row(0),  # the first gift again
        row(9),
        row(1, name="别人"),
        row(3),
        row(2, amount=""),
        row(2, "", amount=10),
        row(2, given="", settled=""),
        row(2, given="2099-1-1"),
        ["合计", "", "", "", 5000],
    ]
    answer, truth, _values = bring_in(tmp_path, "gifts", rows, "--apply")
    assert truth == {
        3: ("ready", set()),
        4: ("ready", set()),
        5: ("ready", set()),
        6: ("refused", {"row-repeated"}),
        7: ("refused", {"recipient-unknown"}),
        8: ("refused", {"recipient-differs"}),
        9: ("refused", {"recipient-without-school"}),
        10: ("refused", {"value-not-stated"}),
        11: ("refused", {"donor-missing"}),
        12: ("refused", {"date-missing"}),
        13: ("refused", {"date-ahead"}),
    }
    assert answer["applied"] == {"new": 3, "changed": 0, "unchanged": 0}
    kinds = dict(Donor.objects.values_list("name", "kind"))
    assert kinds == {"某某慈善基金会": "foundation", "张先生": "person"}
    in_kind = Gift.objects.get(item="棉衣")
    assert (in_kind.amount, in_kind.settled_on) == (Decimal("150.50"), None)
    posted = LedgerEntry.objects.filter(subject__startswith="gift:", amount__gt=0)
    assert sum(entry.amount for entry in posted) == Decimal(3000)


def test_a_gift_handed_over_later_is_settled_once(county: County, tmp_path: Any) -> None:
    county.children(1)
    ProgrammeFactory(county=county.division, code="gift", kind="gift", cadence="once")
    DonorFactory(county=county.division, name="张先生", kind="person")
    waiting = row(0, "张先生", settled="")
    bring_in(tmp_path, "gifts", [HEADING, waiting], "--apply")
    assert not LedgerEntry.objects.exists()
    handed = row(0, "张先生")
    answer = bring_in(tmp_path, "gifts", [HEADING, handed], "--apply")[0]
    assert answer["applied"] == {"new": 0, "changed": 1, "unchanged": 0}
    gift = Gift.objects.get()
    assert gift.settled_on == date(2016, 10, 8)
    assert LedgerEntry.objects.count() == 2
    again = bring_in(tmp_path, "gifts", [["再报"], HEADING, handed], "--apply")[0]
    assert again["applied"] == {"new": 0, "changed": 0, "unchanged": 1}
    assert LedgerEntry.objects.count() == 2


def test_without_a_gift_programme_or_with_several_the_row_must_say(
    county: County, tmp_path: Any
) -> None:
    county.children(1)
    assert bring_in(tmp_path, "gifts", [HEADING, row(0)])[1][2] == (
        "refused",
        {"gift-programme-unknown"},
    )
    for name in ("爱心助学", "圆梦行动"):
        ProgrammeFactory(county=county.division, name=name, kind="gift", cadence="once")
    assert bring_in(tmp_path, "gifts", [HEADING, row(0)])[1][2][0] == "refused"
    named = [[*HEADING, "捐助项目"], [*row(0), "圆梦行动"]]
    assert bring_in(tmp_path, "gifts", named)[1][2] == ("ready", set())


def test_a_second_person_brings_gifts_in_and_the_list_shows_them(county: County) -> None:
    CountyCalendarFactory()
    county.children(1)
    ProgrammeFactory(county=county.division, code="gift", kind="gift", cadence="once")
    maker, checker = sign_in(county.maker), sign_in(county.checker)
    file = SimpleUploadedFile("gifts.xlsx", workbook([HEADING, row(0, "张先生")]))
    assert maker.post("/intake/add/gifts/", {"file": file}).status_code == 302
    execute(Job.objects.latest("created_at").pk)
    batch = ImportBatch.objects.get()
    assert maker.post(f"/intake/{batch.pk}/apply/", {}).status_code == 400
    checker.post(f"/intake/{batch.pk}/apply/", {})
    execute(Job.objects.latest("created_at").pk)
    assert "张先生" in maker.get("/subsidies/gifts/").content.decode()
