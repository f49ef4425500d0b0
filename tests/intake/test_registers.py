"""Registers of civil affairs, the disabled persons' federation, the police and upper offices."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from povedu.intake.kinds import kind_of
from povedu.intake.models import ImportBatch
from povedu.intake.template import template_file
from students.models import HardshipStatus, PlacedChild, RegisterEntry, Student
from tests.factories import (
    CountyFactory,
    DivisionFactory,
    EnrolmentFactory,
    SchoolFactory,
    StudentFactory,
    actor_of,
    sign_in,
)
from tests.factories.values import id_number
from tests.intake.makers import workbook, wrong_check

AS_OF = "2016-06-30"
KINDS = (
    *("poverty-register", "civil-affairs-register", "disability-register", "residents"),
    "locked-list",
)
MOTHER = id_number(1, birth_on=date(1982, 3, 2), sex="F")


@pytest.fixture(autouse=True)
def county(db: None) -> Any:
    CountyFactory()
    DivisionFactory(code="530623100000", name="东山镇")
    return SchoolFactory(code="2153000001", name="东山小学")


def command(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command(*arguments, "--json", stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def send(kind: str, path: Path, content: bytes, *options: str) -> list[dict[str, Any]]:
    """Bring a file in; return the command's answer and the rows as dumped."""
    path.write_bytes(content)
    dump = path.with_suffix(".jsonl")
    answer = command(
        *("intake", kind, str(path), "--as-of", AS_OF, "--apply", "--dump", str(dump), *options)
    )
    assert answer["error"] is None, answer
    return [answer, *(json.loads(line) for line in dump.read_text().splitlines())]


def codes(row: dict[str, Any]) -> set[str]:
    return {one["code"] for one in row["problems"]}


def pupil(n: int, name: str, **fields: Any) -> Student:
    """Enter a confirmed child of the n-th number who studies in the term."""
    student: Student = StudentFactory(n=n, name=name, school__code="2153000001", **fields)
    EnrolmentFactory(student=student)
    return student


