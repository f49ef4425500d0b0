"""Pages of the review: rows, corrections, headings, apply, send back, answer."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.intake import selectors
from povedu.intake.answer import answer_file
from povedu.intake.choices import BatchState
from povedu.intake.forms import Cell, CellsForm, HeadingsForm, SendBackForm
from povedu.intake.kinds import kind_of
from povedu.intake.models import ImportBatch, ImportRow, MappingProfile
from povedu.intake.problems import REPAIRS, Outcome, sentence, title_of
from povedu.intake.reading.cells import as_text
from povedu.intake.rowstore import RowReader
from povedu.intake.services import review
from povedu.intake.services.apply import request_apply
from povedu.intake.tables import (
    MappingTable,
    RowFilter,
    RowTable,
)
from povedu.screens.actions import ActionScreen
from povedu.screens.base import Button, Words, row_or_404
from povedu.screens.forms import FormScreen
from povedu.screens.lists import ListScreen

if TYPE_CHECKING:
    from django.db.models import QuerySet

from povedu.intake.views.batches import LIST, BatchScreen, attachment, consequence_of


class _WorkScreen(BatchScreen):
    """A page about one batch in scope of a kind that the person may bring in."""

    action = "intake.batch.review"

    def rows(self) -> "QuerySet[Any]":
        """Return the batches that the person may work on."""
        return selectors.workable(self.request.actor)


class _BatchAction(_WorkScreen, ActionScreen):
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


class BatchApply(_BatchAction):
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


class BatchReturn(_BatchAction):
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


class BatchWithdraw(_BatchAction):
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


class RepairDecline(_BatchAction):
    """Refuse one kind of repair."""

    action = "intake.batch.review"
    service = review.decline_repair
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


class BatchAnswer(_BatchAction):
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


class RowList(ListScreen):
    """The staged rows of a batch."""

    action = "intake.batch.view"
    table_class = RowTable
    filterset_class = RowFilter
    empty_reason = _("没有这样的行。")
    parents = (LIST,)

    @cached_property
    def batch(self) -> ImportBatch:
        """Return the batch of the address, 404 out of scope."""
        found = row_or_404(selectors.batches(self.scope), pk=self.kwargs["pk"])
        assert isinstance(found, ImportBatch)  # noqa: S101  # narrows the type
        return found

    def heading(self) -> Words:
        """Name the file."""
        return self.batch.file_name

    def rows(self) -> "QuerySet[Any]":
        """Return the batch's rows."""
        return selectors.rows(self.scope, self.batch.pk)

    def check_parameters(self) -> None:
        """Find the batch first: not there and not in scope are the same 404."""
        self.batch  # noqa: B018  # looked up for its 404
        super().check_parameters()

    def table_extra(self) -> dict[str, Any]:
        """Give the table what opens the rows."""
        under_review = self.batch.state in (BatchState.STAGED, BatchState.RETURNED)
        may_fix = under_review and self.may(kind_of(self.batch.kind).action)
        return {"batch": self.batch, "may_fix": may_fix}

    def buttons(self) -> list[Button]:
        """Lead back to the batch."""
        return [Button(_("返回批次"), reverse("intake:batch-detail", args=[self.batch.pk]))]


class RowFix(FormScreen):
    """Correct the cells of one row and check it again."""

    action = "intake.batch.review"
    form_class = CellsForm
    service = review.fix_row
    object_argument = "row"
    parents = (LIST,)
    lookup = "row"
    button = _("改正并重新检查")
    success = _("已改正并重新检查。")

    def rows(self) -> "QuerySet[Any]":
        """Return the batch's rows, where the person may work on it."""
        batches = selectors.workable(self.request.actor)
        return selectors.rows(self.scope, self.kwargs["pk"]).filter(batch__in=batches)

    def load(self) -> Any:
        """Return the row of the address."""
        row = row_or_404(self.rows(), pk=self.kwargs["row"])
        assert isinstance(row, ImportRow)  # noqa: S101  # narrows the type
        return row

    def heading(self) -> Words:
        """Name the row."""
        return gettext("第 %(row)d 行") % {"row": self.object.number}

    def cells(self) -> list[Cell]:
        """Return the row's cells, those with problems first."""
        row = self.object
        kind = kind_of(row.batch.kind)
        stored = RowReader(kind, row.batch.sheets).open(row.payload, row.sheet)
        cells = []
        for at, one in enumerate(row.batch.sheets[row.sheet]["mapping"]):
            if one["field"]:
                label = kind.columns[one["field"]].label
                said = [
                    sentence(problem, row.number, label)
                    for problem in stored.problems
                    if problem.field == one["field"] and not problem.is_repair
                ]
                cells.append(Cell(one["field"], label, as_text(stored.raw[at]), said))
        return sorted(cells, key=lambda cell: not cell.said)

    def initial(self) -> dict[str, Any]:
        """Take first values from the cells."""
        return {}

    def form_arguments(self) -> dict[str, Any]:
        """Show the row's cells."""
        return {**super().form_arguments(), "cells": self.cells()}

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        """Pass the cells as one."""
        assert isinstance(form, CellsForm)  # noqa: S101  # narrows the type
        return {
            "actor": self.request.actor,
            "now": self.request.now,
            "row": self.object,
            "cells": form.cells,
        }

    def success_url(self, result: Any) -> str:
        """Go back to the rows that still have something."""
        return reverse("intake:row-list", args=[self.kwargs["pk"]]) + f"?outcome={Outcome.REFUSED}"

    def back_url(self) -> str:
        """Go back to the rows."""
        return self.success_url(None)


class MappingList(ListScreen):
    """Headings that sources have taught."""

    action = "intake.mapping.edit"
    title = _("表头对应")
    hint = _("各来源表头的含义；在批次的“表头对应”中设定，下次自动采用。")
    selector = selectors.mappings
    table_class = MappingTable
    parents = (LIST,)
    empty_reason = _("还没有设定过。")


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
