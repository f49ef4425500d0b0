"""Taking an applied batch back: as it was before, except what has been built on since."""

from datetime import date
from typing import Any

import pytest
from django.apps import apps

from povedu.accounts.selectors import operator
from povedu.audit.models import AuditEntry
from povedu.intake.kinds import kind_of
from povedu.intake.models import ImportBatch
from povedu.intake.services.apply import apply_batch
from povedu.intake.services.receive import Purpose, receive_file
from povedu.intake.services.stage import stage_batch
from povedu.intake.services.undo import undo_batch
from povedu.jobs.models import Job
from povedu.jobs.runner import execute
from povedu.writes import all_names, images
from schools.models import School
from students.models import Enrolment, Household, Student
from subsidies.choices import PaymentState
from tests.factories import (
    CountyCalendarFactory,
    CountyFactory,
    EnrolmentFactory,
    PaymentFactory,
    SchoolFactory,
    StudentFactory,
    actor_of,
    sign_in,
)
from tests.factories.values import MOMENT, id_number
from tests.intake.makers import HEADINGS, child_row, workbook

SCHOOL = "2153000001"
DOMAIN = ("schools", "teachers", "students", "subsidies")


@pytest.fixture
def school(db: None) -> Any:
    CountyFactory()
    CountyCalendarFactory()
    return SchoolFactory(code=SCHOOL, name="东山小学")


def county() -> dict[str, Any]:
    """Return every domain row in plain values; what is counted anew is told without its key."""
    found: dict[str, Any] = {}
    for config in apps.get_app_configs():
        if config.label not in DOMAIN:
            continue
        for model in config.get_models():
            keys = list(model._base_manager.values_list("pk", flat=True))
            if isinstance(keys[0] if keys else 0, str):
                continue
            rows = images(model, keys, all_names(model))
            plain = sorted(map(str, rows.values())) if "Count" in model.__name__ else rows
            found[model._meta.label] = plain
    return found


def brought_in(kind: str, rows: list[list[Any]], **purpose: Any) -> ImportBatch:
    actor = operator()
    batch = receive_file(
        data=workbook(rows),
        name="a.xlsx",
        purpose=Purpose(kind_of(kind), **purpose),
        actor=actor,
        now=MOMENT,
    )
    stage_batch(batch=batch, actor=actor, now=MOMENT)
    assert batch.refused_count == 0, batch.summary
    apply_batch(batch=batch, actor=actor, now=MOMENT)
    return batch


def roster(*names: str, first: int = 1, **cells: Any) -> ImportBatch:
    """Bring a roster of these names in; their numbers count from ``first``."""
    rows = [child_row(first + n, name, **cells) for n, name in enumerate(names)]
    return brought_in("roster", [list(HEADINGS), *rows], school_code=SCHOOL, term="2016-1")


def take_back(batch: ImportBatch) -> dict[str, int]:
    counts: dict[str, int] = undo_batch(batch=batch, actor=operator(), now=MOMENT).undone
    return counts


def test_a_roster_taken_back_leaves_the_county_as_it_was(school: Any) -> None:
    known = StudentFactory(number=id_number(1), name="王一", school=school, grade=2)
    EnrolmentFactory(student=known, school=school, term="2016-1", grade=2)
    roster("王七", first=7)
    before = county()
    batch = roster("王大一", "王二", "王三", 电话="13900000001")
    assert county() != before
    assert take_back(batch) == {"reversed": 3, "kept": 0, "blocked": 0}
    assert county() == before
    batch.refresh_from_db()
    assert (batch.state, batch.undone_by_id) == ("undone", operator().user_id)
    assert AuditEntry.objects.filter(verb="intake.undo", count=3).exists()
    again = roster("王大一", "王二", "王三", 电话="13900000001")
    assert again.applied["new"] == 2


SCHOOL_HEADINGS = ["学校代码", "学校名称", "乡镇", "办学类型"]
REGISTER = [["姓名", "证件号码", "家庭编号", "与户主关系"]]


@pytest.mark.parametrize("kind", ["poverty-register", "civil-affairs-register"])
def test_a_register_taken_back_brings_the_older_households_back(school: Any, kind: str) -> None:
    older = [*REGISTER, ["王一", id_number(1), "H1", "户主"], ["王二", id_number(2), "H1", "之子"]]
    newer = [*REGISTER, ["王一", id_number(1), "H1", "户主"], ["王五", id_number(5), "H2", "户主"]]
    brought_in(kind, older, county_code="530623", as_of=date(2016, 6, 30))
    before = county()
    batch = brought_in(kind, newer, county_code="530623", as_of=date(2016, 9, 30))
    assert take_back(batch) == {"reversed": 2, "kept": 0, "blocked": 0}
    assert county() == before
    if kind == "poverty-register":
        assert Household.objects.get().members.count() == 2


def test_a_school_list_taken_back_gives_the_old_name_back(school: Any) -> None:
    before = county()
    rows = [SCHOOL_HEADINGS]
    rows += [[SCHOOL, "东山完小", school.division.name, "小学"]]
    rows += [["2153000009", "西山小学", school.division.name, "小学"]]
    batch = brought_in("schools", rows, county_code="530623")
    assert School.objects.filter(name="东山完小").exists()
    assert take_back(batch) == {"reversed": 2, "kept": 0, "blocked": 0}
    assert county() == before


