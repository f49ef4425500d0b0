"""The review at the screen: differences, a cell mended in place, repairs declined, conflicts."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest

from povedu.intake.models import ImportBatch, MappingProfile
from povedu.jobs.models import Job
from povedu.jobs.runner import execute
from students.models import Student
from tests.factories import (
    CountyCalendarFactory,
    CountyFactory,
    EnrolmentFactory,
    SchoolFactory,
    StudentFactory,
    actor_of,
    sign_in,
)
from tests.factories.values import MOMENT, id_number
from tests.intake.makers import HEADINGS, child_row, workbook
from tests.intake.test_roster import upload

SCHOOL = "2153000001"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def school(db: None) -> Any:
    CountyFactory()
    CountyCalendarFactory()
    return SchoolFactory(code=SCHOOL, name="东山小学")


@pytest.fixture
def clerk(school: Any) -> Any:
    return sign_in(actor_of("school_clerk", division_prefix="530623100", school_code=SCHOOL))


def rows_page(client: Any, batch: ImportBatch, query: str = "") -> str:
    page: str = client.get(f"/intake/{batch.pk}/rows/{query}").content.decode()
    return page


def test_only_changed_fields_are_shown_old_and_new(clerk: Any, school: Any) -> None:
    known = StudentFactory(number=id_number(3), name="王小四", school=school, grade=2)
    EnrolmentFactory(student=known, school=school, term="2016-1", grade=2, class_name="1班")
    batch = upload(clerk, workbook([HEADINGS, child_row(3, "王小四", 监护人="王父")]))
    page = rows_page(clerk, batch)
    assert "年级：<del>2</del> → <ins>3</ins>" in page
    assert f"监护人姓名：<del>{known.guardian_name}</del> → <ins>王父</ins>" in page
    assert "姓名：<del>" not in page.replace("监护人姓名：<del>", "")
    assert "数据 1 行 = 可导入 1 + 需留意 0 + 退回 0" in page


def test_a_cell_is_mended_in_its_place_and_its_row_checked_again(clerk: Any) -> None:
    batch = upload(
        clerk, workbook([HEADINGS, child_row(1, "王小一", "53062320"), child_row(2, "王小二")])
    )
    row = batch.rows.get(number=2)
    assert row.outcome == "warned"
    page = rows_page(clerk, batch, "?code=id-length")
    address = f"/intake/{batch.pk}/rows/{row.pk}/cell/"
    assert f'hx-post="{address}"' in page
    assert 'name="id_number" value="53062320"' in page
    part = clerk.post(address, {"id_number": id_number(1)}, headers=HTMX).content.decode()
    assert part.startswith("<tr")
    assert "可导入" in part
    assert 'hx-swap-oob="true">数据 2 行 = 可导入 2 + 需留意 0 + 退回 0' in part
    row.refresh_from_db()
    assert row.outcome == "ready"
    assert clerk.post(address, {"id_number": "1"}).status_code == 302  # without scripts


def test_repairs_are_declined_and_accepted_singly_and_by_rule(clerk: Any) -> None:
    content = workbook([HEADINGS, child_row(1, "王 一"), child_row(2, "王 二")])
    batch = upload(clerk, content)
    assert batch.ready_count == 2
    row = batch.rows.get(number=2)
    one = f"/intake/{batch.pk}/rows/{row.pk}/repairs/fixed-space"
    part = clerk.post(f"{one}/decline/", {}, headers=HTMX).content.decode()
    assert "恢复这一修正" in part
    batch.refresh_from_db()
    assert (batch.ready_count, batch.refused_count) == (1, 1)
    answer = clerk.post(f"/intake/{batch.pk}/answer/", {})
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert "没有被接受，请自行改正" in sheet["M2"].value
    assert sheet["B2"].fill.start_color.rgb == "FFFFC7CE"
    clerk.post(f"/intake/{batch.pk}/repairs/fixed-space/", {})
    batch.refresh_from_db()
    assert (batch.ready_count, batch.refused_count) == (0, 2)
    clerk.post(f"/intake/{batch.pk}/repairs/fixed-space/accept/", {})
    batch.refresh_from_db()
    assert (batch.ready_count, batch.refused_count, batch.summary["declined"]) == (2, 0, [])
    page = clerk.get(f"/intake/{batch.pk}/").content.decode()
    assert "拟作修正" in page
    clerk.post(f"/intake/{batch.pk}/apply/", {})
    execute(Job.objects.latest("created_at").pk)
    page = clerk.get(f"/intake/{batch.pk}/").content.decode()
    assert "所作修正" in page
    assert "全部不接受" not in page


def test_conflicts_come_back_with_both_values_and_then_go_in(clerk: Any, school: Any) -> None:
    known = StudentFactory(number=id_number(3), name="王小四", school=school, grade=2)
    batch = upload(clerk, workbook([HEADINGS, child_row(3, "王小四"), child_row(4, "王小五")]))
    Student.objects.filter(pk=known.pk).update(grade=4, version=2)
    clerk.post(f"/intake/{batch.pk}/apply/", {})
    execute(Job.objects.latest("created_at").pk)
    follower = ImportBatch.objects.get(follows=batch)
    assert (follower.state, follower.rows_count, follower.warned_count) == ("staged", 1, 1)
    page = clerk.get(f"/intake/{batch.pk}/").content.decode()
    assert f'href="/intake/{follower.pk}/"' in page
    assert "没有覆盖，已转出待核对" in page
    page = rows_page(clerk, follower)
    assert "年级：<del>4</del> → <ins>3</ins>" in page
    assert "已被他人修改" in page
    clerk.post(f"/intake/{follower.pk}/apply/", {})
    execute(Job.objects.latest("created_at").pk)
    known.refresh_from_db()
    assert (known.grade, known.version) == (3, 3)


def test_an_unknown_heading_is_asked_and_what_was_taught_can_be_changed(clerk: Any) -> None:
    rows = [["姓名", "身份证号", "年级", "娃儿班"], ["王小一", id_number(1), "3", "2班"]]
    batch = upload(clerk, workbook(rows))
    page = clerk.get(f"/intake/{batch.pk}/").content.decode()
    assert "有 1 列没有认出或有歧义：娃儿班" in page
    given = {"s0-A": "name", "s0-B": "id_number", "s0-C": "grade", "s0-D": "class_name"}
    clerk.post(f"/intake/{batch.pk}/headings/", given)
    assert "没有认出" not in clerk.get(f"/intake/{batch.pk}/").content.decode()
    taught = MappingProfile.objects.get()
    assert taught.field == "class_name"
    assert "娃儿班" in clerk.get("/intake/headings/?kind=roster").content.decode()
    assert clerk.post(f"/intake/headings/{taught.pk}/", {"field": "nothing"}).status_code == 400
    assert clerk.post(f"/intake/headings/{taught.pk}/", {"field": ""}).status_code == 302
    again = upload(clerk, workbook([["x"], *rows]))
    assert again.sheets[0]["mapping"][3]["field"] is None
    assert "没有认出" not in clerk.get(f"/intake/{again.pk}/").content.decode()


def test_tasks_say_what_a_batch_waits_for(clerk: Any) -> None:
    batch = upload(clerk, workbook([HEADINGS, child_row(1, "王小一")]))
    assert "已识别、待核对导入的名册" in clerk.get("/").content.decode()
    listed = clerk.get("/intake/?waits=ready").content.decode()
    assert f"/intake/{batch.pk}/" in listed
    officer = sign_in(actor_of("township_officer", division_prefix="530623100"))
    officer.post(f"/intake/{batch.pk}/return/", {"comment": "请补学籍号"})
    home = clerk.get("/").content.decode()
    assert "被退回、待改正的名册" in home
    assert "已识别、待核对导入的名册" not in home
    assert "请补学籍号" in clerk.get(f"/intake/{batch.pk}/").content.decode()
    assert "被退回" not in officer.get("/").content.decode()


def test_reading_says_how_far_it_is(school: Any) -> None:
    from povedu.accounts.selectors import operator
    from povedu.intake.kinds import kind_of
    from povedu.intake.services.receive import Purpose, receive_file
    from povedu.intake.services.stage import stage_batch

    purpose = Purpose(kind_of("roster"), school_code=SCHOOL, term="2016-1")
    content = workbook([HEADINGS, child_row(1, "王小一"), child_row(2, "王小二")])
    about: dict[str, Any] = {"actor": operator(), "now": MOMENT}
    batch = receive_file(data=content, name="a.xlsx", purpose=purpose, **about)
    told: list[tuple[int, int, str]] = []
    stage_batch(batch=batch, tell=lambda *said: told.append((*said[:2], str(said[2]))), **about)
    assert [one[:2] for one in told] == [(0, 4), (1, 4), (2, 4), (3, 4)]
    assert told[1][2] == "正在清洗 2 行"


@pytest.mark.parametrize(
    ("title", "warned"),
    [
        ("东山小学2016年秋季学期花名册", False),
        ("东山小学 2016-2017学年度第一学期花名册", False),
        ("东山小学2015年秋季学期花名册", True),
        ("2016—2017学年第二学期学生花名册", True),
        ("花名册（2016年春季、2016年秋季对照）", False),
        ("东山小学花名册 2016年9月1日", False),
    ],
)
def test_a_title_that_names_another_term_is_pointed_out(
    clerk: Any, title: str, warned: bool
) -> None:
    batch = upload(clerk, workbook([[title], HEADINGS, child_row(1, "王小一")]))
    page = clerk.get(f"/intake/{batch.pk}/").content.decode()
    assert ("表题写的是" in page) is warned
    assert batch.ready_count == 1
