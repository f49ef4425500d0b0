"""A job's life in one process: asking, claiming, ending, recovering."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from povedu.accounts.models import Jurisdiction, User
from povedu.accounts.selectors import actor_for, operator
from povedu.audit.models import AuditEntry
from povedu.errors import Conflict, Refusal
from povedu.jobs import registry, runner, services, store, worker
from povedu.jobs.choices import JobState
from povedu.jobs.clock import instant
from povedu.jobs.models import Job, JobFile

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)


@pytest.fixture
def kind(monkeypatch):
    """Declare kinds for one test only."""
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))
    monkeypatch.setattr(registry, "_schedules", {})

    def declare(work, name="test.work", **options):
        registry._kinds[name] = registry.Kind(name, work, "jobs.job.view", "测试", **options)
        return name

    return declare


@pytest.fixture
def clerk():
    user = User.objects.create_user("clerk", name="张三")
    Jurisdiction.objects.create(
        user=user, role="school_clerk", division_prefix="522401", school_code="S1"
    )
    return user


def ask(user, **options):
    actor = actor_for(user, now=NOW)
    return services.enqueue(kind="test.work", params={"id": 7}, actor=actor, now=NOW, **options)


def verbs():
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def test_work_sees_owner_and_params_and_its_result_is_kept(kind, clerk):
    seen = []

    def work(job):
        seen.append((job.actor.name, job.actor.scope.school_code, job.params["id"], job.now))
        job.progress(3, 10, "读取")
        return {"rows": 3}

    kind(work)
    done = runner.run_now(ask(clerk), now=NOW)
    assert seen == [("张三", "S1", 7, NOW)]
    assert (done.state, done.result, done.attempts) == (JobState.DONE, {"rows": 3}, 1)
    assert (done.progress_done, done.progress_total, done.progress_message) == (3, 10, "读取")
    assert (done.lease_token, done.percent) == (None, 100)
    assert verbs() == ["job.start", "job.done"]


def test_a_refusal_fails_the_job_with_its_sentence_at_once(kind, clerk):
    def work(job):
        raise Refusal("too-old", "名册太旧")

    kind(work)
    done = runner.run_now(ask(clerk))
    assert (done.state, done.error_code, done.error_message) == (
        JobState.FAILED,
        "too-old",
        "名册太旧",
    )
    assert done.attempts == 1
    assert verbs() == ["job.start", "job.failed"]


def test_an_unexpected_error_is_tried_three_times_and_says_nothing_personal(kind, clerk, caplog):
    def work(job):
        raise ValueError("张三 110101199003070011")

    kind(work)
    job = ask(clerk)
    with pytest.raises(ValueError, match="张三"):
        runner.run_now(job)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error_code) == (JobState.FAILED, 3, "job-error")
    assert "1101" not in job.error_message + caplog.text
    assert "ValueError at" in caplog.text


def test_a_second_delivery_finds_the_job_taken(kind, clerk):
    runs = []

    def work(job):
        runs.append(1)
        runner.execute(job.id)
        return {}

    kind(work)
    job = runner.run_now(ask(clerk))
    runner.execute(job.pk)
    assert (len(runs), job.state) == (1, JobState.DONE)


@pytest.mark.parametrize("loss", ["disabled", "ended", "deleted", "role"])
def test_rights_lost_while_queued_refuse_the_job(kind, clerk, loss):
    runs = []
    kind(lambda job: runs.append(1))
    if loss == "role":
        registry._kinds["test.work"] = registry.Kind(
            "test.work", lambda job: runs.append(1), "jobs.job.view_all", "测试"
        )
        Jurisdiction.objects.update(role="county_admin", school_code="")
    job = ask(clerk)
    if loss == "disabled":
        User.objects.filter(pk=clerk.pk).update(is_active=False)
    elif loss == "ended":
        Jurisdiction.objects.update(ends_on=date(2026, 8, 1))
    elif loss == "deleted":
        Jurisdiction.objects.all().delete()
    else:
        Jurisdiction.objects.update(role="auditor")
    done = runner.run_now(Job.objects.get(pk=job.pk))
    assert (done.state, done.error_code, runs) == (JobState.FAILED, "job-right-lost", [])
    assert verbs() == ["job.refuse", "job.failed"]


def test_who_may_not_do_the_work_cannot_ask_for_it(kind, clerk):
    registry._kinds["test.work"] = registry.Kind("test.work", print, "jobs.job.view_all", "测试")
    with pytest.raises(Refusal, match="权限"):
        ask(clerk)


@pytest.mark.parametrize("value", ["522401199003070011", datetime(2026, 1, 1, tzinfo=UTC)])
def test_parameters_carry_no_personal_numbers_or_objects(kind, clerk, value):
    kind(print)
    with pytest.raises((ValueError, TypeError)):
        services.enqueue(
            kind="test.work", params={"x": value}, actor=actor_for(clerk, now=NOW), now=NOW
        )


def test_the_same_input_is_in_work_once(kind, clerk):
    kind(lambda job: {})
    first = ask(clerk, digest="abc")
    assert ask(clerk, digest="abc") == first
    other = User.objects.create_user("other", name="李四")
    Jurisdiction.objects.create(user=other, role="county_admin", division_prefix="522401")
    with pytest.raises(Conflict):
        ask(other, digest="abc")
    runner.run_now(first)
    assert ask(clerk, digest="abc") != first


def test_atomic_work_and_its_end_are_one(kind, clerk):
    def work(job):
        with job.atomically() as result:
            User.objects.create_user("made", name="甲")
            result["made"] = 1

    kind(work)
    done = runner.run_now(ask(clerk))
    assert (done.state, done.result) == (JobState.DONE, {"made": 1})


def test_an_attempt_that_lost_its_lease_commits_nothing(kind, clerk):
    def work(job):
        Job.objects.filter(pk=job.id).update(lease_token=job.id)
        User.objects.create_user("made", name="甲")
        return {}

    kind(work, atomic=True)
    job = ask(clerk)
    with transaction.atomic():
        runner.run_now(job)
    job.refresh_from_db()
    assert job.state == JobState.RUNNING
    assert not User.objects.filter(username="made").exists()


def test_cancel_before_and_during(kind, clerk):
    actor = actor_for(clerk, now=NOW)

    def work(job):
        services.cancel(job=Job.objects.get(pk=job.id), actor=actor, now=NOW)
        job.stop_if_cancelled()

    kind(work)
    waiting = services.cancel(job=ask(clerk), actor=actor, now=NOW)
    assert waiting.state == JobState.CANCELLED
    running = runner.run_now(ask(clerk))
    assert running.state == JobState.CANCELLED
    with pytest.raises(Conflict):
        services.cancel(job=running, actor=actor, now=NOW)


def stuck(clerk, *, attempts=1, worker="elsewhere/-/1/1", lease=-1, **fields):
    """Return a job as a killed worker leaves it."""
    job = ask(clerk)
    now = instant()
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING,
        attempts=attempts,
        started_at=now,
        lease_token=job.pk,
        lease_until=now + timedelta(seconds=lease),
        worker=worker,
        **fields,
    )
    return job


def test_the_sweeper_queues_orphans_again_and_gives_up_after_three(kind, clerk):
    kind(lambda job: {})
    orphan, poison = stuck(clerk), stuck(clerk, attempts=3)
    held = stuck(clerk, lease=60)
    assert services.sweep(now=instant())["requeued"] == 1
    for job in (orphan, poison, held):
        job.refresh_from_db()
    assert (orphan.state, held.state) == (JobState.QUEUED, JobState.RUNNING)
    assert (poison.state, poison.error_code) == (JobState.FAILED, "job-worker-died")
    assert runner.run_now(orphan).state == JobState.DONE


def test_a_dead_process_of_this_machine_needs_no_waiting_for_the_lease(kind, clerk):
    kind(lambda job: {})
    name = worker.own_name().rsplit("/", 2)[0]
    dead = stuck(clerk, worker=f"{name}/4194999/1", lease=60)
    alive = stuck(clerk, worker=worker.own_name(), lease=60)
    services.sweep(now=instant())
    dead.refresh_from_db()
    alive.refresh_from_db()
    assert (dead.state, alive.state) == (JobState.QUEUED, JobState.RUNNING)


def test_an_orphan_somebody_wanted_stopped_is_cancelled(kind, clerk):
    kind(lambda job: {})
    job = stuck(clerk, cancel_requested=True)
    services.sweep(now=instant())
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_a_lost_message_is_sent_again_less_and_less_often(kind, clerk, monkeypatch):
    kind(lambda job: {})
    sent = []
    monkeypatch.setattr(services.waking, "send_wake", sent.append)
    ask(clerk)
    start = NOW
    at = [second for second in range(0, 2400, 10) if _wakes(sent, start, second)]
    assert at[0] == 40
    assert at == sorted(at)
    assert len(at) < 10


def _wakes(sent, start, second):
    before = len(sent)
    services.sweep(now=start + timedelta(seconds=second))
    return len(sent) > before


def test_two_schedulers_start_a_period_once(kind):
    kind(lambda job: {})
    registry._schedules["test.work"] = registry.Schedule("test.work", hour=2, minute=30)
    assert services.start_scheduled(now=NOW) == 1
    assert services.start_scheduled(now=NOW) == 0
    again = services.enqueue(
        kind="test.work",
        params={},
        actor=operator(),
        now=NOW,
        schedule_key=Job.objects.get().schedule_key,
    )
    assert again == Job.objects.get()
    assert services.start_scheduled(now=NOW + timedelta(days=1)) == 1


@pytest.mark.parametrize(
    ("schedule", "key"),
    [
        (registry.Schedule("k", minutes=60), "k@20260901T0900"),
        (registry.Schedule("k", hour=9), "k@20260901T0900"),
        (registry.Schedule("k", hour=9, minute=1), "k@20260831T0901"),
    ],
)
def test_periods(schedule, key):
    assert schedule.key(NOW) == key


def test_scheduled_work_runs_as_the_operator(kind):
    seen = []
    kind(lambda job: seen.append(job.actor.role))
    job = services.enqueue(kind="test.work", params={}, actor=operator(), now=NOW)
    runner.run_now(job)
    assert seen == ["operator"]


def test_files_are_sealed_and_each_taking_is_recorded(kind, clerk, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    kind(lambda job: job.attach("../回执.xlsx", "秘密".encode(), row_count=2) and {})
    job = runner.run_now(ask(clerk))
    file = JobFile.objects.get(job=job)
    assert file.filename == "回执.xlsx"
    on_disk = b"".join(p.read_bytes() for p in (tmp_path / "store").rglob("*") if p.is_file())
    assert "秘密".encode() not in on_disk
    actor = actor_for(clerk, now=NOW)
    content = services.take(file=file, actor=actor, now=instant())
    assert content == "秘密".encode()
    entry = AuditEntry.objects.get(verb="file.download")
    assert (entry.count, entry.changes["sha256"][1]) == (2, file.sha256)
    with pytest.raises(Refusal, match="保存期"):
        services.take(file=file, actor=actor, now=file.expires_at)
    services.tidy(now=file.expires_at)
    assert not JobFile.objects.exists()
    with pytest.raises(FileNotFoundError):
        store.read(file.store_key)


def test_the_database_refuses_a_running_job_without_lease(kind, clerk):
    kind(print)
    job = ask(clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING)
