"""Pages about long work, and the health of the installation."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import django_filters
import django_tables2 as tables
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_exempt

from povedu.jobs import health, registry, selectors, services
from povedu.jobs.choices import JobState
from povedu.jobs.models import Job
from povedu.screens.actions import ActionScreen
from povedu.screens.details import Fact, ObjectScreen
from povedu.screens.filters import ScreenFilterSet
from povedu.screens.lists import ListScreen
from povedu.screens.screen import PUBLIC, Button, Screen, Words, row_or_404
from povedu.screens.tables import InstantColumn, LongColumn, ScreenTable, StatusColumn

if TYPE_CHECKING:
    from django.db.models import QuerySet

TONES = {
    JobState.QUEUED: "waiting",
    JobState.RUNNING: "doing",
    JobState.DONE: "done",
    JobState.FAILED: "refused",
    JobState.CANCELLED: "plain",
}


class JobTable(ScreenTable):
    """Jobs, newest first."""

    kind = tables.Column(
        verbose_name=gettext_lazy("作业"), linkify=("jobs:job-detail", [tables.A("pk")])
    )
    state = StatusColumn(tones={str(key): tone for key, tone in TONES.items()})
    progress_message = LongColumn(orderable=False)
    owner_name = tables.Column()
    created_at = InstantColumn()
    finished_at = InstantColumn()

    class Meta(ScreenTable.Meta):
        model = Job
        fields = (
            "kind",
            "state",
            "progress_message",
            "owner_name",
            "created_at",
            "finished_at",
        )
        lead = ("kind",)

    def render_kind(self, record: Job) -> str:
        """Show what people call it."""
        return record.title

    def render_progress_message(self, record: Job) -> str:
        """Show why it failed, else how far it is."""
        return record.error_message or record.progress_message or "—"


def _kind_choices() -> list[tuple[str, str]]:
    return sorted((name, str(kind.title or name)) for name, kind in registry.kinds().items())


class JobFilter(ScreenFilterSet):
    """By kind, state and who asked."""

    kind = django_filters.ChoiceFilter(label=gettext_lazy("作业"), choices=_kind_choices)
    state = django_filters.ChoiceFilter(label=gettext_lazy("状态"), choices=JobState.choices)
    scheduled = django_filters.BooleanFilter(
        label=gettext_lazy("系统发起"), field_name="by_operator"
    )

    class Meta:
        model = Job
        fields: tuple[str, ...] = ()


class JobList(ListScreen):
    """One's own jobs; for administrators all of their scope."""

    action = "jobs.job.view"
    title = gettext_lazy("作业")
    hint = gettext_lazy("导入、比对、计算、汇总和导出在后台进行，可以离开页面再回来。")
    table_class = JobTable
    filterset_class = JobFilter
    empty_reason = gettext_lazy("还没有作业。")

    def rows(self) -> "QuerySet[Any]":
        """Return the jobs that the person may see."""
        return selectors.jobs(self.request.actor)


class _OneJob(ObjectScreen):
    """A page about one job that the person may see."""

    action = "jobs.job.view"
    parents = ((gettext_lazy("作业"), "jobs:job-list"),)

    def rows(self) -> "QuerySet[Any]":
        """Return the jobs that the person may see."""
        return selectors.jobs(self.request.actor)

    def seen(self, job: Job) -> str:
        """Return the query that tells the fragment which state the page around it shows."""
        return ""

    def progress(self, job: Job) -> dict[str, Any]:
        """Return what the progress fragment needs."""
        actor = self.request.actor
        address = str(job.result.get("url", ""))
        may_stop = job.is_live and selectors.stoppable(actor).filter(pk=job.pk).exists()
        return {
            "job": job,
            "job_url": reverse("jobs:job-progress", args=[job.pk]) + self.seen(job),
            "cancel_url": reverse("jobs:job-cancel", args=[job.pk]) if may_stop else "",
            "result_url": address if address.startswith("/") else "",
            "result_label": job.result.get("label", ""),
            "figures": [(label, _figure(value)) for label, value in job.result.get("figures", [])],
            "notes": job.result.get("notes", []),
            "files": selectors.files(actor, self.request.now).filter(job=job),
            "remaining": remaining(job, self.request.now),
        }


class JobDetail(_OneJob):
    """One job: how far it is, how it ended, and its files."""

    template_name = "jobs/detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page."""
        job = self.object = self.load()
        assert isinstance(job, Job)  # noqa: S101  # narrows the type
        return self.render_to_response(
            self.get_context_data(facts=self.facts(job), **self.progress(job))
        )

    def seen(self, job: Job) -> str:
        """Have the page drawn anew when the job begins and when it ends: its facts change."""
        return f"?seen={job.state}"

    def facts(self, job: Job) -> list[Fact]:
        """Return who asked for it and when it ran."""
        return [
            Fact(_("发起人"), job.owner_name),
            Fact(_("提交时间"), _when(job.created_at)),
            Fact(_("开始时间"), _when(job.started_at)),
            Fact(_("结束时间"), _when(job.finished_at)),
            Fact(_("尝试次数"), job.attempts),
            Fact(_("编号"), str(job.pk)),
        ]