def relief_list(*rows: list[Any]) -> bytes:
    """Return a village's list of heads under headings of two merged rows."""
    return workbook(
        [
            ["东山村农村低保资金发放名册"],
            [
                "序号",
                "户主姓名",
                "身份证号码",
                "低保证号",
                "保障人数",
                "",
                "领取金额",
                "",
                "领款人\n签字(章)",
            ],
            ["", "", "", "", "合计", "A类", "合计", "A类", ""],
            *rows,
            ["合计", "", "", "", len(rows)],
        ],
        merges=["A1:I1", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:F2", "G2:H2", "I2:I3"],
    )


def test_members_are_covered_through_the_head_of_a_relief_list(tmp_path: Path) -> None:
    child, cousin = pupil(20, "王小一"), pupil(21, "周小一")
    number = child.id_number.reveal()
    send(
        "poverty-register",
        tmp_path / "poor.xlsx",
        workbook(
            [
                ["户编号", "姓名", "证件号码", "与户主关系"],
                ["H1", "李芳", MOTHER, "户主"],
                ["H1", "王小一", number, "之子"],
                ["H2", "周小一", cousin.id_number.reveal(), "之子"],
            ]
        ),
    )
    answer, head, damaged = send(
        "civil-affairs-register",
        tmp_path / "东山村低保.xlsx",
        relief_list(
            [1, "李 芳", MOTHER.lower(), "5306230001", 3, 3, 540, 540, ""],
            [2, "周大", float(id_number(21)[:17] + "0"), "5306230002", 2, 2, 360, 360, ""],
        ),
    )
    assert answer["sheets"][0]["header_rows"] == [2, 3]
    assert (answer["ready"], answer["warned"], answer["refused"]) == (1, 1, 0)
    assert (head["values"]["name"], head["values"]["members_count"]) == ("李芳", 3)
    assert head["values"]["certificate_no"] == "5306230001"
    assert codes(damaged) == {"id-digits-lost"}
    assert all(
        one.is_household
        for one in RegisterEntry.objects.filter(snapshot__kind="civil-affairs-register")
    )
    command("reconcile", "--term", "2016-1")
    relief = HardshipStatus.objects.filter(source="civil-affairs-register")
    assert [(one.student, one.category) for one in relief] == [(child, "rural_low")]
    assert relief[0].entry is not None
    assert relief[0].entry.name == "李芳"


def test_a_relief_list_of_persons_covers_only_them(tmp_path: Path) -> None:
    listed, brother = pupil(20, "王小一"), pupil(21, "王小二")
    rows = [
        ["H1", "李芳", MOTHER, "户主"],
        ["H1", "王小一", listed.id_number.reveal(), "之子"],
        ["H1", "王小二", brother.id_number.reveal(), "之子"],
    ]
    poor = workbook([["户编号", "姓名", "证件号码", "与户主关系"], *rows])
    send("poverty-register", tmp_path / "poor.xlsx", poor)
    relief = [["户主姓名", "保障对象姓名", "身份证号", "低保证号", "起始保障年月", "救助类别"]]
    relief += [["李芳", "王小一", listed.id_number.reveal(), "5306230001", "201401", "农村低保"]]
    send("civil-affairs-register", tmp_path / "relief.xlsx", workbook(relief))
    command("reconcile", "--term", "2016-1")
    covered = HardshipStatus.objects.filter(source="civil-affairs-register")
    assert [one.student for one in covered] == [listed]


@pytest.mark.parametrize(
    ("sheet", "file", "category"),
    [
        ("城市低保", "民政名册.xlsx", "urban_low"),
        ("Sheet1", "特困供养.xlsx", "destitute"),
        ("低保边缘家庭", "农村低保.xlsx", "low_margin"),
        ("Sheet1", "名册.xlsx", "rural_low"),
    ],
)
def test_a_relief_list_without_categories_is_named_by_its_sheet_or_file(
    sheet: str, file: str, category: str, tmp_path: Path
) -> None:
    rows = [["户主姓名", "户主身份证号"], ["李芳", MOTHER]]
    send("civil-affairs-register", tmp_path / file, workbook(rows, title=sheet))
    assert RegisterEntry.objects.get().category == category


def test_certificates_tell_who_kind_and_grade(tmp_path: Path) -> None:
    limb, deaf, gone, odd, lost, short = (id_number(n) for n in range(30, 36))
    child = pupil(30, "张小一")
    ended = pupil(32, "张小三")
    content = workbook(
        [
            ["某县持证残疾人名册"],
            [
                "姓名",
                "残疾人证号",
                "残疾类别",
                "残疾等级",
                "发证日期",
                "有效期至",
                "证件状态",
                "监护人",
            ],
            ["张小一", f" {limb}42 ", "肢体残疾", "2级", "2014-05-06", "", "有效", "张三"],
            ["张小二", f"{deaf}21B1", "", "", "", "2020-01-01", "", ""],
            ["张小三", f"{gone}51", "智力", "一级", "", "2015-12-31", "", ""],
            ["张小四", f"{odd}43", "视力", "四级", "2001-01-01", "", "", ""],
            ["张小五", f"{wrong_check(lost)}43", "肢体", "三级", "", "", "", ""],
            ["张小六", float(f"{short}43".replace("X", "1")), "肢体", "三级", "", "", "", ""],
        ]
    )
    answer, *rows = send("disability-register", tmp_path / "cards.xlsx", content)
    assert (answer["ready"], answer["warned"], answer["refused"]) == (2, 4, 0)
    assert [row["values"]["id_number"] for row in rows[:4]] == [limb, deaf, gone, odd]
    assert [codes(row) - {"fixed-alias", "fixed-space"} for row in rows] == [
        {"fixed-from-certificate"},
        {"fixed-from-certificate"},
        {"fixed-from-certificate", "certificate-expired"},
        {"fixed-from-certificate", "certificate-mismatch", "certificate-expired"},
        {"id-missing", "id-checksum"},
        {"id-missing", "id-digits-lost"},
    ]
    entries = RegisterEntry.objects.order_by("row_number")
    assert [one.certificate_grade for one in entries] == [
        *("肢体二级", "听力一级", "智力一级", "视力四级", "肢体三级", "肢体三级"),
    ]
    assert [one.category for one in entries] == [
        *("disabled", "disabled", "", "", "disabled", "disabled"),
    ]
    assert all(limb not in one.household_no + one.person_no for one in entries)
    command("reconcile", "--term", "2016-1")
    found = HardshipStatus.objects.get()
    assert (found.student, found.category, found.as_stated) == (child, "disabled", "肢体二级")
    assert not ended.hardships.exists()


def test_a_certificate_that_contradicts_the_number_beside_it_is_asked_about(
    tmp_path: Path,
) -> None:
    own, other = id_number(40), id_number(41)
    content = workbook(
        [
            ["姓名", "身份证号", "残疾证号"],
            ["张小一", own, f"{other}42"],
            ["李小一", "", f"{own}42"],
        ]
    )
    answer, row, repeat = send("disability-register", tmp_path / "cards.xlsx", content)
    assert answer["warned"] == 0  # one number for two names: neither goes in
    assert answer["refused"] == 2
    assert codes(row) == {"certificate-mismatch", "id-duplicate-in-file"}
    assert repeat["values"]["id_number"] == own


def test_the_household_list_says_who_has_gone(tmp_path: Path) -> None:
    here, gone, dead, back, later = (id_number(n) for n in range(50, 55))
    pupil(55, "在校生")
    absent = StudentFactory(n=51, name="陈二", school__code="2153000001")
    content = workbook(
        [
            [
                "户号",
                "姓名",
                "身份证号码",
                "与户主关系",
                "户籍地址",
                "人员状态",
                "迁入日期",
                "迁出日期",
                "死亡日期",
            ],
            ["0001", "陈一", here, "长子", "东山镇东山村 8 号", "正常", "", "", ""],
            ["0001", "陈二", gone, "次子", "东山镇东山村 8 号", "", "", "2015年3月1日", ""],
            ["0002", "陈三", dead, "女", "", "死亡", "", "", "20160105"],
            ["0002", "陈四", back, "女", "", "", "2016-02-01", "2014-02-01", ""],
            ["0003", "陈五", later, "孙", "", "", "", "2017-01-01", ""],
            ["0003", "陈六", "", "户主", "", "", "", "1900.13.1", ""],
        ]
    )
    answer, *rows = send("residents", tmp_path / "police.xlsx", content)
    assert (answer["ready"], answer["warned"], answer["refused"]) == (5, 1, 0)
    assert codes(rows[5]) == {"id-missing", "date-unreadable"}
    assert rows[0]["values"]["relation"] == "之子"
    entries = RegisterEntry.objects.order_by("row_number")
    assert [one.place for one in entries] == ["", "moved_away", "deceased", "", "", ""]
    assert {one.category for one in entries} == {""}
    assert json.loads(entries[0].extra.reveal())["address"] == "东山镇东山村 8 号"
    result = command("reconcile", "--term", "2016-1")
    places = result["partition"]
    assert (places["moved_away"], places["deceased"], places["suspected"]) == (1, 1, 3)
    assert places["here"] == 1
    assert sum(places.values()) == 6
    placed = PlacedChild.objects.get(place="moved_away")
    assert placed.student == absent
    # Nobody looks for the dead, nor asks where they study.
    assert result["findings"]["not-on-roster"] == 4
    assert not HardshipStatus.objects.exists()


def test_a_person_whom_one_register_has_as_dead_is_dead_in_all(tmp_path: Path) -> None:
    number = id_number(60)
    people = [["户编号", "姓名", "证件号码", "在校生状况"], ["H1", "陈一", number, "小学"]]
    send("poverty-register", tmp_path / "poor.xlsx", workbook(people))
    first = command("reconcile", "--term", "2016-1")
    assert first["partition"]["suspected"] == 1
    first["findings"].pop("register-logic")  # a household of one, and no head
    assert first["findings"] == {"not-on-roster": 1}
    dead = [["户号", "姓名", "身份证号", "死亡日期"], ["1", "陈一", number, "2016-01-05"]]
    send("residents", tmp_path / "police.xlsx", workbook(dead))
    second = command("reconcile", "--term", "2016-1")
    assert second["partition"]["deceased"] == 1
    assert second["partition"]["suspected"] == 0
    second["findings"].pop("register-logic")
    assert second["findings"] == {}


def test_a_locked_list_says_who_was_a_target_on_its_day(tmp_path: Path) -> None:
    child, other = pupil(70, "孙小一"), pupil(71, "孙小二")
    content = workbook(
        [
            ["国办锁定目标任务名单"],
            ["序号", "姓名", "身份证号", "乡镇", "就读学校", "学段", "监护人", "文号"],
            [
                1,
                "孙小一",
                child.id_number.reveal(),
                "东山镇",
                "东山小学",
                "小学",
                "孙三",
                "云教〔2016〕1号",
            ],
            [2, "孙小二", wrong_check(other.id_number.reveal()), "东山镇", "", "", "", ""],
            [3, "", id_number(72), "东山镇", "", "", "", ""],
        ]
    )
    answer, first, *_rest = send("locked-list", tmp_path / "locked.xlsx", content)
    assert (answer["ready"], answer["warned"], answer["refused"]) == (1, 1, 1)
    assert first["values"]["school"] == "东山小学"
    again = send(
        "locked-list",
        tmp_path / "again.csv",
        b"\xef\xbb\xbf"
        + "\n".join(
            [
                "姓名,身份证号",
                f"孙小一,{child.id_number.reveal()}",
                f"孙小三,{id_number(73)}",
            ]
        ).encode(),
    )
    assert again[0]["applied"] == {"new": 1, "changed": 0, "unchanged": 1}
    command("reconcile", "--term", "2016-1")
    found = HardshipStatus.objects.get()
    assert (found.student, found.source, found.category) == (
        *(child, "locked-list", "registered_poor"),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_register_says_which_rows_it_has_already(kind: str, tmp_path: Path) -> None:
    """Classifying counts as new exactly what applying then writes."""
    file = [["姓名", "身份证号"], ["孙小一", id_number(80)], ["孙小二", id_number(81)]]
    (tmp_path / "a.xlsx").write_bytes(workbook(file))
    common = ("intake", kind, str(tmp_path / "a.xlsx"), "--as-of", AS_OF)
    assert command(*common, "--apply")["applied"] == {"new": 2, "changed": 0, "unchanged": 0}
    (tmp_path / "b.xlsx").write_bytes(workbook([*file, ["孙小三", id_number(82)]]))
    command("intake", kind, str(tmp_path / "b.xlsx"), "--as-of", AS_OF)
    assert ImportBatch.objects.latest("pk").preview == {"new": 1, "unchanged": 2}


@pytest.mark.parametrize("kind", [*KINDS, "postings", "trainings", "dropouts"])
def test_a_template_of_its_own_is_read_back_without_a_question(kind: str, tmp_path: Path) -> None:
    (tmp_path / "empty.xlsx").write_bytes(template_file(kind_of(kind)).content)
    answer = command("intake", kind, str(tmp_path / "empty.xlsx"), "--as-of", AS_OF)
    assert answer["error"] is None
    described = next(one for one in answer["sheets"] if one["header_rows"])
    assert [one for one in described["mapping"] if one["field"] is None] == []


def test_what_came_in_is_listed_and_found(tmp_path: Path) -> None:
    content = workbook(
        [
            ["姓名", "残疾人证号", "死亡日期"],
            ["张小一", f"{id_number(90)}42", ""],
            ["李小二", f"{id_number(91)}31", ""],
        ]
    )
    send("disability-register", tmp_path / "cards.xlsx", content)
    browser = sign_in(actor_of("office_staff", office="aid"))
    assert (
        "残联名册" in browser.get("/students/registers/?kind=disability-register").content.decode()
    )
    snapshot = RegisterEntry.objects.get(name="张小一").snapshot
    address = f"/students/registers/{snapshot.pk}/"
    found = browser.post(address, {"do": "search", "q": id_number(90)}, follow=True)
    shown = found.content.decode()
    assert "张小一" in shown
    assert "李小二" not in shown
    assert id_number(90) not in shown
    clerk = sign_in(actor_of("school_clerk", division_prefix="530623100", school_code="2153000001"))
    assert clerk.get(address).status_code in (403, 404)
