"""The walk-through: a messy roster in, good rows applied, the rest back in the clerk's own file."""

import json
from importlib import import_module
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest
from django.apps import apps
from django.core.management import call_command

from povedu.audit.models import AuditEntry
from povedu.intake.answer import TOKEN_HEADING
from povedu.intake.models import ImportBatch
from povedu.jobs.models import Job
from povedu.jobs.runner import execute
from povedu.protected import IdNumber, blind_index
from schools.models import PupilCount
from students.models import Enrolment, PayeeAccount, Student
from students.rules.identity import read_identity
from tests.factories import (
    CountyCalendarFactory,
    CountyFactory,
    SchoolFactory,
    StudentFactory,
    actor_of,
    sign_in,
)
from tests.factories.values import id_number
from tests.intake.makers import HEADINGS, child_row, sample_roster, workbook, wrong_check

SCHOOL = "2153000001"


@pytest.fixture
def school(db: None) -> Any:
    CountyFactory()
    CountyCalendarFactory()
    return SchoolFactory(code=SCHOOL, name="东山小学")


def run(path: Any, *options: str, kind: str = "roster") -> tuple[dict[str, Any], int]:
    out = StringIO()
    code = 0
    try:
        call_command("intake", kind, str(path), *options, "--json", stdout=out)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return json.loads(out.getvalue()), code


def roster(path: Any, *options: str) -> dict[str, Any]:
    result, code = run(path, "--school", SCHOOL, "--term", "2016-1", *options)
    assert code == 0, result
    return result


def test_the_command_does_what_the_walk_through_says(school: Any, tmp_path: Any) -> None:
    file = tmp_path / "名册.xlsx"
    file.write_bytes(sample_roster())
    dump, answer = tmp_path / "rows.jsonl", tmp_path / "answer.xlsx"
    result = roster(file, "--apply", "--dump", str(dump), "--answer", str(answer))
    assert (result["rows"], result["ready"], result["warned"], result["refused"]) == (16, 10, 3, 3)
    assert result["sheets"][0]["header_rows"] == [2]
    assert result["applied"] == {"new": 13, "changed": 0, "unchanged": 0}
    assert [(one["row"], one["why"]) for one in result["skipped"]] == [
        (19, "total"),
        (20, "signature"),
    ]
    assert Student.objects.filter(identity_confirmed=True).count() == 10
    unconfirmed = Student.objects.filter(identity_confirmed=False)
    assert {one.name for one in unconfirmed} == {"李大一", "李大二", "李大三"}
    assert all(one.id_index == "" and not one.id_number for one in unconfirmed)
    assert Enrolment.objects.filter(term="2016-1", school=school).count() == 13
    assert sum(PupilCount.objects.values_list("pupils_count", flat=True)) == 13
    rows = [json.loads(line) for line in dump.read_text().splitlines()]
    codes = {row["row"]: {one["code"] for one in row["problems"]} for row in rows}
    assert codes[13] == {"id-checksum", "fixed-alias"}
    assert codes[14] == {"id-digits-lost", "fixed-alias"}
    assert codes[15] == {"id-length", "fixed-alias"}
    assert "name-missing" in codes[16]
    assert "name-missing" in codes[17]
    assert "id-duplicate-in-file" in codes[18]
    assert rows[0]["values"]["id_number"] == id_number(0)
    assert rows[0]["values"]["grade"] == 3
    assert rows[0]["values"]["is_boarder"] is True
    check_answer(answer.read_bytes())
    assert AuditEntry.objects.filter(verb="intake.dump").exists()


def check_answer(content: bytes) -> None:
    sheet = openpyxl.load_workbook(BytesIO(content)).active
    assert sheet["A1"].value == "某某小学2016年秋季学期学生花名册"  # the clerk's own file
    assert sheet["M2"].value == "处理意见"
    assert sheet["N2"].value == TOKEN_HEADING
    assert sheet["M3"].value is None
    for row in (13, 14, 15):
        assert sheet.cell(row, 13).value.startswith("已收，请核对：")
        assert sheet.cell(row, 4).fill.start_color.rgb == "FFFFC7CE"
        assert sheet.cell(row, 4).comment is not None
    for row in (16, 17, 18):
        assert sheet.cell(row, 13).value.startswith("退回：")


def test_a_number_is_found_alike_whether_brought_in_or_typed(school: Any, tmp_path: Any) -> None:
    file = tmp_path / "r.xlsx"
    file.write_bytes(sample_roster())
    roster(file, "--apply")
    children = Student.objects.exclude(stated_index="")
    assert children.filter(identity_confirmed=False).exists()
    for child in children:
        typed = read_identity(child.stated_id_number.reveal())
        assert child.stated_index == typed.stated_index
        if typed.number:
            assert (child.id_index, child.first_15_index) == (typed.id_index, typed.first_15_index)


