"""Taking decisions back, and who decided what and when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.errors import Refusal
from povedu.scope import Actor
from povedu.screens import ListScreen
from povedu.screens.screen import Words
from students import filters, tables
from students.choices import FindingState
from students.forms import settling as forms
from students.models import Decision, Finding
from students.selectors.decisions import decisions, live_decision, still_standing
from students.services.settle import undo_decision
from students.services.settle_alike import undo_alike
from students.views.of_finding import OfFinding


def take_back(
    *, finding: Finding, actor: Actor, now: datetime, whole: bool = False
) -> Finding | int:
    """Undo the live decision on a finding, or all that were made together with it."""
    decision = live_decision(actor.scope, finding)
    if whole and decision is not None and decision.group is not None:
        return undo_alike(group=decision.group, actor=actor, now=now)
    return undo_decision(finding=finding, actor=actor, now=now)


class UndoDecision(OfFinding):
    """A decision is taken back, also after its minute, where nothing has been built on it."""

    action = "students.finding.settle"
    title = gettext_lazy("撤销处理结论")
    form_class = forms.UndoForm
    service = take_back
    button = gettext_lazy("撤销")
    danger = True
    success = gettext_lazy("已撤销，差异重新待处理。")
    decision: Decision | None = None

    def found(self) -> Finding:
        """Return the finding with the decision that stands; without one there is nothing."""
        finding = self.load()
        assert isinstance(finding, Finding)  # noqa: S101  # the selector's model
        self.decision = live_decision(self.scope, finding)
        if self.decision is None or finding.state != FindingState.SETTLED:
            raise Refusal("nothing-to-undo", _("该差异没有可撤销的处理结论。"))
        return finding

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form how many were decided together."""
        together = still_standing(self.scope, self.decision)
        return {**super().form_arguments(), "together": together}

    def consequence(self) -> Words:
        """Say what is undone; what has been built on refuses by itself."""
        return _(
            "撤销后，这一结论改动的内容恢复原样，此后已被他人修改的部分保留。"
            "已据此作出资助决定或劝返记录的，不能撤销。"
        )

    def figures(self) -> Sequence[tuple[Words, Any]]:
        """Say who decided what and when."""
        decision = self.decision
        if decision is None:
            return []
        return [
            (_("结论"), tables.verdict_words(decision)),
            (_("处理人"), decision.decided_by),
            (_("处理时间"), tables.instant_words(decision.decided_at)),
        ]


class DecisionList(ListScreen):
    """Who decided what and when."""

    action = "students.decision.view"
    title = gettext_lazy("处理记录")
    parents = ((gettext_lazy("差异一览"), "students:finding-list"),)
    selector = decisions
    table_class = tables.DecisionTable
    filterset_class = filters.DecisionFilter
    search_fields = ("finding__student__name", "decided_by__name")
    search_hint = gettext_lazy("学生或处理人姓名")
    export_kind = "decisions"
    export_action = "students.decision.export"
    empty_reason = gettext_lazy("还没有处理结论。")
