"""Postings and trainings of known teachers, with rows as people send them."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from povedu.intake.models import ImportBatch
from teachers.models import Posting, Training
from tests.factories import (
    CountyFactory,
    DivisionFactory,
    PostingFactory,
    SchoolFactory,
    TeacherFactory,
    TrainingFactory,
    actor_of,
    sign_in,
)
from tests.intake.makers import workbook

POSTINGS = (
    *("序号", "教师姓名", "身份证号", "教师编号", "派出学校", "受援学校", "交流形式", "任教学科"),
    *("开始时间", "结束时间", "是否全职", "文号"),
)
TRAININGS = (
    *("序号", "姓名", "单位", "培训项目", "培训级别", "培训形式", "学时", "培训时间", "主办单位"),
    "考核结果",
)


@pytest.fixture(autouse=True)
def schools(db: None) -> dict[str, Any]:
    CountyFactory()
    DivisionFactory(code="530623100000", name="东山镇")
    made = enumerate(("城关小学", "东山小学", "西山小学"), start=1)
    return {name: SchoolFactory(code=f"215300000{n}", name=name) for n, name in made}


@pytest.fixture
def staff(schools: dict[str, Any]) -> dict[str, Any]:
    """Return teachers who may rotate, and one of each who may not."""
    home = schools["城关小学"]

    def teacher(name: str, **fields: Any) -> Any:
        fields = {"school_since_on": date(2008, 9, 1), "school": home} | fields
        return TeacherFactory(name=name, **fields)

    return {
        "李梅": teacher("李梅", number="T1"),
        "王老": teacher("王老", number="T2", birth_on=date(1965, 1, 1)),
        "张新": teacher("张新", number="T3", school_since_on=date(2014, 9, 1)),
        "同名": teacher("赵同", number="T4"),
        "同名在外": teacher("赵同", number="T5", school=schools["西山小学"]),
        "走了": teacher("钱走", number="T6", left_on=date(2016, 7, 1)),
        "在外": teacher("孙外", number="T7"),
    }


def send(kind: str, path: Path, rows: list[list[Any]], *options: str) -> list[dict[str, Any]]:
    """Bring a table in; return the command's answer and the rows as dumped."""
    path.write_bytes(workbook(rows))
    out, dump = StringIO(), path.with_suffix(".jsonl")
    call_command("intake", kind, str(path), "--dump", str(dump), "--json", *options, stdout=out)
    answer = json.loads(out.getvalue())
    assert answer["error"] is None, answer
    return [answer, *(json.loads(line) for line in dump.read_text().splitlines())]


def faults(row: dict[str, Any]) -> set[str]:
    return {one["code"] for one in row["problems"] if not one["code"].startswith("fixed-")}


def listed(**cells: Any) -> list[Any]:
    """Return one row of an exchange list."""
    row = {"受援学校": "东山小学", "交流形式": "交流轮岗", "开始时间": "2016-09-01"} | cells
    assert row.keys() <= set(POSTINGS), row
    return [row.get(heading, "") for heading in POSTINGS]