def test_children_typed_in_by_an_earlier_version_are_indexed_as_imports_are(school: Any) -> None:
    damaged = wrong_check(id_number(2))
    stated = {id_number(0): {}, id_number(1): {}, damaged: {"provisional": True}}
    children = [
        StudentFactory(
            school=school,
            stated_id_number=IdNumber(number),
            first_15_index=blind_index(word, number[:15]),
            **more,
        )
        for (number, more), word in zip(stated.items(), ("id15", "id-15", "id15"), strict=True)
    ]
    for child, number in zip(children[:2], stated, strict=False):
        Student.objects.filter(pk=child.pk).update(id_number=IdNumber(number))
    bare = StudentFactory(school=school, first_15_index="")
    import_module("students.migrations.0015_first_15_alike").index_alike(apps, None)
    for child, number in zip(children, stated, strict=True):
        child.refresh_from_db()
        assert child.first_15_index == read_identity(number).first_15_index
    bare.refresh_from_db()
    assert bare.first_15_index == ""


def test_the_same_file_again_is_recognised(school: Any, tmp_path: Any) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(sample_roster())
    roster(file, "--apply")
    before = Student.objects.count()
    again = roster(file, "--apply")
    assert again["already_applied"] is True
    assert again["applied"] is None
    assert Student.objects.count() == before


def test_a_corrected_row_of_the_answer_confirms_the_child_it_entered(
    school: Any, tmp_path: Any
) -> None:
    file, answer = tmp_path / "a.xlsx", tmp_path / "answer.xlsx"
    file.write_bytes(sample_roster())
    roster(file, "--apply", "--answer", str(answer))
    book = openpyxl.load_workbook(answer)
    sheet = book.active
    sheet.cell(13, 4).value = id_number(20)
    for row in range(20, 2, -1):
        if row != 13:
            sheet.delete_rows(row)
    book.save(answer)
    result = roster(answer, "--apply", "--supplement")
    assert result["applied"] == {"new": 0, "changed": 1, "unchanged": 0}
    child = Student.objects.get(name="李大一")
    assert child.identity_confirmed
    assert child.id_number.reveal() == id_number(20)


def test_rows_of_two_sheets_come_back_each_to_its_own_child(school: Any, tmp_path: Any) -> None:
    file, answer = tmp_path / "a.xlsx", tmp_path / "answer.xlsx"
    book = openpyxl.Workbook()
    for n, name in enumerate(("张一", "张二")):
        sheet = book.create_sheet(f"{n + 1}班")
        sheet.append(list(HEADINGS))
        sheet.append(child_row(n, name, "53062320"))
    book.remove(book.worksheets[0])
    book.save(file)
    roster(file, "--apply", "--answer", str(answer))
    book = openpyxl.load_workbook(answer)
    for n, sheet in enumerate(book.worksheets):
        sheet.cell(2, 4).value = id_number(n)
    book.save(answer)
    result = roster(answer, "--apply", "--supplement")
    assert result["applied"] == {"new": 0, "changed": 2, "unchanged": 0}
    found = {one.name: one.id_number.reveal() for one in Student.objects.all()}
    assert found == {"张一": id_number(0), "张二": id_number(1)}


def test_known_children_are_updated_and_nobody_is_removed(school: Any, tmp_path: Any) -> None:
    known = StudentFactory(number=id_number(3), name="王小四", school=school, grade=2)
    absent = StudentFactory(number=id_number(77), school=school)
    file = tmp_path / "a.xlsx"
    file.write_bytes(workbook([HEADINGS, child_row(3, "王小四"), child_row(4, "王小五")]))
    result = roster(file, "--apply")
    assert result["applied"] == {"new": 1, "changed": 1, "unchanged": 0}
    known.refresh_from_db()
    assert (known.grade, known.version) == (3, 2)
    assert Student.objects.filter(pk=absent.pk).exists()
    second = tmp_path / "b.xlsx"
    second.write_bytes(
        workbook([["名册"], HEADINGS, child_row(3, "王小四"), child_row(4, "王小五")])
    )
    assert roster(second, "--apply")["applied"] == {"new": 0, "changed": 0, "unchanged": 2}


def test_a_card_on_a_roster_waits_for_approval(school: Any, tmp_path: Any) -> None:
    file = tmp_path / "a.xlsx"
    rows = [["姓名", "身份证号", "年级", "银行卡号"]]
    rows += [["王小一", id_number(1), "3", "6217790000000000012"]]
    rows += [["王小二", id_number(2), "3", 6217790000000000012.0]]
    file.write_bytes(workbook(rows))
    result = roster(file, "--apply")
    assert (result["ready"], result["warned"]) == (1, 1)
    account = PayeeAccount.objects.get()
    assert (account.state, account.approved_by) == ("pending", None)


