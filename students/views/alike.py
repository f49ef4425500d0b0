"""Answering all open findings of one case together."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.forms import BaseForm
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.errors import Refusal
from povedu.scope import Actor
from povedu.screens.screen import Words
from povedu.terms import Term
from students.forms.findings import AlikeForm, packed
from students.models import Finding
from students.rules.verdicts import Answer, answers_alike
from students.selectors.alike import alike
from students.selectors.wording import reason_words
from students.services.settle_alike import LIMIT, Together, settle_alike
from students.views.queue import FindingQueue, answer_label
from students.views.shown import OverShown


def settle_shown(
    *,
    finding: Finding,
    answer: str,
    note: str,
    shown: dict[int, str],
    actor: Actor,
    now: datetime,
) -> Together:
    """Settle by an answer's name, ``verdict`` or ``verdict:place``."""
    verdict, _colon, place = answer.partition(":")
    return settle_alike(
        finding=finding,
        shown=shown,
        verdict=verdict,
        place=place,
        note=note,
        actor=actor,
        now=now,
    )


class SettleAlike(OverShown):
    """The open findings of one finding's case under the queue's filters: look, answer, once."""

    action = "students.finding.settle"
    title = gettext_lazy("同类差异一并处理")
    hint = gettext_lazy(
        "只列出类型、说明、学期都相同且待处理的差异；一个结论、一条依据记入每一条。"
    )
    parents = ((gettext_lazy("差异处理"), "students:finding-queue"),)
    template_name = "students/alike.html"
    form_class = AlikeForm
    service = settle_shown
    object_argument = "finding"
    object: Finding
    button = gettext_lazy("一并处理")
    together: Together | None = None  # what the service has done

    def found(self) -> Finding:
        """Return the finding of the case; refuse one that has no answer for all."""
        finding = self.load()
        assert isinstance(finding, Finding)  # noqa: S101  # the selector's model
        self.object = finding
        if not self.answers():
            raise Refusal("not-alike", _("这类差异须逐条认定，不能一并处理。"))
        return finding

    def answers(self) -> list[Answer]:
        """Return the answers that the person may give to all."""
        return [one for one in answers_alike(self.object.kind) if self.may(one.action)]

    def form_arguments(self) -> dict[str, Any]:
        """Offer the answers."""
        labelled = [(one.name, answer_label(one)) for one in self.answers()]
        return {**super().form_arguments(), "answers": labelled}

    def initial(self) -> dict[str, Any]:
        """Put down which findings are shown, and on what evidence."""
        return {"shown": packed(self.fitting().values_list("pk", "evidence_digest")[:LIMIT])}

    def fitting(self) -> QuerySet[Finding]:
        """Return the open findings of the case."""
        return alike(self.filtered(), self.object)

    def consequence(self) -> Words:
        """Say how many there are."""
        return _("将以同一结论处理下列 %(count)s 条差异，处理后一分钟内可整批撤销。") % {
            "count": f"{min(self.count, LIMIT):,}"
        }

    def figures(self) -> Sequence[tuple[Words, Any]]:
        """Name the case."""
        return [
            (_("类型"), self.object.get_kind_display()),
            (_("说明"), reason_words(self.object.reason)),
            (_("学期"), Term.parse(self.object.term).label),
            (_("符合条件"), f"{self.count:,}"),
        ]

    def heading(self) -> Words:
        """Name the page."""
        return self.title

    def carry_out(self, form: BaseForm) -> str:
        """Settle, and let the queue offer the way back."""
        url = super().carry_out(form)
        if self.together is not None:
            chosen = next(one for one in self.answers() if one.name == form.cleaned_data["answer"])
            self.request.session[f"{FindingQueue().place_key}:undo"] = {
                "pk": str(self.object.pk),
                "group": str(self.together.group),
                "label": _("%(answer)s（%(count)s 条）")
                % {"answer": answer_label(chosen), "count": self.together.settled},
                "at": int(self.request.now.timestamp()),
            }
        return url

    def success_message(self, result: Together) -> Words:
        """Say how many were settled and how many left out."""
        self.together = result
        if not result.left_out:
            return _("已一并处理 %(count)s 条。") % {"count": f"{result.settled:,}"}
        return _(
            "已一并处理 %(count)s 条；另有 %(left)s 条证据刚有变化或已由他人处理，请逐条核对。"
        ) % {"count": f"{result.settled:,}", "left": f"{result.left_out:,}"}

    def success_url(self, result: Together) -> str:
        """Go back to the queue as it was filtered."""
        query = self.request.GET.urlencode()
        return reverse("students:finding-queue") + (f"?{query}" if query else "")