def test_postings_come_in_and_the_rotation_rules_ask(staff: Any, tmp_path: Path) -> None:
    number = staff["王老"].id_number.reveal()
    answer, *rows = send(
        "postings",
        tmp_path / "a.xlsx",
        [
            ["2016年校长教师交流轮岗名册"],
            list(POSTINGS),
            listed(教师姓名="李 梅", 教师编号="T1", 结束时间="2018年8月", 任教学科="数学"),
            listed(教师姓名="王老", 身份证号=number.lower(), 结束时间="2018-09-01"),
            listed(教师姓名="张新", 结束时间="2017.7", 交流形式="定期交流"),
            listed(教师姓名="赵同", 派出学校="西山小学", 交流形式="三区支教", 结束时间="2017-7-1"),
            listed(
                教师姓名="孙外",
                教师编号="T7",
                派出学校="东山小学",
                受援学校="西山小学",
                是否全职="兼职",
            ),
            ["合计", 5],
        ],
        "--apply",
    )
    assert (answer["ready"], answer["warned"], answer["refused"]) == (2, 3, 0)
    assert [faults(row) for row in rows] == [
        *(set(), {"rotation-age"}, {"rotation-years", "rotation-short"}, set()),
        {"home-school-differs"},
    ]
    assert rows[0]["values"]["ends_on"] == "2018-09-01"  # served to the end of the month named
    made = {one.teacher.number: one for one in Posting.objects.select_related("teacher")}
    assert {number: one.kind for number, one in made.items()} == {
        **dict.fromkeys(("T1", "T2", "T3", "T7"), "exchange"),
        "T5": "support",
    }
    assert made["T1"].subject == "数学"
    assert made["T5"].home_school.name == "西山小学"
    assert (made["T7"].home_school.name, made["T7"].is_full_time) == ("城关小学", False)
    assert made["T7"].ends_on is None


def test_postings_that_cannot_be_are_sent_back(staff: Any, tmp_path: Path) -> None:
    PostingFactory(
        teacher=staff["在外"], school__name="北山小学", starts_on=date(2016, 9, 1), ends_on=None
    )
    answer, *rows = send(
        "postings",
        tmp_path / "a.xlsx",
        [
            list(POSTINGS),
            listed(教师姓名="查无", 教师编号="T99"),
            listed(教师姓名="赵同"),
            listed(教师姓名="李梅", 受援学校="城关小学"),
            listed(教师姓名="李梅", 受援学校="无名小学"),
            listed(教师姓名="李梅", 开始时间=""),
            listed(教师姓名="李梅", 结束时间="2016-09-01"),
            listed(教师姓名="钱走"),
            listed(教师姓名="孙外"),
            listed(教师姓名="张新", 交流形式="支教", 结束时间="2018-09-01"),
            listed(教师姓名="张新", 交流形式="支教", 结束时间="2018-09-01"),
            listed(教师姓名="张新", 交流形式="支教", 受援学校="西山小学", 开始时间="2018-08-01"),
            listed(教师姓名="张新", 交流形式="支教", 受援学校="西山小学", 开始时间="2018-09-01"),
            listed(教师姓名="", 教师编号="T1"),
        ],
        "--apply",
    )
    assert [faults(row) for row in rows] == [
        *({"teacher-unknown"}, {"teacher-unknown"}, {"posting-at-home"}, {"school-unknown"}),
        *({"date-missing"}, {"ends-before-start"}, {"teacher-left"}, {"posting-overlap"}),
        *(set(), {"row-repeated"}, {"posting-overlap"}, set()),
        {"name-missing", "teacher-name-differs"},
    ]
    assert (answer["ready"], answer["refused"]) == (2, 11)
    assert answer["applied"] == {"new": 2, "changed": 0, "unchanged": 0}
    assert Posting.objects.filter(teacher=staff["张新"]).count() == 2
    assert Posting.objects.filter(teacher=staff["在外"]).count() == 1


def test_a_list_sent_again_changes_what_it_says_otherwise(staff: Any, tmp_path: Path) -> None:
    first = listed(教师姓名="李梅", 结束时间="2018-09-01", 文号="教人〔2016〕1号")
    send("postings", tmp_path / "a.xlsx", [list(POSTINGS), first], "--apply")
    again = listed(教师姓名="李梅", 结束时间="2017-09-01")
    back = listed(
        教师姓名="李梅", 受援学校="西山小学", 开始时间="2017-09-01", 结束时间="2019-09-01"
    )
    answer, *_rows = send("postings", tmp_path / "b.xlsx", [list(POSTINGS), again, back])
    assert ImportBatch.objects.latest("pk").preview == {"changed": 1, "new": 1}
    assert answer["applied"] is None
    answer, *_rows = send("postings", tmp_path / "b.xlsx", [list(POSTINGS), again, back], "--apply")
    assert answer["applied"] == {"new": 1, "changed": 1, "unchanged": 0}
    earlier, later = Posting.objects.order_by("starts_on")
    assert (earlier.ends_on, earlier.document) == (date(2017, 9, 1), "教人〔2016〕1号")
    assert (earlier.version, later.starts_on) == (2, date(2017, 9, 1))


