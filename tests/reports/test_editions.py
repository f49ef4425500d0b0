"""Writing the summary down, issuing it, its files, and the county's text."""

import io
import json
from datetime import date
from decimal import Decimal

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from povedu.audit.models import AuditEntry
from povedu.errors import Refusal
from povedu.jobs import runner
from povedu.jobs.models import JobFile
from povedu.jobs.services import enqueue
from povedu.paper.stencil import STENCIL
from povedu.scope import Scope
from reports import services, tasks
from reports.choices import EditionState
from reports.models import SummaryEdition
from reports.rules import frozen
from reports.selectors import editions, lines
from subsidies.models import FundReceipt
from subsidies.services.receipts import enter_receipt
from tests.factories import (
    CountyFactory,
    MealReportFactory,
    SchoolFactory,
    SummaryEditionFactory,
    SummaryTemplateFactory,
    actor_of,
)

pytestmark = pytest.mark.django_db
COUNTY = "530623"


@pytest.fixture
def leader(db):
    return actor_of("county_admin", division_prefix=COUNTY)


@pytest.fixture
def meals(db):
    CountyFactory()
    return MealReportFactory(school=SchoolFactory())


def written(office, now):
    year = MealYear.year
    return services.write_summary(actor=office, now=now, county_code=COUNTY, year=year)


class MealYear:
    year = 2016


def test_an_edition_holds_figures_and_words_of_its_moment(office, now, meals):
    edition = written(office, now)
    assert edition.number == 1
    assert edition.content == json.loads(json.dumps(edition.content))
    assert frozen.digest(edition.content, edition.paper) == edition.sha256
    assert any("营养改善" in str(block) for block in edition.paper["body"])
    assert written(office, now).number == 2
    assert AuditEntry.objects.filter(verb="summary.write").count() == 2


def test_nothing_on_record_is_refused(office, now):
    with pytest.raises(Refusal, match="2016"):
        written(office, now)


def test_the_writer_may_not_issue(office, now, meals):
    edition = written(office, now)
    with pytest.raises(Refusal):
        services.issue_summary(actor=office, now=now, edition=edition, locks_period=True)


def test_issuing_supersedes_and_keeps_one_in_force(office, leader, now, meals):
    first, second = written(office, now), written(office, now)
    for edition in (first, second):
        services.issue_summary(actor=leader, now=now, edition=edition, locks_period=True)
    first.refresh_from_db()
    assert first.state == EditionState.SUPERSEDED
    assert editions.issued(Scope(COUNTY), 2016) == second
    with pytest.raises(Refusal):
        services.issue_summary(actor=leader, now=now, edition=second, locks_period=True)


def test_a_draft_whose_content_was_changed_is_not_issued(office, leader, now, meals):
    edition = written(office, now)
    SummaryEdition.objects.filter(pk=edition.pk).update(content={"year": 2016, "sections": []})
    edition.refresh_from_db()
    with pytest.raises(Refusal):
        services.issue_summary(actor=leader, now=now, edition=edition, locks_period=False)


def test_later_changes_stand_against_the_issued(office, leader, now, meals):
    edition = written(office, now)
    MealReportFactory(school=SchoolFactory(), month=meals.month)
    current = lines.as_json(lines.annual_summary(Scope(COUNTY), 2016))
    found = frozen.differences(lines.lines_of(edition.content), lines.lines_of(current))
    assert "measures.schools" in {one.figure for one in found}


def test_the_job_writes_four_files_once(office, now, meals):
    job = enqueue(
        kind=tasks.WRITE_SUMMARY,
        params={"county": COUNTY, "year": 2016},
        actor=office,
        now=now,
        wake=False,
    )
    runner.run_now(job, now=now)
    job.refresh_from_db()
    assert job.state == "done", job.error_message
    names = sorted(JobFile.objects.values_list("filename", flat=True))
    assert [name.rsplit(".")[-1] for name in names] == ["docx", "json", "pdf", "xlsx"]
    assert SummaryEdition.objects.get().job_id == job.pk


def test_the_text_refuses_what_means_nothing(office, now):
    template = editions.template_of(COUNTY)
    fields = {name: getattr(template, name) for name in services._TEMPLATE_FIELDS}
    with pytest.raises(Refusal) as refused:
        services.save_template(
            actor=office, now=now, template=template, **{**fields, "body": "{{ config }}"}
        )
    assert refused.value.where["field"] == "body"


def test_the_text_is_saved_with_a_word_template(office, now, meals):
    template = editions.template_of(COUNTY)
    fields = {name: getattr(template, name) for name in services._TEMPLATE_FIELDS}
    own = docx.Document(str(STENCIL))
    own.sections[0].left_margin = own.sections[0].left_margin + 36000
    held = io.BytesIO()
    own.save(held)
    file = SimpleUploadedFile("own.docx", held.getvalue())
    saved = services.save_template(
        actor=office, now=now, template=template, **{**fields, "word_file": file}
    )
    assert bytes(saved.word_template) == held.getvalue()
    with pytest.raises(Refusal):
        services.save_template(
            actor=office,
            now=now,
            template=saved,
            **{**fields, "word_file": SimpleUploadedFile("x.docx", b"PK not a zip")},
        )
    saved = services.save_template(
        actor=office, now=now, template=saved, **{**fields, "drop_word": True}
    )
    assert saved.word_template is None


def test_editions_stay_in_their_county():
    own, other = SummaryEditionFactory(), SummaryEditionFactory(county_code="530699")
    assert list(editions.editions(Scope(COUNTY))) == [own]
    assert set(editions.editions(Scope("5306"))) == {own, other}
    assert not editions.editions(Scope(f"{COUNTY}100")).exists()
    assert SummaryTemplateFactory().county_code == COUNTY


def test_a_locked_year_takes_no_more_money_until_an_edition_without_the_lock(
    office, leader, now, meals
):
    def receive(day):
        return enter_receipt(
            county=CountyFactory(),
            source="county",
            amount=Decimal(100),
            received_on=day,
            actor=office,
            now=now,
        )

    first, second = written(office, now), written(office, now)
    receive(date(2016, 3, 1))
    services.issue_summary(actor=leader, now=now, edition=first, locks_period=True)
    with pytest.raises(Refusal, match="2016 年度的数据已随总结印发而锁定") as refused:
        receive(date(2016, 3, 1))
    assert refused.value.code == "year-closed"
    receive(date(2015, 12, 31))
    services.issue_summary(actor=leader, now=now, edition=second, locks_period=False)
    receive(date(2016, 3, 1))
    assert FundReceipt.objects.count() == 3
    verbs = AuditEntry.objects.filter(verb__startswith="ledger.").order_by("pk")
    assert [one.verb for one in verbs if one.verb != "ledger.post"] == [
        "ledger.close",
        "ledger.reopen",
    ]