def _figure(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _when(instant: datetime | None) -> str:
    return f"{timezone.localtime(instant):%Y-%m-%d %H:%M:%S}" if instant else "—"


class JobProgress(_OneJob):
    """The fragment that the page asks for every second while the job lives."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the fragment."""
        job = self.load()
        assert isinstance(job, Job)  # noqa: S101  # narrows the type
        response = render(request, "screens/job_progress.html", self.progress(job))
        if request.GET.get("seen", job.state) != job.state:
            response["HX-Refresh"] = "true"
        return response

    def seen(self, job: Job) -> str:
        """Hand on what the page said that it shows."""
        told = self.request.GET.get("seen", "")
        return f"?seen={told}" if told in JobState.values else ""


class JobCancel(ActionScreen):
    """Stop a job."""

    action = "jobs.job.cancel"
    parents = ((gettext_lazy("作业"), "jobs:job-list"),)
    title = gettext_lazy("取消作业")
    button = gettext_lazy("取消作业")
    sentence = gettext_lazy(
        "还在排队的作业立即取消；正在进行的作业在下一个停顿处停下，已处理的部分不会留下。"
    )
    success = gettext_lazy("已要求取消。")
    danger = True
    service = staticmethod(services.cancel)
    object_argument = "job"

    def rows(self) -> "QuerySet[Any]":
        """Return the jobs that the person may stop."""
        return selectors.stoppable(self.request.actor)

    def success_url(self, result: Any) -> str:
        """Go back to the job."""
        return reverse("jobs:job-detail", args=[result.pk])


class FileDownload(ObjectScreen):
    """A file of an own job, as an attachment; each taking is recorded."""

    action = "jobs.file.download"

    def rows(self) -> "QuerySet[Any]":
        """Return the files that the person may take."""
        return selectors.files(self.request.actor, self.request.now)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send the file."""
        file: Any = row_or_404(self.rows(), pk=kwargs["pk"])
        content = services.take(file=file, actor=self.request.actor, now=self.request.now)
        response = HttpResponse(content, content_type="application/octet-stream")
        response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.filename)}"
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response["Cache-Control"] = "no-store"
        return response


def remaining(job: Job, now: datetime) -> str:
    """Say about how long a running job still takes, "" while nobody can know."""
    if job.state != JobState.RUNNING or not job.started_at or not job.progress_total:
        return ""
    elapsed = (now - job.started_at).total_seconds()
    share = job.progress_done / job.progress_total
    if elapsed < 3 or share < 0.02:
        return ""
    left = timedelta(seconds=elapsed / share - elapsed)
    if left < timedelta(minutes=1):
        return _("不到一分钟")
    minutes = round(left.total_seconds() / 60)
    return ngettext("约 %(count)d 分钟", "约 %(count)d 分钟", minutes) % {"count": minutes}


# --- health -------------------------------------------------------------------------------------


@method_decorator(csrf_exempt, name="dispatch")
class Live(Screen):
    """The process answers; nothing is looked at."""

    action = PUBLIC

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say so."""
        return HttpResponse("ok", content_type="text/plain")


@method_decorator(csrf_exempt, name="dispatch")
class Ready(Screen):
    """Pages can be served: database, structure, triggers and keys are there."""

    action = PUBLIC

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer 200 or 503 with the state of each part, and nothing more."""
        found = health.look(self.request.now, health.ESSENTIAL)
        status = 503 if any(one.is_failed for one in found) else 200
        return JsonResponse({one.name: one.level for one in found}, status=status)


class HealthPage(Screen):
    """All parts with their state, for administrators."""

    action = "jobs.health.view"
    title = gettext_lazy("运行状况")
    template_name = "jobs/health.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the parts."""
        tones = {"ok": "done", "warning": "waiting", "failed": "refused"}
        words: dict[str, Words] = {
            "ok": _("正常"),
            "warning": _("需留意"),
            "failed": _("异常"),
        }
        parts = [
            (one.label, words[one.level], tones[one.level], one.detail)
            for one in health.look(self.request.now)
        ]
        return self.render_to_response(self.get_context_data(parts=parts))

    def buttons(self) -> list[Button]:
        """Lead to the jobs."""
        return [Button(_("作业"), reverse("jobs:job-list"), "jobs.job.view")]
