"""The matrix: a term's counts, the cells behind them, and a school's students by programme."""

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.jobs import services as jobs
from povedu.jobs.models import Job
from povedu.scope import Actor
from povedu.screens.actions import ActionScreen, NoQuestions
from povedu.screens.lists import BulkAction, ListScreen
from povedu.screens.screen import Button, Screen, Words, row_or_404
from schools import selectors as places
from schools.models import School
from subsidies.choices import CellState
from subsidies.filters import CellFilter, SchoolMatrixFilter
from subsidies.selectors import matrix_pages as selectors
from subsidies.selectors.programmes import office_of
from subsidies.services.backpay import make_back_pays
from subsidies.tables.matrix import (
    CELL_TONES,
    CellTable,
    ProgrammeColumn,
    SchoolMatrixTable,
)
from subsidies.views.office import NewForm

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from subsidies.models import AidMatrix

MATRIX = gettext_lazy("资助矩阵")
ABOVE = ((MATRIX, "subsidies:matrix"),)
NOT_COMPUTED = gettext_lazy("本学期的资助矩阵还没有计算，或没有符合筛选的格。")
COMPUTE = gettext_lazy("请在“资助矩阵”页点“重新计算”，或等待每晚的自动计算。")
# What each state asks of whom; the legend of the page.
MEANINGS = {
    CellState.PAID: gettext_lazy("本学期应发的已全部到账"),
    CellState.PAYING: gettext_lazy("按月发放，已到期的都已到账"),
    CellState.AWAITING: gettext_lazy("在公示、审批、编批或银行途中"),
    CellState.RETURNED: gettext_lazy("银行退回，更正账户后重发"),
    CellState.SUSPENDED: gettext_lazy("因休学等暂停，恢复后续发"),
    CellState.OVERDUE: gettext_lazy("已批准，过应发日两个月仍未发出"),
    CellState.MISSED: gettext_lazy("符合条件，没有资助决定"),
    CellState.EXHAUSTED: gettext_lazy("符合条件，资金或指标不够"),
    CellState.ELSEWHERE: gettext_lazy("其他系统或其他学期已享受"),
    CellState.STOPPED: gettext_lazy("有人办理了取消或不再补发"),
    CellState.RECOVERED: gettext_lazy("发放后全部追回"),
    CellState.NOT_ELIGIBLE: gettext_lazy("不符合条件，原因逐格列明"),
}


class MatrixSummary(Screen):
    """A term's cells counted by programme and by school; every figure opens its rows."""

    action = "subsidies.matrix.summary"
    title = MATRIX
    hint = gettext_lazy("每个学生、每个项目在本学期恰有一种状态；没有发的，都写明原因。")
    template_name = "subsidies/matrix.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page."""
        term, office = self.request.term.code, office_of(self.request.actor)
        programmes = selectors.by_programme(self.scope, term, office)
        matrices = list(selectors.matrices(self.scope).filter(term=term))
        openable = self.may("subsidies.matrix.view")
        sums = selectors.total_of(programmes)
        shown = [one for one in CellState if sums.of(one).count]
        return self.render_to_response(
            self.get_context_data(
                states=[(one, one.label) for one in shown],
                legend=[(one.label, CELL_TONES[one], MEANINGS[one]) for one in CellState],
                programmes=_linked(programmes, "programme", shown, openable=openable),
                schools=_linked(
                    selectors.by_school(self.scope, term, office),
                    "school",
                    shown,
                    openable=openable,
                ),
                sums=sums,
                sum_counts=[sums.of(one).count for one in shown],
                matrices=[self._about(one) for one in matrices],
                is_whole=self.scope.school_code is None and len(self.scope.division_prefix) <= 6,
                openable=openable,
            )
        )

    @staticmethod
    def _about(one: "AidMatrix") -> dict[str, Any]:
        return {"matrix": one, "behind": selectors.changes_since(one)}

    def heading(self) -> Words:
        """Name the term."""
        return _("资助矩阵：%(term)s") % {"term": self.request.term.label}

    def buttons(self) -> list[Button]:
        """Lead to the rows, and offer to compute anew."""
        return [
            Button(_("逐格查看"), reverse("subsidies:cell-list"), "subsidies.matrix.view"),
            Button(_("疑点清单"), reverse("subsidies:doubt-list"), "subsidies.doubt.view"),
            Button(
                _("重新计算"),
                reverse("subsidies:matrix-compute"),
                "subsidies.matrix.compute",
                "bi-arrow-repeat",
            ),
        ]


def _linked(
    lines: list[selectors.SummaryLine],
    parameter: str,
    shown: list[CellState],
    *,
    openable: bool,
) -> list[dict[str, Any]]:
    """Return each line with its own address and one for each of its states."""
    base = reverse("subsidies:cell-list")

    def to(line: selectors.SummaryLine, **more: str) -> str:
        return f"{base}?{urlencode({parameter: line.key, **more})}" if openable else ""

    found = []
    for line in lines:
        own = to(line)
        if openable and parameter == "school":
            own = reverse("subsidies:school-matrix-list", args=[line.key])
        counts = [(state, line.of(state).count) for state in shown]
        cells = [(count, to(line, state=state) if count else "") for state, count in counts]
        found.append({"line": line, "url": own, "cells": cells})
    return found


