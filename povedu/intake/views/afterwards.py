"""Pages that come after a batch was stopped or brought in: answer for it, take it back."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povedu.intake.breaker import large_sentence
from povedu.intake.forms import ReasonForm
from povedu.intake.models import ImportBatch
from povedu.intake.services.apply import confirm_large
from povedu.intake.services.undo import check_may_undo, request_undo
from povedu.intake.undoing import REVERSED, UNDO_LABELS, plan_of
from povedu.intake.views.review import BatchAction
from povedu.screens.screen import Words


class BatchConfirm(BatchAction):
    """Answer for a sweeping change that was stopped."""

    action = write_action = "intake.batch.confirm"
    service = confirm_large
    form_class = ReasonForm
    title = _("确认大范围变更")
    button = _("确认并继续导入")
    danger = True
    success = _("已确认，正在导入。")

    def heading(self) -> Words:
        """Name the page."""
        return self.title

    def consequence(self) -> Words:
        """Repeat what would be touched."""
        return large_sentence(self.object.alarm) if self.object.alarm else ""


class BatchUndo(BatchAction):
    """Take an applied batch back, after seeing what becomes of it."""

    service = request_undo
    form_class = ReasonForm
    title = _("回退已导入的批次")
    button = _("回退")
    danger = True
    success = _("正在回退。")

    def heading(self) -> Words:
        """Name the page."""
        return self.title

    def found(self) -> Any:
        """Refuse at once, with the reason, where this batch cannot be taken back."""
        batch = self.object = self.load()
        assert isinstance(batch, ImportBatch)  # noqa: S101  # narrows the type
        kind = check_may_undo(batch, self.request.actor)
        self.counts = plan_of(batch).counts(kind)
        return batch

    def consequence(self) -> Words:
        """Say in figures what will happen."""
        return gettext(
            "将把 %(number)s 项恢复到导入前的样子；之后已被他人修改、使用或已发放资金的保留不动。"
        ) % {"number": f"{self.counts[REVERSED]:,}"}

    def figures(self) -> list[tuple[Words, Any]]:
        """Show the three buckets."""
        return [(label, f"{self.counts[name]:,}") for name, label in UNDO_LABELS.items()]
