"""A list that would change or lose too many known people stops and asks."""

from typing import Any

import pytest

from povedu.audit.models import AuditEntry
from povedu.intake.models import ImportBatch
from povedu.jobs.models import Job
from povedu.jobs.runner import execute
from students.models import Student
from tests.factories import (
    CountyCalendarFactory,
    CountyFactory,
    SchoolFactory,
    StudentFactory,
    actor_of,
    sign_in,
)
from tests.factories.values import id_number
from tests.intake.makers import HEADINGS, child_row, workbook
from tests.intake.test_roster import run, upload

SCHOOL = "2153000001"
PUPILS = 60
NAMES = [f"王{chr(0x4E00 + n)}" for n in range(PUPILS)]


@pytest.fixture
def pupils(db: None) -> None:
    CountyFactory()
    CountyCalendarFactory()
    school = SchoolFactory(code=SCHOOL, name="东山小学")
    for n, name in enumerate(NAMES):
        StudentFactory(number=id_number(n), name=name, school=school, grade=2)


def file(names: dict[int, str]) -> bytes:
    return workbook([HEADINGS, *(child_row(n, name) for n, name in names.items())])


def renamed(count: int) -> bytes:
    return file({n: name + ("改" if n < count else "") for n, name in enumerate(NAMES)})


@pytest.fixture
def clerk(pupils: None) -> Any:
    return sign_in(actor_of("school_clerk", division_prefix="530623100", school_code=SCHOOL))


def applied(client: Any, batch: ImportBatch, page: str = "apply", **data: str) -> ImportBatch:
    assert client.post(f"/intake/{batch.pk}/{page}/", data).status_code == 302
    execute(Job.objects.latest("created_at").pk)
    batch.refresh_from_db()
    return batch


def test_an_ordinary_new_term_passes(clerk: Any) -> None:
    rows = {n: name for n, name in enumerate(NAMES) if n >= 10}
    content = workbook([HEADINGS, *(child_row(n, name) for n, name in rows.items())])
    batch = applied(clerk, upload(clerk, content))
    assert (batch.state, batch.applied["changed"]) == ("applied", 50)


def test_many_new_names_wait_for_somebody_who_answers_for_them(clerk: Any) -> None:
    batch = applied(clerk, upload(clerk, renamed(PUPILS)))
    assert (batch.state, batch.alarm["changed"]) == ("staged", PUPILS)
    assert not Student.objects.filter(name__endswith="改").exists()
    page = clerk.get(f"/intake/{batch.pk}/").content.decode()
    assert "将改动已有的 60 条记录中的 60 条（100%）" in page
    assert f"/intake/{batch.pk}/confirm/" not in page
    assert clerk.post(f"/intake/{batch.pk}/confirm/", {"reason": "x"}).status_code == 403
    assert applied(clerk, batch).state == "staged"  # pressing again does not help
    office = sign_in(actor_of("office_staff", office="aid"))
    assert "大范围变更" in office.get("/").content.decode()
    assert office.post(f"/intake/{batch.pk}/confirm/", {}).status_code == 400
    batch = applied(office, batch, "confirm", reason="全校统一更正姓名用字")
    assert batch.state == "applied"
    assert Student.objects.filter(name__endswith="改").count() == PUPILS
    entry = AuditEntry.objects.get(verb="intake.confirm-large")
    assert (entry.reason, entry.changes["changed"]) == ("全校统一更正姓名用字", [None, PUPILS])


def test_a_full_roster_that_lacks_most_pupils_stops_and_a_supplement_does_not(clerk: Any) -> None:
    few = file({n: NAMES[n] for n in range(5)})
    batch = applied(clerk, upload(clerk, few))
    assert (batch.state, batch.alarm["missing"], batch.alarm["listed"]) == ("staged", 55, 60)
    page = clerk.get(f"/intake/{batch.pk}/").content.decode()
    assert "在册 60 人中有 55 人（92%）不在表中" in page
    supplement = upload(clerk, few, is_supplement="on")
    assert applied(clerk, supplement).state == "applied"


def test_the_command_asks_a_person_for_a_reason(pupils: None, tmp_path: Any) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(file({n: NAMES[n] for n in range(5)}))
    person = actor_of("office_staff", office="aid")
    from povedu.accounts.models import User

    username = User.objects.get(pk=person.user_id).username
    place = ("--school", SCHOOL, "--term", "2016-1", "--apply")
    result, code = run(path, *place, "--actor", username)
    assert (code, result["error"]["code"], result["applied"]) == (2, "large-change", None)
    result, code = run(path, *place, "--actor", username, "--confirm", "先报五人")
    assert (code, result["applied"]["changed"]) == (0, 5)
