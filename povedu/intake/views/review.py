"""Pages of the review: rows, corrections, headings, apply, send back, answer."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.intake import selectors
from povedu.intake.answer import answer_file
from povedu.intake.forms import HeadingsForm, MappingForm, SendBackForm
from povedu.intake.kinds import kind_of
from povedu.intake.models import ImportBatch, MappingProfile
from povedu.intake.problems import REPAIRS, title_of
from povedu.intake.services import repairs, review
from povedu.intake.services.apply import request_apply
from povedu.intake.tables import (
    MappingFilter,
    MappingTable,
)
from povedu.screens.actions import ActionScreen
from povedu.screens.forms import FormScreen
from povedu.screens.lists import ListScreen
from povedu.screens.screen import Words

if TYPE_CHECKING:
    from django.db.models import QuerySet

from povedu.intake.views.batches import LIST, BatchScreen, attachment, consequence_of


class _WorkScreen(BatchScreen):
    """A page about one batch in scope of a kind that the person may bring in."""

    action = "intake.batch.review"

    def rows(self) -> "QuerySet[Any]":
        """Return the batches that the person may work on."""
        return selectors.workable(self.request.actor)


class BatchAction(_WorkScreen, ActionScreen):
    """An action on one batch; allowed is who may bring the kind in."""

    write_action = "intake.batch.review"
    object_argument = "batch"
    success_url_name: ClassVar[str] = ""

    def success_url(self, result: Any) -> str:
        """Go back to the batch."""
        return reverse("intake:batch-detail", args=[self.kwargs["pk"]])

    def back_url(self) -> str:
        """Go back to the batch."""
        return self.success_url(None)


class BatchApply(BatchAction):
    """Bring the accepted rows in."""

    action = "intake.batch.review"
    service = request_apply
    button = _("导入")
    success = _("已开始导入。")

    def heading(self) -> Words:
        """Name the page."""
        return gettext("确认导入")

    def consequence(self) -> Words:
        """Say what will happen."""
        return consequence_of(self.object)

    def figures(self) -> list[tuple[Words, Any]]:
        """Show the counts."""
        batch = self.object
        return [
            (_("数据行"), f"{batch.rows_count:,}"),
            (_("可导入"), f"{batch.ready_count:,}"),
            (_("需留意"), f"{batch.warned_count:,}"),
            (_("退回"), f"{batch.refused_count:,}"),
        ]


class BatchReturn(BatchAction):
    """Send a batch back with a comment."""

    action = write_action = "intake.batch.send_back"
    service = review.send_back
    form_class = SendBackForm
    title = _("退回上传人")
    sentence = _("批次退回上传人修改；数据不会导入。")
    button = _("退回")
    success = _("已退回。")

    def heading(self) -> Words:
        """Name the page."""
        return self.title


class BatchWithdraw(BatchAction):
    """Give a batch up."""

    action = "intake.batch.review"
    service = review.withdraw
    title = _("撤销这个批次")
    sentence = _("批次撤销后不再导入，文件和识别结果留存备查。")
    button = _("撤销")
    danger = True
    success = _("已撤销。")

    def heading(self) -> Words:
        """Name the page."""
        return self.title


class RepairDecline(BatchAction):
    """Refuse one kind of repair."""

    action = "intake.batch.review"
    service = repairs.decline_repair
    button = _("不接受这种修正")
    danger = True
    success = _("已改为退回这些行。")

    def found(self) -> Any:
        """Find the batch and the repair."""
        if self.kwargs["code"] not in REPAIRS:
            raise Http404
        return super().found()

    def heading(self) -> Words:
        """Name the repair."""
        return title_of(self.kwargs["code"])

    def consequence(self) -> Words:
        """Say how many rows go back."""
        count = self.object.summary.get("codes", {}).get(self.kwargs["code"], 0)
        return gettext("有 %(count)d 行做过这种修正，将全部退回，由上传人自行改正。") % {
            "count": count
        }

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        """Pass the code of the address."""
        return {**super().arguments(form), "code": self.kwargs["code"]}


class RepairAccept(RepairDecline):
    """Accept one kind of repair again."""

    service = repairs.accept_repair
    button = _("接受这种修正")
    danger = False
    success = _("已接受，这些行可以导入。")

    def consequence(self) -> Words:
        """Say how many rows go in again."""
        count = self.object.summary.get("codes", {}).get(self.kwargs["code"], 0)
        return gettext("有 %(count)d 行做过这种修正；除另有问题的以外，将按修正后的内容导入。") % {
            "count": count
        }


class BatchHeadings(_WorkScreen, FormScreen):
    """Say what the headings mean; remembered for this source."""

    action = "intake.batch.review"
    form_class = HeadingsForm
    service = review.teach_headings
    object_argument = "batch"
    button = _("保存并重新识别")
    success = _("已按新的对应重新识别，下次会记住。")

    def heading(self) -> Words:
        """Name the page."""
        return gettext("表头对应")

    def initial(self) -> dict[str, Any]:
        """Take first values from the form's own fields."""
        return {}

    def form_arguments(self) -> dict[str, Any]:
        """Show the batch's headings."""
        return {**super().form_arguments(), "kind": self.kind, "sheets": self.object.sheets}

    def success_url(self, result: Any) -> str:
        """Go back to the batch."""
        return reverse("intake:batch-detail", args=[self.kwargs["pk"]])

    def back_url(self) -> str:
        """Go back to the batch."""
        return self.success_url(None)


