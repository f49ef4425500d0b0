"""The dropout ledgers: cases from messy files, attempts that are only ever added, who sees them."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from povedu.accounts.models import User
from povedu.accounts.selectors import operator
from povedu.audit.models import AuditEntry
from povedu.intake.models import ImportBatch
from povedu.intake.services.undo import undo_batch
from students.models import DropoutCase, DropoutVisit
from tests.factories import (
    CountyFactory,
    DivisionFactory,
    DropoutCaseFactory,
    DropoutVisitFactory,
    SchoolFactory,
    StudentFactory,
    actor_of,
    sign_in,
)
from tests.factories.values import MOMENT, id_number
from tests.intake.makers import workbook, wrong_check

HEADINGS = (
    *(
        "序号",
        "姓名",
        "性别",
        "身份证号",
        "学籍号",
        "户籍乡镇",
        "户籍地",
        "监护人",
        "电话",
        "原学校",
    ),
    *("年级", "目前状态", "辍学时间", "辍学原因", "帮扶教师", "村干部", "历次劝返情况", "去向"),
    *("复学学校", "复学时间", "安置方式", "销号时间", "销号依据", "出生日期"),
)


@pytest.fixture(autouse=True)
def school(db: None) -> Any:
    CountyFactory()
    town = DivisionFactory(code="530623100000", name="东山镇")
    other = DivisionFactory(code="530623200000", name="西山镇")
    SchoolFactory(code="2153000002", name="西山中学", division=other)
    return SchoolFactory(code="2153000001", name="东山中学", division=town)


def row(n: int, name: str, **cells: Any) -> list[Any]:
    """Return the n-th child's row."""
    values = {"序号": n, "姓名": name, "身份证号": id_number(n), "原学校": "东山中学"} | cells
    assert values.keys() <= set(HEADINGS), values
    return [values.get(heading, "") for heading in HEADINGS]


def send(
    path: Path, rows: list[list[Any]], *options: str, title: str = "台账"
) -> list[dict[str, Any]]:
    """Bring a ledger in; return the command's answer and the rows as dumped."""
    path.write_bytes(workbook([["控辍保学台账"], list(HEADINGS), *rows], title=title))
    out, dump = StringIO(), path.with_suffix(".jsonl")
    arguments = ["dropouts", str(path), "--dump", str(dump), "--json", *options]
    call_command("intake", *arguments, stdout=out)
    answer = json.loads(out.getvalue())
    assert answer["error"] is None, answer
    return [answer, *(json.loads(line) for line in dump.read_text().splitlines())]


def faults(line: dict[str, Any]) -> set[str]:
    return {one["code"] for one in line["problems"] if not one["code"].startswith("fixed-")}


def test_a_ledger_opens_cases_and_says_what_is_wrong(school: Any, tmp_path: Path) -> None:
    known = StudentFactory(n=1, name="张小一", school=school)
    answer, *lines = send(
        tmp_path / "a.xlsx",
        [
            row(
                1, "张 小一", 目前状态="疑似辍学", 户籍乡镇="东山镇", 帮扶教师="李梅", 村干部="王五"
            ),
            row(2, "张小二", 目前状态="失学", 辍学时间="2016年9月5日", 辍学原因="厌学，外出打工"),
            row(3, "张小三", 目前状态="劝学中", 身份证号=wrong_check(id_number(3))),
            row(4, "张小四", 目前状态="在校就读"),
            row(5, "张小五", 目前状态="已销号"),
            row(6, "张小六", 销号时间="2016-10-01"),
            row(7, "张小七", 复学时间="20161008", 复学学校="西山中学", 安置方式="返校就读"),
            row(8, "张小八", 目前状态="天晓得", 原学校="外县中学", 辍学时间="2016.9"),
            row(9, "", 目前状态="辍学"),
            row(2, "张小二", 目前状态="失学"),
            ["合计", 10],
        ],
        "--apply",
    )
    assert [faults(line) for line in lines] == [
        *(set(), set(), {"id-checksum"}, set(), {"closed-without-day"}),
        *({"closed-without-evidence"}, set(), {"value-unknown", "school-unknown"}),
        *({"name-missing"}, {"id-duplicate-in-file"}),
    ]
    assert (answer["ready"], answer["warned"], answer["refused"]) == (4, 3, 3)
    assert answer["applied"] == {"new": 6, "changed": 0, "unchanged": 1}
    cases = {case.name: case for case in DropoutCase.objects.all()}
    assert {name: case.state for name, case in cases.items()} == {
        "张小一": "suspected",
        "张小二": "dropped_out",
        "张小三": "suspected",
        "张小六": "closed",
        "张小七": "returned",
        "张小八": "dropped_out",
    }
    first = cases["张小一"]
    assert (first.student, first.division_id, first.school) == (known, "530623100000", school)
    assert (first.teacher_name, first.cadre_name) == ("李梅", "王五")
    assert (cases["张小二"].reason, cases["张小二"].found_on) == ("weary", date(2016, 9, 5))
    assert cases["张小三"].id_index == ""
    assert (cases["张小八"].school, cases["张小八"].school_as_stated) == (None, "外县中学")


