"""Monthly meal reports: persons are not person-times, and no figure enters that cannot be true."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from povedu.intake.models import ImportBatch
from povedu.jobs.models import Job
from povedu.jobs.runner import execute
from schools.models import MealReport
from tests.factories import (
    CountyCalendarFactory,
    CountyFactory,
    MealReportFactory,
    SchoolFactory,
    actor_of,
    sign_in,
)
from tests.intake.door import bring_in
from tests.intake.makers import workbook

NATIONAL = [
    *("区县名称", "学校简称", "学校类别", "是否城区学校", "有无食堂", "供餐模式(午餐/蛋奶/其他)"),
    *("全校学生数（人）", "累计投入资金（元）", "本月投入资金（元）", "本月惠及学生（人次）"),
    *("惠及实际学生（人）（非“人次”）", "供餐天数"),
]


@pytest.fixture
def schools(db: None) -> dict[str, Any]:
    CountyFactory()
    CountyCalendarFactory()
    fed = {"has_meals": True}
    return {
        name: SchoolFactory(code=f"21530000{n:02d}", name=name, **fields)
        for n, (name, fields) in enumerate(
            {
                "东山小学": {**fed, "short_name": "东小"},
                "西山小学": fed,
                "南山小学": fed,
                "北山小学": {},
                "旧村小学": {**fed, "closed_on": date(2016, 7, 1)},
                "河口小学": fed,
                "岩上小学": fed,
            }.items()
        )
    }


def national(
    school: str, *, canteen: str = "有", served: str = "午餐", **figures: Any
) -> list[Any]:
    told = {"all": 130, "total": 99_000, "money": 9600, "times": 2400, "persons": 120, "days": 20}
    told |= figures
    return ["某某县", school, "小学", "否", canteen, served, *told.values()]


def test_the_national_systems_report_comes_in_row_by_row(schools: Any, tmp_path: Any) -> None:
    rows = [
        ["2016年9月营养改善计划月报"],
        NATIONAL,
        national("东小"),
        national("西山小学", money="9,600.00", served="蛋奶"),
        national("南山小学", times=2600, money=None),  # more than 120 × 20
        national("北山小学"),  # not in the programme
        national("旧村小学"),  # closed in July
        national("某某小学"),
        national("东山小学"),  # the first row's school again
        national("河口小学", canteen="无"),
        national("岩上小学", persons=150, days=None, money=None),
        ["合计", None, None, None, None, None, None, None, 48_000],
    ]
    answer, truth, values = bring_in(
        tmp_path, "meals", rows, "--as-of", "2016-09-30", "--apply", name="月报.xlsx"
    )
    assert truth == {
        3: ("ready", set()),
        4: ("ready", set()),
        5: ("refused", {"too-many-meals"}),
        6: ("refused", {"school-without-meals"}),
        7: ("refused", {"school-closed"}),
        8: ("refused", {"school-unknown"}),
        9: ("refused", {"row-repeated"}),
        10: ("refused", {"mode-missing"}),
        11: ("warned", {"days-derived", "more-than-enrolled"}),
    }
    assert answer["applied"] == {"new": 3, "changed": 0, "unchanged": 0}
    first = MealReport.objects.get(school=schools["东山小学"])
    assert (first.month, first.mode, first.offer) == (date(2016, 9, 1), "canteen", "lunch")
    assert (first.pupils_count, first.meals_count, first.feeding_days) == (120, 2400, 20)
    assert (first.standard, first.amount) == (Decimal("4.00"), Decimal("9600.00"))
    derived = MealReport.objects.get(school=schools["岩上小学"])
    assert (derived.feeding_days, derived.amount) == (16, Decimal("9600.00"))
    assert values[3]["month"] == "2016-09"


def test_the_parts_come_in_under_the_heading_that_says_what_is_counted(
    schools: Any, tmp_path: Any
) -> None:
    times, persons = "本月惠及学生（人次）", "惠及实际学生（人）（非“人次”）"
    three = ["农村留守儿童", "非寄宿贫困学生", "免费提供"]
    rows = [
        ["学校简称", "有无食堂", times, None, None, None, persons, None, None, None, "供餐天数"],
        [None, None, "合计", *three, "合计", *three, None],
        ["东小", "有", 2400, 400, 200, 1000, 120, 20, 10, 50, 20],
        ["西山小学", "有", 2400, 2500, 0, 0, 120, 20, 10, 50, 20],
    ]
    file = workbook(rows, merges=["C1:F1", "G1:J1"])
    _answer, truth, _values = bring_in(tmp_path, "meals", file, "--as-of", "2016-09-30", "--apply")
    assert truth == {3: ("ready", set()), 4: ("refused", {"part-over-whole"})}
    first = MealReport.objects.get()
    told = (first.left_behind_meals, first.day_poor_meals, first.free_meals)
    assert (*told, first.left_behind_count, first.free_count) == (400, 200, 1000, 20, 50)
    smaller = [
        ["学校", "月份", "食堂供餐", "受益学生", "供餐人次", "供餐天数", "农村留守儿童（人）"],
        ["东山小学", "2016-09", "√", 15, 300, 20, None],
    ]
    answer, _truth, _values = bring_in(tmp_path, "meals", smaller, "--apply", name="更正.xlsx")
    assert answer["applied"]["changed"] == 0  # twenty left-behind of fifteen: back to review
    first.refresh_from_db()
    assert first.pupils_count == 120


def test_persons_are_never_taken_for_person_times(schools: Any, tmp_path: Any) -> None:
    rows = [
        ["学校", "月份", "供餐模式", "受益学生（人次）", "供餐人次", "供餐天数"],
        ["东山小学", "2016年9月", "食堂", 120, 2400, 20],
    ]
    _answer, truth, _values = bring_in(tmp_path, "meals", rows)
    assert truth[2] == ("refused", {"persons-not-times"})
    rows[0][3] = "受益学生（人）"
    assert bring_in(tmp_path, "meals", rows)[1][2] == ("ready", set())


def test_a_reported_month_is_corrected_and_one_changed_since_is_left_alone(
    schools: Any, tmp_path: Any
) -> None:
    kept = MealReportFactory(school=schools["东山小学"], pupils_count=100, meals_count=2000)
    heading = ["学校", "月份", "供餐模式", "受益学生", "供餐人次", "供餐天数", "本月资金（元）"]
    rows = [
        heading,
        ["东山小学", "201609", "食堂供餐", 120, 2400, 20, 9600],
        ["西山小学", "9月", "托餐", 50, 1000, 20, "0.4万"],
    ]
    answer, truth, _values = bring_in(tmp_path, "meals", rows, "--as-of", "2016-09-01", "--apply")
    assert {outcome for outcome, _codes in truth.values()} == {"ready"}
    assert answer["applied"] == {"new": 1, "changed": 1, "unchanged": 0}
    kept.refresh_from_db()
    assert (kept.pupils_count, kept.amount, kept.version) == (120, Decimal("9600.00"), 2)
    rows[1][3] = 121
    again = bring_in(tmp_path, "meals", rows, "--as-of", "2016-09-01", "--apply")[0]
    assert again["applied"] == {"new": 0, "changed": 1, "unchanged": 1}


def staged(client: Any, rows: list[Any], **data: Any) -> ImportBatch:
    file = SimpleUploadedFile("月报.xlsx", workbook(rows))
    response = client.post("/intake/add/meals/", {"file": file, **data})
    assert response.status_code == 302, response.content.decode()
    execute(Job.objects.latest("created_at").pk)
    return ImportBatch.objects.latest("pk")


def test_a_school_reports_its_own_month_and_no_other_schools(schools: Any) -> None:
    own = schools["东山小学"]
    client = sign_in(actor_of("school_clerk", division_prefix="530623100", school_code=own.code))
    heading = ["学校", "供餐模式", "受益学生", "供餐人次", "供餐天数"]
    rows = [heading, ["东山小学", "食堂供餐", 50, 1000, 20], ["西山小学", "食堂供餐", 50, 1000, 20]]
    batch = staged(client, rows, as_of="2016-10-08")
    assert (batch.ready_count, batch.refused_count) == (1, 1)
    client.post(f"/intake/{batch.pk}/apply/", {})
    execute(Job.objects.latest("created_at").pk)
    report = MealReport.objects.get()
    assert (report.school, report.month) == (own, date(2016, 10, 1))
    assert "2016-10" in client.get("/schools/meals/").content.decode()


def test_an_edit_since_staging_is_a_conflict(schools: Any) -> None:
    client = sign_in(actor_of("office_staff", office="nutrition"))
    kept = MealReportFactory(school=schools["东山小学"], pupils_count=100)
    heading = ["学校", "月份", "供餐模式", "受益学生", "供餐人次", "供餐天数"]
    batch = staged(client, [heading, ["东山小学", "2016-09", "食堂供餐", 50, 1000, 20]])
    MealReport.objects.filter(pk=kept.pk).update(pupils_count=90, version=2)
    client.post(f"/intake/{batch.pk}/apply/", {})
    execute(Job.objects.latest("created_at").pk)
    batch.refresh_from_db()
    assert batch.applied["conflicts"] == 1
    kept.refresh_from_db()
    assert kept.pupils_count == 90