class BatchAnswer(BatchAction):
    """The clerk's own workbook, marked; taking it is recorded, so it is asked for by a button."""

    action = write_action = "intake.batch.review"
    title = _("下载处理结果")
    sentence = _("在原表上标出有问题的单元格，并写明每行的处理意见。下载会记入操作日志。")
    button = _("下载")

    def heading(self) -> Words:
        """Name the page."""
        return self.title

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send it and record that it was taken."""
        batch = self.object = self.load()
        assert isinstance(batch, ImportBatch)  # noqa: S101  # narrows the type
        answer = answer_file(batch)
        record(
            actor=self.request.actor,
            now=self.request.now,
            verb="intake.answer",
            subject=batch,
            count=batch.warned_count + batch.refused_count,
            place=(batch.division_code, batch.school_code),
        )
        return attachment(answer.content, answer.filename)


class MappingList(ListScreen):
    """Headings that sources have taught."""

    action = "intake.mapping.edit"
    title = _("表头对应")
    hint = _("各来源表头的含义；在批次的“表头对应”中设定，下次自动采用。")
    selector = selectors.mappings
    table_class = MappingTable
    filterset_class = MappingFilter
    parents = (LIST,)
    empty_reason = _("还没有设定过。")


class MappingChange(FormScreen):
    """Give a taught heading another meaning."""

    action = "intake.mapping.edit"
    selector = selectors.mappings
    form_class = MappingForm
    service = review.change_heading
    object_argument = "mapping"
    success = _("已保存；以后上传的文件按新的对应识别。")
    success_url_name = "intake:mapping-list"
    parents = ((_("表头对应"), "intake:mapping-list"),)

    def form_arguments(self) -> dict[str, Any]:
        """Offer the kind's columns."""
        assert isinstance(self.object, MappingProfile)  # noqa: S101  # narrows the type
        return {**super().form_arguments(), "kind": kind_of(self.object.kind)}


class MappingForget(ActionScreen):
    """Forget what a heading means."""

    action = "intake.mapping.edit"
    selector = selectors.mappings
    service = review.forget_heading
    object_argument = "mapping"
    sentence = _("删除后，这一表头按系统自带的别名识别。")
    button = _("删除")
    danger = True
    success = _("已删除。")
    success_url_name = "intake:mapping-list"
    parents = ((_("表头对应"), "intake:mapping-list"),)

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        """Pass the mapping."""
        assert isinstance(self.object, MappingProfile)  # noqa: S101  # narrows the type
        return super().arguments(form)
