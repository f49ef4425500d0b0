"""Pages of reports: who sees what, and that a figure's link leads to rows that sum to it."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from povedu.accounts.models import Jurisdiction, User
from povedu.accounts.tokens import token_digest
from povedu.figures import flat
from povedu.jobs.models import Job
from reports.models import SummaryEdition, SummaryTemplate
from reports.selectors import lines
from tests.factories import (
    ApiTokenFactory,
    CountyCalendarFactory,
    CountyFactory,
    MealReportFactory,
    ProgrammeFactory,
    SchoolFactory,
    StudentFactory,
    SummaryEditionFactory,
    TeacherFactory,
    actor_of,
)
from tests.reports.payments import pay

pytestmark = pytest.mark.django_db
SUMMARY = "/reports/summary/2016/"


def browser(client, role, office="", prefix="530623", school=""):
    actor = actor_of(role, office=office, division_prefix=prefix, school_code=school)
    client.force_login(User.objects.get(pk=actor.user_id))
    return actor


@pytest.fixture
def records(db):
    """A programme paid at two schools, meals, teachers."""
    CountyFactory()
    programme = ProgrammeFactory(code="p")
    for _ in range(2):
        pay(programme, StudentFactory())
        pay(programme, StudentFactory(), parts={"county": Decimal(300), "central": Decimal(200)})
    TeacherFactory(hired_on=date(2000, 9, 1))
    MealReportFactory(school=SchoolFactory(), month=date(2016, 9, 1))


def test_every_figure_leads_to_rows_that_sum_to_it(client, records):
    actor = browser(client, "auditor")
    content = lines.as_json(lines.annual_summary(actor.scope, 2016))
    told = lines.lines_of(content)
    assert {"p", "meals", "teachers"} <= set(told)
    for line in told.values():
        answer = client.get(line["trace"])
        assert answer.status_code == 200, line["id"]
        assert answer.context["page"].paginator.count == line["rows"]
        checked = client.get(line["trace"], {"check": "1"})
        assert checked.context["agreed"], (line["id"], checked.context["checked"])
        assert checked.context["checked"]
        flat(line)


def test_leadership_lands_on_the_years_figures_and_others_on_their_work(client, records):
    browser(client, "leadership")
    assert b"/reports/dashboard/figures/" in client.get("/").content
    part = client.get("/reports/dashboard/figures/")
    whole = client.get("/reports/dashboard/")
    assert [one.value for one in part.context["figures"]] == [
        one.value for one in whole.context["figures"]
    ]
    assert "<html" not in part.content.decode()
    browser(client, "auditor")
    assert b"/reports/dashboard/figures/" not in client.get("/").content
    assert client.get("/reports/dashboard/figures/").status_code == 403


def test_the_summary_shows_figures_and_their_links(client, records):
    browser(client, "auditor")
    text = client.get(SUMMARY).content.decode()
    assert 'href="/reports/summary/2016/lines/p/"' in text
    assert "0.20" in text  # 2,000 yuan in 万元


def test_leadership_sees_schools_and_no_names(client, records):
    browser(client, "leadership")
    answer = client.get(f"{SUMMARY}lines/p/")
    assert answer.status_code == 200
    assert not answer.context["found"].personal
    assert "Pupil" not in answer.content.decode()
    assert client.get(f"{SUMMARY}lines/p/", {"check": "1"}).context["agreed"]


def test_without_a_year_the_term_in_view_says_it(client, records):
    CountyCalendarFactory(current_term="2016-1")
    browser(client, "auditor")
    assert client.get("/reports/summary/").context["year"] == 2016
    assert client.get("/reports/dashboard/").context["year"] == 2016


def test_a_figure_out_of_scope_is_not_found(client, records):
    browser(client, "auditor", prefix="530699")
    assert client.get(f"{SUMMARY}lines/p/").status_code == 404
    assert client.get(SUMMARY).status_code == 200


def test_a_place_outside_the_scope_shows_nothing(client, records):
    browser(client, "auditor", prefix="530699")
    assert client.get(f"{SUMMARY}lines/p/", {"place": "530623"}).status_code == 404


def test_unknown_parameters_are_refused(client, records):
    browser(client, "auditor")
    assert client.get(SUMMARY, {"x": "1"}).status_code == 400


def test_clerks_see_no_reports(client, records):
    browser(client, "school_clerk", prefix="530623100", school="2153000001")
    assert client.get(SUMMARY).status_code == 403
    assert client.get("/reports/dashboard/2016/").status_code == 403


def test_the_dashboard_shows_cards_and_charts_with_tables(client, records):
    browser(client, "leadership")
    answer = client.get("/reports/dashboard/2016/")
    assert answer.status_code == 200
    assert 4 <= len(answer.context["figures"]) <= 6
    keys = {panel.key for panel in answer.context["panels"]}
    assert {"money-by-source", "money-by-stage", "teachers"} <= keys


def test_the_dashboard_costs_the_same_at_any_size(client, records):
    browser(client, "leadership")

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/reports/dashboard/2016/").status_code == 200
        return len(queries)

    count()
    few = count()
    programme = ProgrammeFactory(code="q")
    for _ in range(5):
        pay(programme, StudentFactory())
    assert count() == few


def test_writing_the_summary_is_a_job(client, records):
    browser(client, "office_staff", office="aid")
    assert client.get(f"{SUMMARY}write/").status_code == 200
    answer = client.post(f"{SUMMARY}write/", {"form_token": "a" * 32})
    job = Job.objects.get(kind="reports.write_summary")
    assert answer.status_code == 302
    assert str(job.pk) in answer["Location"]
    assert job.params == {"county": "530623", "year": 2016}


def test_exporting_rows_and_ledger_are_jobs(client, records):
    browser(client, "auditor")
    client.post(f"{SUMMARY}lines/p/export/", {"form_token": "b" * 32, "format": "csv"})
    assert Job.objects.get(kind="reports.export_rows").params["line"] == "p"
    form = {"form_token": "c" * 32, "content": "entries", "year": "2016", "format": "xlsx"}
    client.post("/reports/ledger/export/", form)
    assert Job.objects.get(kind="reports.export_ledger").params["year"] == 2016


def test_an_edition_is_issued_by_somebody_else(client, records):
    edition = SummaryEditionFactory()
    browser(client, "approver", office="aid")
    page = client.get(edition.get_absolute_url())
    assert page.status_code == 200
    assert page.context["differences"]
    answer = client.post(
        f"{edition.get_absolute_url()}issue/", {"form_token": "d" * 32, "locks_period": "on"}
    )
    assert answer.status_code == 302
    edition.refresh_from_db()
    assert (edition.state, edition.locks_period) == ("issued", True)


@pytest.mark.parametrize("fmt", ["json", "docx", "pdf", "xlsx"])
def test_an_edition_is_handed_out_in_every_format(client, records, fmt):
    edition = SummaryEditionFactory()
    browser(client, "auditor")
    answer = client.get(f"{edition.get_absolute_url()}file.{fmt}")
    assert answer.status_code == 200
    assert answer.content[:4] in (b"%PDF", b"PK\x03\x04", b'{\n "')
    if fmt == "xlsx":
        assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames == ["说明", "数据"]
    assert client.get(f"{edition.get_absolute_url()}file.exe").status_code == 404


def test_the_template_is_edited_and_guarded(client, records):
    browser(client, "office_staff", office="aid")
    page = client.get("/reports/template/")
    assert page.status_code == 200
    form = {
        name: page.context["form"].initial[name] or ""
        for name in page.context["form"].fields
        if name in page.context["form"].initial
    }
    form |= {"form_token": "e" * 32, "form_version": page.context["form_version"]}
    bad = client.post("/reports/template/", {**form, "body": "{{ settings.SECRET_KEY }}"})
    assert bad.status_code == 400
    assert not SummaryTemplate.objects.exists()
    good = client.post("/reports/template/", {**form, "body": "{{year}}", "form_token": "f" * 32})
    assert good.status_code == 302
    assert SummaryTemplate.objects.get().body == "{{year}}"
    word = client.get("/reports/template/word/")
    assert word.content[:2] == b"PK"


def test_a_text_is_checked(client, records):
    browser(client, "leadership")
    answer = client.post("/reports/check/", {"text": "163 = 77 + 85 (人)", "year": ""})
    assert len(answer.context["found"]) == 1
    answer = client.post("/reports/check/", {"text": "1 + 1 = 2", "year": "2016"})
    assert answer.context["found"] == []
    assert not SummaryEdition.objects.exists()


def test_programs_read_the_summary_and_the_indicators(client, records):
    actor = actor_of("auditor")
    own = Jurisdiction.objects.get(user=actor.user_id)
    ApiTokenFactory(jurisdiction=own, digest=token_digest("key"))
    headers = {"Authorization": "Token key"}
    answer = client.get("/api/v1/reports/summaries/2016/", headers=headers)
    assert answer.status_code == 200
    assert "p" in lines.lines_of(answer.json())
    answer = client.get("/api/v1/reports/indicators/2016/", {"place": "530623"}, headers=headers)
    assert answer.json()["money_by_source"] == {"central": 1400.0, "county": 600.0}
    assert client.get("/api/v1/reports/summaries/1/", headers=headers).status_code == 404
    wrong = client.get("/api/v1/reports/summaries/2016/", {"place": "x"}, headers=headers)
    assert wrong.status_code == 400
    assert client.get("/api/v1/reports/editions/", headers=headers).status_code == 200