def test_trainings_come_in_with_periods_hours_and_levels(staff: Any, tmp_path: Path) -> None:
    TrainingFactory(teacher=staff["张新"], name="班主任培训", starts_on=date(2016, 3, 1), hours=8)
    table = [
        ["教师培训台账"],
        list(TRAININGS),
        [
            1,
            "李梅",
            "城关小学",
            "国培计划",
            "国培",
            "集中培训",
            "72学时",
            "2016年10月10日至10月24日",
            "",
            "合格",
        ],
        [
            2,
            "王老",
            "城关小学",
            "国培计划",
            "国家级",
            "线上",
            72,
            "2016.10.10-2016.10.24",
            "某大学",
            "√",
        ],
        [3, "张新", "城关小学", "班主任培训", "县级", "", 16, "2016-3-1", "", ""],
        [4, "李梅", "城关小学", "校本研修", "校本培训", "", 0, "2016-04-01", "", ""],
        [5, "李梅", "城关小学", "", "县级", "", 8, "2016-04-01", "", ""],
        [6, "王老", "城关小学", "国培计划", "国培", "", 72, "2016.10.10-2016.10.24", "", ""],
        [7, "李梅", "城关小学", "普通话培训", "乡级", "", 8, "2016年4月", "", "优秀"],
        ["合计", "", "", "", "", "", 176, "", "", ""],
    ]
    answer, *rows = send("trainings", tmp_path / "a.xlsx", table, "--apply")
    assert [faults(row) for row in rows] == [
        *(set(), set(), set(), {"value-unknown"}, {"value-missing"}, {"row-repeated"}),
        {"value-unknown"},
    ]
    assert (answer["ready"], answer["warned"], answer["refused"]) == (3, 2, 2)
    assert answer["applied"] == {"new": 4, "changed": 1, "unchanged": 0}
    one = Training.objects.get(teacher=staff["李梅"], name="国培计划")
    assert (one.hours, one.starts_on, one.ends_on) == (72, date(2016, 10, 10), date(2016, 10, 24))
    assert Training.objects.get(name="校本研修").hours is None
    one = Training.objects.get(teacher=staff["王老"])
    assert (one.level, one.form, one.organiser) == ("national", "online", "某大学")
    assert (one.starts_on, one.ends_on) == (date(2016, 10, 10), date(2016, 10, 24))
    assert (one.hours, one.has_passed) == (72, True)
    assert Training.objects.get(teacher=staff["张新"]).hours == 16
    assert Training.objects.get(name="普通话培训").level == "county"


def test_who_may_see_trainings_sees_their_own(staff: Any, schools: Any) -> None:
    TrainingFactory(teacher=staff["李梅"], name="国培计划")
    TrainingFactory(teacher=staff["同名在外"], name="省培计划")
    personnel = sign_in(actor_of("office_staff", office="personnel"))
    page = personnel.get("/teachers/trainings/").content.decode()
    assert "国培计划" in page
    assert "省培计划" in page
    found = personnel.post("/teachers/trainings/", {"do": "search", "q": "省培"}, follow=True)
    assert "国培计划" not in found.content.decode()
    assert "省培计划" in found.content.decode()
    clerk = sign_in(
        actor_of("school_clerk", division_prefix="530623100", school_code=schools["城关小学"].code)
    )
    page = clerk.get("/teachers/trainings/").content.decode()
    assert "国培计划" in page
    assert "省培计划" not in page
    tab = personnel.get(f"{staff['李梅'].get_absolute_url()}?tab=trainings").content.decode()
    assert "国培计划" in tab