def test_projects_taken_back_have_their_old_money_again(school: Any) -> None:
    empty = county()
    rows: list[list[Any]] = [
        ["项目类别", "年度", "项目编号", "项目名称", "项目学校", "乡镇", "中央资金"],
        ["校舍", 2016, "P1", "教学楼", "东山小学", "", 100],
    ]
    first = brought_in("projects", rows, county_code="530623")
    before = county()
    rows[1][3:] = ["教学综合楼", "东山小学", "", 250]
    rows.append(["校舍", 2016, "P2", "食堂", "东山小学", "", 60])
    second = brought_in("projects", rows, county_code="530623")
    assert take_back(second) == {"reversed": 2, "kept": 0, "blocked": 0}
    assert county() == before
    assert take_back(first) == {"reversed": 1, "kept": 0, "blocked": 0}
    assert county() == empty


def test_teachers_taken_back_are_as_they_were(school: Any) -> None:
    rows = [["教师编号", "姓名", "身份证号", "学校"], ["T1", "李老师", id_number(900), "东山小学"]]
    brought_in("teachers", rows, county_code="530623")
    before = county()
    rows[1][1] = "李大师"
    rows.append(["T2", "赵老师", id_number(901), "东山小学"])
    batch = brought_in("teachers", rows, county_code="530623")
    assert take_back(batch) == {"reversed": 2, "kept": 0, "blocked": 0}
    assert county() == before


def test_what_was_edited_used_or_paid_since_stays(school: Any) -> None:
    for n, name in enumerate(("王一", "王二"), start=1):
        StudentFactory(number=id_number(n), name=name, school=school, grade=2)
    batch = roster("王一", "王二", "王三", "王四", "王五")
    edited = Student.objects.get(name="王一")
    Student.objects.filter(pk=edited.pk).update(class_name="9班", version=edited.version + 1)
    renamed = Student.objects.get(name="王三")
    Student.objects.filter(pk=renamed.pk).update(name="王三改", version=2)
    paid = Student.objects.get(name="王四")
    payment(paid)
    counts = take_back(batch)
    assert counts == {"reversed": 2, "kept": 2, "blocked": 1}
    edited.refresh_from_db()
    assert (edited.class_name, edited.grade) == ("9班", 3)
    assert Student.objects.get(name="王二").grade == 2
    assert set(Student.objects.values_list("name", flat=True)) == {"王一", "王二", "王三改", "王四"}
    enrolled = set(Enrolment.objects.values_list("student__name", flat=True))
    assert enrolled == {"王一", "王三改", "王四"}


def test_batches_are_taken_back_one_after_another_the_last_first(school: Any) -> None:
    before = county()
    first = roster("王一", "王二")
    second = roster("王大一", "王二")
    assert take_back(second) == {"reversed": 1, "kept": 0, "blocked": 0}
    assert Student.objects.filter(name="王一").exists()
    assert take_back(first) == {"reversed": 2, "kept": 0, "blocked": 0}
    assert county() == before


def test_a_batch_that_a_later_one_has_changed_keeps_those_people(school: Any) -> None:
    first = roster("王一", "王二")
    roster("王大一", "王二")
    assert take_back(first) == {"reversed": 1, "kept": 1, "blocked": 0}
    assert Student.objects.get().name == "王大一"


def payment(student: Student) -> None:
    """Pay somebody once."""
    PaymentFactory(
        instalment__award__student=student,
        instalment__award__enrolment=student.enrolments.get(),
        state=PaymentState.SETTLED,
        settled_on=MOMENT.date(),
    )


def test_a_clerk_sees_the_counts_and_takes_back_once(school: Any) -> None:
    clerk = actor_of("school_clerk", division_prefix="530623100", school_code=SCHOOL)
    client = sign_in(clerk)
    batch = roster("王一", "王二", "王三")
    payment(Student.objects.get(name="王三"))
    page = client.get(f"/intake/{batch.pk}/undo/").content.decode()
    assert "将把 2 项恢复到导入前的样子" in page
    assert client.post(f"/intake/{batch.pk}/undo/", {}).status_code == 400
    assert Student.objects.count() == 3
    for _ in range(2):
        client.post(f"/intake/{batch.pk}/undo/", {"reason": "选错了学期"})
    job = Job.objects.get(kind="intake.undo")
    execute(job.pk)
    execute(job.pk)
    assert list(Student.objects.values_list("name", flat=True)) == ["王三"]
    page = client.get(f"/intake/{batch.pk}/").content.decode()
    assert "已回退" in page
    assert client.post(f"/intake/{batch.pk}/undo/", {"reason": "x"}).status_code == 409
    assert AuditEntry.objects.get(verb="intake.undo-request").reason == "选错了学期"


def test_money_evidence_says_why_it_stays(school: Any, monkeypatch: Any) -> None:
    from dataclasses import replace

    from povedu.intake import kinds

    final = replace(kind_of("roster"), irreversible="银行回单是资金凭证，只能冲正，不能回退。")
    batch = roster("王一")
    client = sign_in(actor_of("office_staff", office="aid"))
    assert client.get(f"/intake/{batch.pk}/undo/").status_code == 200
    monkeypatch.setitem(kinds._KINDS, "roster", final)
    refused = client.get(f"/intake/{batch.pk}/undo/")
    assert refused.status_code == 400
    assert "只能冲正，不能回退" in refused.content.decode()
    assert "只能冲正，不能回退" in client.get(f"/intake/{batch.pk}/").content.decode()