def test_a_valid_student_number_repairs_a_bad_id(school: Any, tmp_path: Any) -> None:
    file = tmp_path / "a.xlsx"
    row = child_row(5, "王小六", wrong_check(id_number(5)), 学籍号="G" + id_number(5))
    file.write_bytes(workbook([HEADINGS, row]))
    dump = tmp_path / "d.jsonl"
    result = roster(file, "--apply", "--dump", str(dump))
    assert result["ready"] == 1
    problems = json.loads(dump.read_text())["problems"]
    assert "fixed-from-student-no" in {one["code"] for one in problems}
    assert Student.objects.get().identity_confirmed


def test_one_number_on_two_people_refuses_both(school: Any, tmp_path: Any) -> None:
    file = tmp_path / "a.xlsx"
    rows = [HEADINGS, child_row(1, "王小一"), child_row(1, "赵大大"), child_row(2, "王小二")]
    file.write_bytes(workbook(rows))
    result = roster(file)
    assert (result["ready"], result["refused"]) == (1, 2)


def test_another_schools_rows_are_refused(school: Any, tmp_path: Any) -> None:
    SchoolFactory(code="2153000002", name="西山小学")
    file = tmp_path / "a.xlsx"
    rows = [["学校", "姓名", "身份证号", "年级"]]
    rows += [["东山小学", "王小一", id_number(1), "3"], ["西山小学", "王小二", id_number(2), "3"]]
    file.write_bytes(workbook(rows))
    result = roster(file)
    assert (result["ready"], result["refused"]) == (1, 1)


def test_errors_are_one_json_object_and_exit_two(school: Any, tmp_path: Any) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    result, code = run(file, "--school", SCHOOL, "--term", "2016-1")
    assert (code, result["error"]["code"]) == (2, "not-a-table")
    result, code = run(file, kind="unheard-of")
    assert (code, result["error"]["code"]) == (2, "kind-unknown")
    result, code = run(file, "--school", "9")
    assert (code, result["error"]["code"]) == (2, "school-unknown")


# --- in the browser -------------------------------------------------------------------------------


def upload(client: Any, content: bytes, **data: Any) -> ImportBatch:
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("名册.xlsx", content)
    response = client.post("/intake/add/roster/", {"file": file, "term": "2016-1", **data})
    assert response.status_code == 302, response.content.decode()
    execute(Job.objects.latest("created_at").pk)
    return ImportBatch.objects.latest("pk")


def test_a_clerk_brings_the_own_roster_in(school: Any) -> None:
    clerk = actor_of("school_clerk", division_prefix="530623100", school_code=SCHOOL)
    client = sign_in(clerk)
    assert client.get("/intake/kinds/").status_code == 200
    batch = upload(client, sample_roster())
    assert batch.state == "staged"
    page = client.get(f"/intake/{batch.pk}/").content.decode()
    assert "将新增 13 人，更新 0 人，3 行退回；不会删除任何人。" in page
    rows = client.get(f"/intake/{batch.pk}/rows/?outcome=refused")
    assert rows.content.decode().count("退回") >= 3
    nameless = batch.rows.get(number=16)
    fixed = client.post(f"/intake/{batch.pk}/rows/{nameless.pk}/", {"name": "赵小明"})
    assert fixed.status_code == 302
    nameless.refresh_from_db()
    assert nameless.outcome == "ready"
    batch.refresh_from_db()
    assert (batch.ready_count, batch.refused_count) == (11, 2)
    applied = client.post(f"/intake/{batch.pk}/apply/", {})
    assert applied.status_code == 302
    execute(Job.objects.latest("created_at").pk)
    batch.refresh_from_db()
    assert batch.state == "applied"
    assert batch.applied["new"] == 14
    answer = client.post(f"/intake/{batch.pk}/answer/", {})
    assert answer["Content-Disposition"].startswith("attachment")
    assert openpyxl.load_workbook(BytesIO(answer.content)).active["M2"].value == "处理意见"


def test_a_stranger_sees_nothing(school: Any) -> None:
    clerk = actor_of("school_clerk", division_prefix="530623100", school_code=SCHOOL)
    batch = upload(sign_in(clerk), sample_roster())
    SchoolFactory(code="2153000002")
    other = sign_in(actor_of("school_clerk", division_prefix="530623100", school_code="2153000002"))
    for address in ("", "rows/", "apply/", "answer/", "headings/", "withdraw/"):
        assert other.get(f"/intake/{batch.pk}/{address}").status_code == 404
    assert other.post(f"/intake/{batch.pk}/apply/", {}).status_code == 404


