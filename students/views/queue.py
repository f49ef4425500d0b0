"""The queue of what comparisons found: one key per decision, papers and answers beside it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.scope import Actor
from povedu.screens import Button, Decision, QueueScreen
from povedu.screens.queues import QueueItem
from povedu.screens.screen import Words
from students import filters
from students.choices import ASSIGNMENT_WAITS, FindingKind, FindingState, Place, Verdict
from students.models import Finding, HardshipProof
from students.rules.verdicts import Answer, answers_alike, answers_to
from students.rules.whereabouts import likely_place
from students.selectors import assignments as asked
from students.selectors import children as reads
from students.selectors.alike import alike
from students.selectors.decisions import decisions
from students.selectors.weighing import weights_of
from students.selectors.wording import reason_words
from students.services.settle import settle_finding, undo_decision
from students.services.settle_alike import undo_alike
from students.views.sides import comparisons, facts_of, side_title

_HINTS = {
    Verdict.SAME_PERSON: gettext_lazy("建立匹配；名册有有效证号的，学生身份随之确认"),
    Verdict.NOT_SAME: gettext_lazy("不再询问，除非证据变化"),
    Verdict.REGISTER_RIGHT: gettext_lazy("按名册改正学生姓名等"),
}


def answer_label(answer: Answer) -> Words:
    """Return an answer's words: where somebody is, else the verdict."""
    return Place(answer.place).label if answer.place else Verdict(answer.verdict).label


def _decision(answer: Answer, is_likely: bool) -> Decision:  # noqa: FBT001  # one caller, one fact
    return Decision(
        answer.name,
        answer_label(answer),
        tone="primary" if is_likely else "plain",
        hint=_HINTS.get(answer.verdict, ""),
        asks_reason=answer.needs_note,
    )


def _timely(answer: Answer, proof: HardshipProof | None, actor: Actor) -> bool:
    """Say whether an answer fits a proof that waits, or that none does."""
    if answer.verdict in (Verdict.PROOF_ACCEPTED, Verdict.PROOF_REFUSED):
        return proof is not None and proof.recorded_by_id != actor.user_id
    return proof is None


def settle_by_name(
    *, finding: Finding, decision: str, reason: str, actor: Actor, now: datetime
) -> None:
    """Settle by an answer's name, ``verdict`` or ``verdict:place``."""
    verdict, _colon, place = decision.partition(":")
    settle_finding(finding=finding, verdict=verdict, place=place, note=reason, actor=actor, now=now)


class FindingQueue(QueueScreen):
    """Findings one by one: both source rows side by side, one key per decision."""

    action = "students.finding.view"
    write_action = "students.finding.settle"
    title = gettext_lazy("差异处理")
    parents = ((gettext_lazy("差异一览"), "students:finding-list"),)
    selector = reads.findings
    filterset_class = filters.QueueFilter
    search_fields = ("student__name", "student__initials__startswith", "entry__name")
    search_hint = gettext_lazy("姓名或拼音首字母")
    template_name = "students/finding_queue.html"
    url_name = "students:finding-queue-item"
    object_argument = "finding"
    service = settle_by_name
    undo_service = undo_decision
    empty_reason = gettext_lazy("没有等待处理的差异。")

    def pending(self, rows: QuerySet[Finding]) -> QuerySet[Finding]:
        """Return the open findings."""
        return rows.filter(state=FindingState.OPEN)

    def line(self, row: Finding) -> tuple[Words, Words]:
        """Name the child, and the question."""
        sides = [row.evidence.get(side) or {} for side in ("left", "right")]
        name = next((one["name"] for one in sides if one.get("name")), "")
        where = next((one["school"] for one in sides if one.get("school")), "")
        return f"{name} {where}".strip(), str(row.get_kind_display())

    def describe(self, row: Finding) -> QueueItem:
        """Show both sides, or the one there is."""
        left, right = row.evidence.get("left"), row.evidence.get("right")
        return QueueItem(
            heading=self.line(row)[0],
            kind=row.get_kind_display(),
            left_title=side_title(left) if left or not right else "",
            right_title=side_title(right) if right else "",
            comparisons=comparisons(row),
            evidence=[reason_words(row.reason)],
            notes=tuple(facts_of(row)),
            weights=weights_of(row.evidence, row.probability),
        )

    def decisions_for(self, row: Finding) -> Sequence[Decision]:
        """Offer the answers that fit the kind and that the person may give.

        A school answers what it was asked and leaves the settling to who asked.
        """
        if self.scope.school_code is not None and asked.live_assignment(self.scope, row):
            return []
        proof = None
        if row.kind == FindingKind.NOT_ON_REGISTER:
            proof = asked.proofs_waiting(self.scope).filter(finding=row).first()
        offered = [
            one
            for one in answers_to(row.kind)
            if self.may(one.action) and _timely(one, proof, self.request.actor)
        ]
        likely = likely_place(row.reason)
        first = next((one for one in offered if likely and one.place == likely), None)
        return [_decision(one, one is (first or offered[0])) for one in offered]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Offer to answer the open findings of the same case together; show papers and answers."""
        row: Finding | None = kwargs.get("row")
        if row is not None:
            kwargs |= self.beside(row)
            if kwargs.get("is_pending"):
                kwargs["buttons"] = [*self.together(row), *self.handing_out()]
        return super().get_context_data(**kwargs)

    def beside(self, row: Finding) -> dict[str, Any]:
        """Return what belongs to a finding beside its two sides."""
        live = asked.live_assignment(self.scope, row)
        today = timezone.localtime(self.request.now).date()
        return {
            "assignment": live,
            "is_overdue": bool(live and live.state in ASSIGNMENT_WAITS and live.due_on < today),
            "steps": list(asked.steps_about(self.scope, row)),
            "papers": list(asked.evidence_files(self.scope).filter(finding=row)),
            "proofs": list(asked.proofs(self.scope).filter(finding=row)),
            "history": list(decisions(self.scope).filter(finding=row)[:10]),
            "takes_proof": row.kind == FindingKind.NOT_ON_REGISTER,
            "kept": f"?{query}" if (query := self.request.GET.urlencode()) else "",
        }

    def together(self, row: Finding) -> list[Button]:
        """Lead to the case's page where there is more than one, and an answer for all."""
        if not any(self.may(one.action) for one in answers_alike(row.kind)):
            return []
        count = alike(self.filtered(), row).count()
        url, query = reverse("students:finding-alike", args=[row.pk]), self.request.GET.urlencode()
        label = _("同类 %(count)s 条一并处理") % {"count": count}
        return [Button(label, f"{url}?{query}" if query else url)] if count > 1 else []

    def handing_out(self) -> list[Button]:
        """Lead to handing everything under the filters to its schools, where there are schools."""
        if not self.may("students.finding.assign"):
            return []
        url, query = reverse("students:findings-assign"), self.request.GET.urlencode()
        label = _("批量交办学校")
        return [Button(label, f"{url}?{query}" if query else url, icon="bi-send")]

    def take_back(self) -> HttpResponse:
        """Undo the last decision, or all those made together with it."""
        state = self.undoable()
        if state is None or "group" not in state:
            return super().take_back()
        undo_alike(group=UUID(state["group"]), actor=self.request.actor, now=self.request.now)
        del self.request.session[f"{self.place_key}:undo"]
        return HttpResponseRedirect(self.address())
