"""What people see of jobs, and who sees it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from povedu.accounts.models import Jurisdiction, User
from povedu.accounts.selectors import operator
from povedu.audit.models import AuditEntry
from povedu.jobs import registry, runner, services, store
from povedu.jobs.choices import JobState
from povedu.jobs.clock import instant
from povedu.jobs.models import Job, JobFile, WorkerSign
from povedu.jobs.views import remaining

pytestmark = pytest.mark.django_db


def signed_in(username, **jurisdiction):
    user = User.objects.create_user(username, name=username)
    Jurisdiction.objects.create(user=user, **{"division_prefix": "530623", **jurisdiction})
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client, user


@pytest.fixture
def maker():
    return signed_in("maker", role="office_staff", office="aid")


@pytest.fixture
def kind(monkeypatch):
    kinds = dict(registry._kinds)
    monkeypatch.setattr(registry, "_kinds", kinds)

    def work(job):
        job.attach("名单.xlsx", b"content", row_count=3)
        return {"figures": [["行数", 3]], "url": "/jobs/"}

    kinds["test.work"] = registry.Kind("test.work", work, "jobs.job.view", "测试作业")


def ask(user):
    from povedu.accounts.selectors import actor_for

    now = instant()
    return services.enqueue(
        kind="test.work", params={}, actor=actor_for(user, now=now), now=now, wake=False
    )


def test_the_page_is_drawn_anew_when_its_job_begins_and_ends(maker, kind):
    client, user = maker
    job = ask(user)
    address = reverse("jobs:job-progress", args=[job.pk])
    assert "HX-Refresh" not in client.get(f"{address}?seen=queued").headers
    runner.run_now(job)
    assert client.get(f"{address}?seen=queued").headers["HX-Refresh"] == "true"
    assert "HX-Refresh" not in client.get(f"{address}?seen=done").headers
    assert "HX-Refresh" not in client.get(address).headers  # as other pages ask


def test_a_queued_job_is_listed_polled_and_cancelled(maker, kind):
    client, user = maker
    job = ask(user)
    assert "测试作业" in client.get("/jobs/").content.decode()
    assert "测试作业" in client.get("/jobs/?state=queued&kind=test.work").content.decode()
    page = client.get(reverse("jobs:job-detail", args=[job.pk])).content.decode()
    assert f'hx-get="{reverse("jobs:job-progress", args=[job.pk])}?seen=queued"' in page
    cancel = reverse("jobs:job-cancel", args=[job.pk])
    assert cancel in page
    assert client.get(cancel).status_code == 200
    assert client.post(cancel).status_code == 302
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert client.post(cancel).status_code == 404
    fragment = client.get(reverse("jobs:job-progress", args=[job.pk])).content.decode()
    assert "hx-get" not in fragment
    assert "已取消" in fragment


def test_a_file_is_its_owners_and_each_taking_is_recorded(maker, kind):
    client, user = maker
    job = runner.run_now(ask(user))
    page = client.get(reverse("jobs:job-detail", args=[job.pk])).content.decode()
    assert "名单.xlsx" in page
    address = reverse("jobs:file-download", args=[JobFile.objects.get().pk])
    answer = client.get(address)
    assert answer.content == b"content"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert AuditEntry.objects.filter(verb="file.download", count=3).count() == 1
    chief, _user = signed_in("chief", role="county_admin")
    assert chief.get(reverse("jobs:job-detail", args=[job.pk])).status_code == 200
    assert chief.get(address).status_code == 404
    JobFile.objects.update(made_at=instant() - timedelta(days=9), expires_at=instant())
    assert client.get(address).status_code == 404


def test_anothers_job_is_not_there(maker, kind):
    job = ask(maker[1])
    other, _user = signed_in("other", role="office_staff", office="basic")
    elsewhere, _user = signed_in("far", role="county_admin", division_prefix="530624")
    for name in ("job-detail", "job-progress", "job-cancel"):
        address = reverse(f"jobs:{name}", args=[job.pk])
        assert other.get(address).status_code == 404
        assert elsewhere.get(address).status_code == 404
    assert str(job.pk) not in other.get("/jobs/").content.decode()


def test_administrators_see_scheduled_jobs(kind):
    chief, _user = signed_in("chief", role="system_admin")
    services.enqueue(kind="test.work", params={}, actor=operator(), now=instant())
    assert "测试作业" in chief.get("/jobs/?scheduled=true").content.decode()


@pytest.mark.parametrize("number", [3, 300])
def test_the_list_asks_a_fixed_number_of_questions(
    maker, kind, number, django_assert_max_num_queries
):
    client, user = maker
    job = ask(user)
    jobs = [
        Job(
            kind=job.kind,
            owner=user,
            owner_name=job.owner_name,
            language=job.language,
            created_at=job.created_at,
            not_before=job.created_at,
            woken_at=job.created_at,
        )
        for _ in range(number)
    ]
    Job.objects.bulk_create(jobs)
    client.get("/jobs/")
    with django_assert_max_num_queries(12):
        client.get("/jobs/")


def test_remaining_time_is_said_only_when_it_can_be_known():
    now = instant()
    job = Job(state=JobState.RUNNING, started_at=now - timedelta(minutes=2), progress_total=100)
    job.progress_done = 1
    assert remaining(job, now) == ""
    job.progress_done = 50
    assert remaining(job, now) == "约 2 分钟"
    job.progress_done = 90
    assert remaining(job, now) == "不到一分钟"


def test_machines_ask_without_signing_in(client):
    assert client.get("/health/live").content == b"ok"
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert set(answer.json()) == {"database", "migrations", "triggers", "keys"}


def test_the_health_page_is_for_administrators(maker):
    assert maker[0].get("/health/").status_code == 403
    chief, _user = signed_in("chief", role="system_admin")
    WorkerSign.objects.create(name=services.SWEEPER, seen_at=instant())
    page = chief.get("/health/").content.decode()
    assert "防篡改触发器" in page
    assert "需留意" in page or "正常" in page


def test_a_list_is_exported_as_it_was_seen(maker, kind, django_capture_on_commit_callbacks):
    """The job list stands for every list: the export replays screen, filters and columns."""
    from io import BytesIO

    from openpyxl import load_workbook

    from povedu.jobs.exports import KIND
    from povedu.jobs.views import JobList

    client, user = maker
    ask(user)
    JobList.export_kind = "jobs"
    try:
        answer = client.post("/jobs/?state=queued", {"do": "export"})
        job = Job.objects.get(kind=KIND)
        assert answer["Location"] == reverse("jobs:job-detail", args=[job.pk])
        runner.run_now(job)
    finally:
        JobList.export_kind = ""
    content = store.read(JobFile.objects.get(job=job).store_key)
    sheet = load_workbook(BytesIO(content)).worksheets[-1]
    values = [cell.value for row in sheet.iter_rows() for cell in row]
    assert "测试作业" in values or "test.work" in values
    assert AuditEntry.objects.filter(verb="list.export").exists()


def test_programs_read_their_own_jobs(maker, kind, client):
    from povedu.accounts.tokens import token_digest
    from tests.factories import ApiTokenFactory

    _browser, user = maker
    job = ask(user)
    ask(signed_in("other", role="office_staff", office="basic")[1])
    own = Jurisdiction.objects.get(user=user)
    ApiTokenFactory(
        jurisdiction=own, digest=token_digest("key"), expires_at=instant() + timedelta(days=1)
    )
    headers = {"Authorization": "Token key"}
    listed = client.get("/api/v1/jobs/jobs/?state=queued", headers=headers).json()["results"]
    assert [one["id"] for one in listed] == [str(job.pk)]
    assert "params" not in listed[0]
    assert client.get(f"/api/v1/jobs/jobs/{job.pk}/", headers=headers).status_code == 200
    assert client.get("/api/v1/jobs/jobs/?owner=1", headers=headers).status_code == 400
