"""The answer of a text file: a workbook of the marked rows alone, which come back mended."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from povedu.intake.answer import TOKEN_HEADING
from povedu.intake.models import ImportBatch
from povedu.jobs.models import Job
from povedu.jobs.runner import execute
from students.models import Student
from tests.factories import CountyCalendarFactory, CountyFactory, SchoolFactory, actor_of, sign_in
from tests.factories.values import id_number
from tests.intake.makers import wrong_check

SCHOOL = "2153000001"


@pytest.fixture
def clerk(db: None) -> Any:
    CountyFactory()
    CountyCalendarFactory()
    SchoolFactory(code=SCHOOL, name="东山小学")
    return sign_in(actor_of("school_clerk", division_prefix="530623100", school_code=SCHOOL))


def brought_in(client: Any, name: str, content: bytes) -> ImportBatch:
    file = SimpleUploadedFile(name, content)
    data = {"file": file, "term": "2016-1", "is_supplement": "on"}
    assert client.post("/intake/add/roster/", data).status_code == 302
    execute(Job.objects.latest("created_at").pk)
    batch = ImportBatch.objects.latest("pk")
    assert client.post(f"/intake/{batch.pk}/apply/", {}).status_code == 302
    execute(Job.objects.latest("created_at").pk)
    batch.refresh_from_db()
    return batch


def test_marked_rows_of_a_text_file_come_back_as_a_workbook_and_go_in_mended(clerk: Any) -> None:
    lines = [
        "姓名,身份证号,年级,备注",
        f"王一,{id_number(1)},三年级,",
        f"王二,{wrong_check(id_number(2))},三年级,=HYPERLINK(1)",
        f",{id_number(3)},三年级,",
    ]
    batch = brought_in(clerk, "名册.csv", "\n".join(lines).encode("gbk"))
    assert (batch.applied["new"], batch.refused_count) == (2, 1)
    answer = clerk.post(f"/intake/{batch.pk}/answer/", {})
    book = openpyxl.load_workbook(BytesIO(answer.content))
    sheet = book.active
    headings = [cell.value for cell in sheet[1]]
    assert headings == ["姓名", "身份证号", "年级", "备注", "处理意见", TOKEN_HEADING]
    assert sheet.max_row == 3  # the heading and the two rows with something to do
    assert sheet["B2"].fill.start_color.rgb == "FFFFC7CE"
    assert (sheet["D2"].value, sheet["D2"].data_type) == ("=HYPERLINK(1)", "s")
    assert sheet["E2"].value.startswith("已收，请核对：第 3 行“身份证号”")
    assert sheet["E3"].value.startswith("退回：第 4 行“姓名”")
    assert sheet.column_dimensions["F"].hidden
    sheet["B2"], sheet["A3"] = id_number(2), "王三"
    out = BytesIO()
    book.save(out)
    again = brought_in(clerk, "名册_处理结果.xlsx", out.getvalue())
    assert (again.applied["new"], again.applied["changed"]) == (1, 1)
    assert again.refused_count == 0
    second = Student.objects.get(name="王二")
    assert (second.identity_confirmed, second.id_number.reveal()) == (True, id_number(2))
    assert Student.objects.count() == 3


def test_the_reasons_are_in_the_readers_language(clerk: Any) -> None:
    batch = brought_in(clerk, "名册.csv", "姓名,身份证号,年级\n王一,123,三年级".encode())
    clerk.cookies["django_language"] = "en"
    answer = clerk.post(f"/intake/{batch.pk}/answer/", {})
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert sheet["D2"].value.isascii() or "“" in sheet["D2"].value
    assert "请" not in sheet["D2"].value


def test_the_same_file_again_is_known_and_not_brought_in_twice(clerk: Any) -> None:
    content = f"姓名,身份证号,年级\n王一,{id_number(1)},三年级".encode()
    first = brought_in(clerk, "名册.csv", content)
    file = SimpleUploadedFile("改了名.csv", content)
    clerk.post("/intake/add/roster/", {"file": file, "term": "2016-1", "is_supplement": "on"})
    execute(Job.objects.latest("created_at").pk)
    again = ImportBatch.objects.latest("pk")
    page = clerk.get(f"/intake/{again.pk}/").content.decode()
    assert f"同一文件已导入过（批次编号 {first.pk}），不会重复导入。" in page
    assert clerk.post(f"/intake/{again.pk}/apply/", {}).status_code == 409
