"""The base of what is done about one finding."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens import ActionScreen
from povedu.screens.screen import Words
from students.models import Finding
from students.selectors import children as reads
from students.selectors.wording import reason_words

QUEUE: tuple[Words, str] = (gettext_lazy("差异处理"), "students:finding-queue")


def _named(finding: Finding) -> str:
    return f"{finding.student or finding.entry or ''} {finding.get_kind_display()}".strip()


class OfFinding(ActionScreen):
    """Something is done about a finding; afterwards its page in the queue."""

    selector: ClassVar[Callable[..., QuerySet[Any]]] = reads.findings
    parents = (QUEUE,)
    object_argument = "finding"
    object: Any

    def finding(self) -> Finding:
        """Return the finding that the row belongs to."""
        found: Finding = getattr(self.object, "finding", self.object)
        return found

    def initial(self) -> dict[str, Any]:
        """Begin empty: the fields are not the finding's own."""
        return {}

    def consequence(self) -> Words:
        """Name the finding."""
        finding = self.finding()
        return _("差异：%(finding)s。%(reason)s。") % {
            "finding": _named(finding),
            "reason": reason_words(finding.reason),
        }

    def back_url(self) -> str:
        """Lead back to the finding, the queue filtered as it was."""
        url, query = self.finding().get_absolute_url(), self.request.GET.urlencode()
        return f"{url}?{query}" if query else url

    def success_url(self, result: object) -> str:
        """Lead back to the finding."""
        return self.back_url()