def start_matrix(*, county: Any, term: str, actor: Actor, now: datetime) -> Job:
    """Ask for a term's matrix to be computed anew."""
    return jobs.enqueue(
        kind="subsidies.compute_matrix",
        params={"county": county.pk, "term": term},
        digest=f"matrix {county.pk} {term}",
        actor=actor,
        now=now,
    )


class MatrixCompute(NewForm, ActionScreen):
    """Compute the term's matrix and its doubtful points anew."""

    action = "subsidies.matrix.compute"
    title = gettext_lazy("重新计算资助矩阵")
    sentence = gettext_lazy(
        "将按现在的资助决定、发放明细和认定情况，重新计算本学期每个学生、每个项目的状态，并更新疑点清单；"
        "不改动任何资助和资金。"
    )
    parents = ABOVE
    form_class = NoQuestions
    service = start_matrix
    button = gettext_lazy("开始计算")
    success = gettext_lazy("已开始计算。")

    def arguments(self, form: Any) -> dict[str, Any]:
        """Name the county and the term."""
        given = super().arguments(form)
        return {**given, "county": self.county(), "term": self.request.term.code}

    def success_url(self, result: Job) -> str:
        """Go to the job."""
        return reverse("jobs:job-detail", args=[result.pk])


class CellList(ListScreen):
    """The cells of the term, one line each."""

    action = "subsidies.matrix.view"
    title = gettext_lazy("资助矩阵明细")
    parents = ABOVE
    table_class = CellTable
    filterset_class = CellFilter
    main_filters = 4
    search_fields = ("student__name", "student__initials__startswith")
    search_hint = gettext_lazy("姓名或拼音首字母")
    export_kind = "matrix"
    bulk_actions = (
        BulkAction(
            "back_pay",
            gettext_lazy("补发"),
            "subsidies.backpay.make",
            gettext_lazy(
                "将为所选 %(count)d 格中的“应助未助”补作资助决定（仍须公示、由他人批准），"
                "为“漏发”“退回待更正”编制补发批次（仍须冻结、由他人审批）；其余状态的格不受影响。"
            ),
        ),
    )
    empty_reason = NOT_COMPUTED
    empty_action = COMPUTE

    def rows(self) -> "QuerySet[Any]":
        """Return the term's cells in scope, of one's own office's programmes."""
        office = office_of(self.request.actor)
        return selectors.cells(self.scope, self.request.term.code, office)

    def heading(self) -> Words:
        """Name the term."""
        return _("资助矩阵明细：%(term)s") % {"term": self.request.term.label}

    def bulk_back_pay(self, chosen: "QuerySet[Any]") -> Words:
        """Make late awards and late batches of the chosen cells."""
        made = make_back_pays(
            cells=chosen.select_related("matrix"),
            reason=_("由资助矩阵选定补发"),
            actor=self.request.actor,
            now=self.request.now,
        )
        return _("已生成补发单：%(papers)s。请在“补发单”中查看并继续办理。") % {
            "papers": _("；").join(
                _("%(number)s %(kind)s %(count)d 人 %(amount)s 元")
                % {
                    "number": one.number,
                    "kind": one.get_kind_display(),
                    "count": one.students_count,
                    "amount": one.amount,
                }
                for one in made
            )
        }


class SchoolMatrix(ListScreen):
    """A school's students of the term, a column for each programme."""

    action = "subsidies.matrix.view"
    title = MATRIX
    parents = ABOVE
    table_class = SchoolMatrixTable
    filterset_class = SchoolMatrixFilter
    search_fields = ("name", "initials__startswith")
    search_hint = gettext_lazy("姓名或拼音首字母")
    export_kind = "school-matrix"
    empty_reason = NOT_COMPUTED
    empty_action = COMPUTE

    @cached_property
    def school(self) -> School:
        """Return the school of the address; out of scope is a 404."""
        found = row_or_404(places.schools(self.scope), code=self.kwargs["code"])
        assert isinstance(found, School)  # noqa: S101  # the selector's model
        return found

    def check_parameters(self) -> None:
        """Look the school up first, whatever is asked of the page."""
        if self.school.pk:  # raises the 404
            super().check_parameters()

    def _read(self) -> dict[str, Any]:
        return {
            "scope": self.scope,
            "term": self.request.term.code,
            "school_code": self.school.code,
            "office": office_of(self.request.actor),
        }

    def rows(self) -> "QuerySet[Any]":
        """Return the school's students, their cells with them."""
        return selectors.students_of(**self._read())

    def table_extra(self) -> dict[str, Any]:
        """Give each programme a column."""
        columns = [
            (f"programme_{one.pk}", ProgrammeColumn(one.pk, verbose_name=one.name))
            for one in selectors.programmes_of(**self._read())
        ]
        return {"extra_columns": columns}

    def heading(self) -> Words:
        """Name school and term."""
        names = {"school": self.school.name, "term": self.request.term.label}
        return _("%(school)s资助矩阵：%(term)s") % names
