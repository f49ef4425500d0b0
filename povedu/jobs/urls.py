"""Addresses of jobs and of the health of the installation."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from povedu.jobs import health, selectors, views
from povedu.scope import Actor
from povedu.screens.menu import MenuItem, Section
from povedu.screens.todo import OVERDUE, Todo, TodoSource

app_name = "jobs"


def _jobs_waiting(actor: Actor, now: datetime) -> Iterable[Todo]:
    address = reverse("jobs:job-list")
    yield Todo(_("正在进行的作业"), selectors.unfinished(actor).count(), address)
    failed = selectors.recently_failed(actor, now).count()
    yield Todo(_("未完成的作业"), failed, f"{address}?state=failed", hint=_("近三天"))


def _invariants_broken(actor: Actor, now: datetime) -> Iterable[Todo]:
    broken = health.broken_rows(health.last_verified())
    rows = _("；").join(f"{code} {row}" for code, row in broken.items())
    yield Todo(_("不成立的数据不变量"), len(broken), reverse("jobs:health"), OVERDUE, rows)


TODOS = [
    TodoSource("jobs.health.view", _invariants_broken, order=1),
    TodoSource("jobs.job.view", _jobs_waiting, order=90),
]
MENU = [
    MenuItem(Section.TODO, _("作业"), "jobs:job-list", "jobs.job.view", order=90),
    MenuItem(Section.ADMIN, _("运行状况"), "jobs:health", "jobs.health.view", order=80),
]

urlpatterns = [
    path("jobs/", views.JobList.as_view(), name="job-list"),
    path("jobs/<uuid:pk>/", views.JobDetail.as_view(), name="job-detail"),
    path("jobs/<uuid:pk>/progress/", views.JobProgress.as_view(), name="job-progress"),
    path("jobs/<uuid:pk>/cancel/", views.JobCancel.as_view(), name="job-cancel"),
    path("jobs/files/<uuid:pk>/", views.FileDownload.as_view(), name="file-download"),
    path("health/", views.HealthPage.as_view(), name="health"),
    path("health/live", views.Live.as_view(), name="live"),
    path("health/ready", views.Ready.as_view(), name="ready"),
]