@pytest.mark.parametrize(
    ("title", "state"),
    [("疑似辍学学生台账", "suspected"), ("辍学学生台账", "dropped_out"), ("适龄儿童台账", None)],
)
def test_the_sheet_says_which_ledger_it_is(title: str, state: str | None, tmp_path: Path) -> None:
    send(tmp_path / "a.xlsx", [row(1, "张小一")], "--apply", title=title)
    assert [case.state for case in DropoutCase.objects.all()] == ([state] if state else [])


def test_attempts_are_added_and_never_twice(tmp_path: Path) -> None:
    told = "第一次：2016-09-12 电话联系，家长称生病\n第二次：2016年9月20日 上门家访，同意返校"
    first = row(1, "张小一", 目前状态="辍学", 历次劝返情况=told)
    send(tmp_path / "a.xlsx", [first], "--apply")
    assert [(one.visited_on, one.way) for one in DropoutVisit.objects.order_by("pk")] == [
        *((date(2016, 9, 12), "phone"), (date(2016, 9, 20), "home")),
    ]
    more = f"{told}；2016.10.8 已返校"
    back = row(1, "张小一", 目前状态="已返校", 历次劝返情况=more, 复学时间="2016-10-08")
    answer, *_lines = send(tmp_path / "b.xlsx", [back], "--apply")
    assert answer["applied"] == {"new": 0, "changed": 1, "unchanged": 0}
    case = DropoutCase.objects.get()
    assert (case.state, case.version, case.visits.count()) == ("returned", 2, 3)
    closed = row(1, "张小一", 历次劝返情况=more, 销号时间="2016-12-01", 销号依据="学籍截图")
    send(tmp_path / "c.xlsx", [closed], "--apply")
    answer, *_lines = send(tmp_path / "d.xlsx", [closed, []], "--apply")
    assert DropoutCase.objects.get().state == "closed"
    assert DropoutVisit.objects.count() == 3
    again = row(1, "张小一", 目前状态="疑似辍学")
    answer, *_lines = send(tmp_path / "e.xlsx", [again], "--apply")
    assert answer["applied"]["new"] == 1
    assert sorted(case.state for case in DropoutCase.objects.all()) == ["closed", "suspected"]


@pytest.mark.parametrize(("born", "cases"), [(True, 1), (False, 2)])
def test_a_number_that_comes_later_joins_the_case_of_the_same_birth_date(
    born: bool,  # a parameter of the test
    cases: int,
    tmp_path: Path,
) -> None:
    number = id_number(1)
    birth = f"{number[6:10]}-{number[10:12]}-{number[12:14]}" if born else ""
    bare = row(1, "张小一", 身份证号="", 出生日期=birth, 目前状态="疑似辍学")
    send(tmp_path / "a.xlsx", [bare], "--apply")
    answer, *_lines = send(tmp_path / "b.xlsx", [row(1, "张小一", 目前状态="辍学")], "--apply")
    assert answer["applied"]["new"] == cases - 1
    assert DropoutCase.objects.count() == cases
    case = DropoutCase.objects.exclude(id_index="").get()
    assert (case.id_number.reveal(), case.state) == (number, "dropped_out")


