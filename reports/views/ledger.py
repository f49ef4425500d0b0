"""The button that exports the ledger."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from povedu.jobs.models import Job
from povedu.jobs.services import enqueue
from povedu.screens import ActionScreen
from reports import tasks
from reports.forms import LedgerForm


class LedgerExport(ActionScreen):
    """Start the export of a year's ledger."""

    action = "reports.ledger.export"
    form_class = LedgerForm
    title = gettext_lazy("导出资金台账")
    sentence = gettext_lazy(
        "导出所选年度的全部分录，附合计、筛选条件、内容校验值和台账链首；导出会记入操作日志。"
    )
    button = gettext_lazy("开始导出")
    success = gettext_lazy("已开始导出。")

    @staticmethod
    def start(*, actor: Any, now: Any, **chosen: Any) -> Job:
        """Ask for the work."""
        return enqueue(kind=tasks.EXPORT_LEDGER, params=chosen, actor=actor, now=now)

    service = start

    def form_arguments(self) -> dict[str, Any]:
        """Offer the programmes in scope."""
        return {**super().form_arguments(), "scope": self.scope}

    def initial(self) -> dict[str, Any]:
        """Begin with the term's calendar year."""
        return {"year": self.request.term.starts_on.year}

    def success_url(self, result: Any) -> str:
        """Go to the job."""
        return reverse("jobs:job-detail", args=[result.pk])
