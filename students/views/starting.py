"""Asking for runs: now, for one county or each of a city, and every night."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.forms import BaseForm
from django.urls import reverse
from django.utils.translation import gettext_lazy

from povedu.jobs.models import Job
from povedu.scope import Actor
from povedu.screens import FormScreen
from povedu.screens.screen import Words
from povedu.terms import Term
from schools.models import Division
from students.forms.registers import NightlyForm, RunForm
from students.selectors import children as reads
from students.selectors import runs as run_reads
from students.services.nightly import set_nightly, start_runs

_RUNS: tuple[Words, str] = (gettext_lazy("比对记录"), "students:run-list")


def start_run(
    *,
    term: str,
    snapshots: Sequence[Any],
    again: bool,
    counties: Sequence[Division],
    actor: Actor,
    now: datetime,
) -> list[Job]:
    """Ask for a run of each county; snapshots are only chosen where there is one."""
    return start_runs(
        counties=counties,
        term=Term.parse(term),
        snapshots=[one.pk for one in snapshots] if len(counties) == 1 else (),
        again=again,
        actor=actor,
        now=now,
    )


class RunStart(FormScreen):
    """Choose a term and start; a city's counties are compared side by side."""

    action = "students.reconciliation.run"
    title = gettext_lazy("开始比对")
    hint = gettext_lazy(
        "逐人比对本学期花名册与各部门名册。不会修改花名册，差异进入待处理队列。多个县各为一个作业，同时进行。"
    )
    parents = (_RUNS,)
    form_class = RunForm
    service = start_run
    button = gettext_lazy("开始比对")
    success = gettext_lazy("已开始比对，可离开本页，完成后在比对记录中查看。")

    def form_arguments(self) -> dict[str, Any]:
        """Offer the terms near the one in view, and the county's snapshots."""
        return {
            **super().form_arguments(),
            "term": self.request.term,
            "snapshots": reads.snapshots(self.scope),
        }

    def arguments(self, form: BaseForm) -> dict[str, Any]:
        """Name the counties of the person's scope."""
        return {**super().arguments(form), "counties": run_reads.counties(self.scope)}

    def success_url(self, result: Any) -> str:
        """Go to the job's progress, or to the jobs where there are several."""
        if len(result) == 1:
            return reverse("jobs:job-detail", args=[result[0].pk])
        return reverse("jobs:job-list")


class Nightly(FormScreen):
    """Say which counties are compared every night."""

    action = "students.reconciliation.run"
    title = gettext_lazy("夜间比对")
    hint = gettext_lazy(
        "每天凌晨 1:30 比对当前学期；名单没有变化的县只核对，不重新比对。已处理的差异不会再问。"
    )
    parents = (_RUNS,)
    form_class = NightlyForm
    service = set_nightly

    def form_arguments(self) -> dict[str, Any]:
        """Offer the counties in scope, those that are on ticked."""
        counties = run_reads.counties(self.scope)
        return {
            **super().form_arguments(),
            "among": counties,
            "on": run_reads.nightly_counties(self.scope),
        }

    def arguments(self, form: BaseForm) -> dict[str, Any]:
        """Name the counties that were offered."""
        return {**super().arguments(form), "among": run_reads.counties(self.scope)}

    def success_url(self, result: Any) -> str:
        """Go back to the runs."""
        return reverse("students:run-list")