def test_an_unknown_heading_is_asked_once_and_remembered(school: Any) -> None:
    clerk = actor_of("school_clerk", division_prefix="530623100", school_code=SCHOOL)
    client = sign_in(clerk)
    rows = [["姓名", "身份证号", "年级", "娃儿班"], ["王小一", id_number(1), "3", "2班"]]
    batch = upload(client, workbook(rows))
    assert batch.sheets[0]["mapping"][3]["field"] is None
    page = client.get(f"/intake/{batch.pk}/headings/").content.decode()
    assert "娃儿班" in page
    given = {"s0-A": "name", "s0-B": "id_number", "s0-C": "grade", "s0-D": "class_name"}
    assert client.post(f"/intake/{batch.pk}/headings/", given).status_code == 302
    batch.refresh_from_db()
    assert batch.sheets[0]["mapping"][3]["field"] == "class_name"
    again = upload(client, workbook([["x"], *rows]))
    assert again.sheets[0]["mapping"][3]["field"] == "class_name"


def test_repairs_are_declined_per_rule(school: Any) -> None:
    clerk = actor_of("school_clerk", division_prefix="530623100", school_code=SCHOOL)
    client = sign_in(clerk)
    rows = [HEADINGS, child_row(1, "王 一"), child_row(2, "王小二", 住校="是", 年级="3")]
    batch = upload(client, workbook(rows))
    assert batch.ready_count == 2
    page = client.get(f"/intake/{batch.pk}/repairs/fixed-space/")
    assert page.status_code == 200
    assert client.post(f"/intake/{batch.pk}/repairs/fixed-space/", {}).status_code == 302
    batch.refresh_from_db()
    assert (batch.ready_count, batch.refused_count) == (1, 1)


def test_an_edit_since_staging_is_a_conflict(school: Any) -> None:
    clerk = actor_of("school_clerk", division_prefix="530623100", school_code=SCHOOL)
    client = sign_in(clerk)
    known = StudentFactory(number=id_number(3), name="王小四", school=school, grade=2)
    batch = upload(client, workbook([HEADINGS, child_row(3, "王小四"), child_row(4, "王小五")]))
    Student.objects.filter(pk=known.pk).update(grade=4, version=2)
    client.post(f"/intake/{batch.pk}/apply/", {})
    execute(Job.objects.latest("created_at").pk)
    batch.refresh_from_db()
    assert batch.applied["conflicts"] == 1
    known.refresh_from_db()
    assert known.grade == 4


def test_every_kind_has_a_template_that_intake_understands(school: Any, tmp_path: Any) -> None:
    from povedu.intake.header import Vocabulary, find_heading
    from povedu.intake.kinds import all_kinds
    from povedu.intake.reader import read_file
    from povedu.intake.template import template_file

    for kind in all_kinds():
        sheet = read_file(template_file(kind).content).sheets[0]
        heading = find_heading(sheet, Vocabulary(kind, {}))
        assert heading is not None, kind.code
        wanted = {name for name, column in kind.columns.items() if column.in_template}
        assert heading.fields().keys() == wanted, kind.code


def test_a_damaged_number_proposes_the_student_it_is_likely_to_be(
    school: Any, tmp_path: Any
) -> None:
    StudentFactory(number=id_number(3), name="王小四", school=school, grade=3)
    StudentFactory(number=id_number(4), name="王小五", school=school, grade=3)
    file, dump = tmp_path / "a.xlsx", tmp_path / "d.jsonl"
    rounded = float(id_number(3))
    rows = [
        child_row(3, "王小四", rounded),
        child_row(3, "王小四", f"{rounded:.5E}", 班级="2班"),
        child_row(4, "王小六", float(id_number(4))),  # another name
        child_row(5, "王小五", float(id_number(5))),  # another number
    ]
    file.write_bytes(workbook([HEADINGS, *rows]))
    roster(file, "--dump", str(dump))
    said = [json.loads(line) for line in dump.read_text().splitlines()]
    likely = [
        one["to"]
        for row in said
        for one in row["problems"]
        if (one["code"], one["column"]) == ("id-digits-lost", "id_number")
    ]
    assert likely == [id_number(3), id_number(3), "", ""]
    assert all(row["values"]["id_number"] != id_number(3) for row in said)
    sentence = next(one["message"] for one in said[0]["problems"] if one["to"] == id_number(3))
    assert f"{id_number(3)[:6]}********{id_number(3)[-4:]}" in sentence