def test_what_somebody_recorded_stays_as_it_was(school: Any) -> None:
    visit = DropoutVisitFactory(case__school=school)
    for change in (
        lambda: DropoutVisit.objects.filter(pk=visit.pk).update(result="另一种说法"),
        lambda: DropoutVisit.objects.filter(pk=visit.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    visit.refresh_from_db()
    assert visit.result == "Will think about it"
    brought = DropoutVisitFactory(case=visit.case, import_batch_id=7)
    assert DropoutVisit.objects.filter(pk=brought.pk).delete()[0] == 1


def test_everybody_sees_and_visits_their_own_children(school: Any) -> None:
    ours = DropoutCaseFactory(name="张小一", school=school, state="dropped_out")
    theirs = DropoutCaseFactory(
        name="李小二", school__code="2153000002", division_id="530623200000"
    )
    home_here = DropoutCaseFactory(
        name="王小三", school__code="2153000002", division_id="530623100000"
    )
    bureau = sign_in(actor_of("office_staff", office="basic"))
    township = sign_in(actor_of("township_officer", division_prefix="530623100"))
    clerk = sign_in(actor_of("school_clerk", division_prefix="530623100", school_code="2153000001"))
    for browser, seen in (
        (bureau, {"张小一", "李小二", "王小三"}),
        (township, {"张小一", "王小三"}),
        (clerk, {"张小一"}),
    ):
        page = browser.get("/students/dropouts/").content.decode()
        assert {one for one in ("张小一", "李小二", "王小三") if one in page} == seen
    assert clerk.get(theirs.get_absolute_url()).status_code == 404
    assert township.get(home_here.get_absolute_url()).status_code == 200
    filtered = bureau.get("/students/dropouts/?state=dropped_out").content.decode()
    assert "张小一" in filtered
    assert "李小二" not in filtered
    form = {"visited_on": "2016-09-21", "people": "李梅", "way": "home", "result": "同意返校"}
    address = f"/students/dropouts/{ours.pk}/visit/"
    assert clerk.get(address).status_code == 200
    assert clerk.post(address, form).status_code == 302
    assert "同意返校" in clerk.get(ours.get_absolute_url()).content.decode()
    assert AuditEntry.objects.filter(verb="dropout.visit").count() == 1
    assert clerk.post(address, form | {"visited_on": "2999-01-01"}).status_code == 400
    assert clerk.post(f"/students/dropouts/{theirs.pk}/visit/", form).status_code == 404
    assert DropoutVisit.objects.count() == 1
    DropoutCase.objects.filter(pk=ours.pk).update(state="closed", closed_on=date(2016, 12, 1))
    assert clerk.post(address, form).status_code == 400
    assert DropoutVisit.objects.count() == 1


def test_a_case_is_closed_on_evidence_by_township_or_bureau(school: Any) -> None:
    case = DropoutCaseFactory(name="张小一", school=school, state="dropped_out")
    clerk = sign_in(actor_of("school_clerk", division_prefix="530623100", school_code="2153000001"))
    township = sign_in(actor_of("township_officer", division_prefix="530623100"))
    address = f"/students/dropouts/{case.pk}"
    back = {"returned_on": "2016-10-08", "returned_school": "东山中学", "form_version": "1"}
    assert clerk.post(f"{address}/return/", back).status_code == 403
    assert township.get(f"{address}/return/").status_code == 200
    assert township.post(f"{address}/return/", back).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.returned_on, case.version) == ("returned", date(2016, 10, 8), 2)
    closing = {"closed_on": "2016-12-01", "closed_evidence": "学籍截图", "form_version": "2"}
    assert township.post(f"{address}/close/", closing | {"form_version": "1"}).status_code == 409
    assert township.post(f"{address}/close/", closing | {"closed_evidence": ""}).status_code == 400
    early = closing | {"closed_on": "2016-01-01"}
    assert township.post(f"{address}/close/", early).status_code == 400
    case.refresh_from_db()
    assert case.state == "returned"
    assert township.post(f"{address}/close/", closing).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.closed_evidence, case.version) == ("closed", "学籍截图", 3)
    assert township.post(f"{address}/return/", back | {"form_version": "3"}).status_code == 400
    verbs = AuditEntry.objects.filter(subject_type="students.dropoutcase").values_list("verb")
    assert {verb for (verb,) in verbs} == {"dropout.return", "dropout.close"}


def test_a_school_brings_in_only_its_own(school: Any, tmp_path: Path) -> None:
    actor = actor_of("school_clerk", division_prefix="530623100", school_code="2153000001")
    username = User.objects.get(pk=actor.user_id).username
    answer, own, other = send(
        tmp_path / "a.xlsx",
        [row(1, "张小一", 目前状态="辍学"), row(2, "李小二", 目前状态="辍学", 原学校="西山中学")],
        *("--actor", username, "--school", "2153000001", "--apply"),
    )
    assert (faults(own), faults(other)) == (set(), {"out-of-reach"})
    assert [case.name for case in DropoutCase.objects.all()] == ["张小一"]
    assert answer["applied"]["new"] == 1


def test_a_ledger_can_be_taken_back(school: Any, tmp_path: Path) -> None:
    kept = DropoutCaseFactory(n=1, name="张小一", school=school)
    send(
        tmp_path / "a.xlsx",
        [
            row(1, "张小一", 目前状态="辍学", 历次劝返情况="2016-09-12 电话联系"),
            row(2, "张小二", 目前状态="辍学", 历次劝返情况="2016-09-13 上门家访"),
        ],
        "--apply",
    )
    assert DropoutVisit.objects.count() == 2
    undo_batch(batch=ImportBatch.objects.get(), actor=operator(), now=MOMENT)
    assert [(case.pk, case.state) for case in DropoutCase.objects.all()] == [(kept.pk, "suspected")]
    assert not DropoutVisit.objects.exists()
