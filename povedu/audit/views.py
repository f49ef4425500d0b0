"""Reading the trail, proving it whole, and opening protected values."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.audit.filters import AuditFilter
from povedu.audit.models import AuditEntry
from povedu.audit.selectors import entries, history_of, reveals_of, verb_label
from povedu.audit.services import reveal_secret, verify_chain
from povedu.audit.tables import AuditTable, role_label
from povedu.errors import Refusal
from povedu.screens.details import DetailScreen, Fact
from povedu.screens.lists import ListScreen
from povedu.screens.screen import Button, Screen, Words

TRAIL = gettext_lazy("操作日志")


class AuditListScreen(ListScreen):
    """The trail of the reader's part of the county."""

    action = "audit.entry.view"
    title = TRAIL
    selector = entries
    table_class = AuditTable
    filterset_class = AuditFilter
    export_kind = "audit.export"
    export_action = "audit.entry.export"
    empty_reason = gettext_lazy("没有符合条件的操作。")

    def buttons(self) -> list[Button]:
        """Offer the proof."""
        return [Button(_("校验日志"), reverse("audit:verify"), "audit.chain.verify")]


class AuditDetailScreen(DetailScreen):
    """One entry with what it changed."""

    action = "audit.entry.view"
    selector = entries
    parents = ((TRAIL, "audit:entry-list"),)
    template_name = "audit/entry.html"

    def facts(self) -> Sequence[Fact]:
        """Say everything about the entry."""
        entry: AuditEntry = self.object
        history = (
            reverse("audit:subject-history", args=[entry.subject_type, entry.subject_id])
            if entry.subject_id
            else ""
        )
        return (
            Fact(_("时间"), entry.at),
            Fact(_("操作人"), entry.actor_name),
            Fact(_("角色"), role_label(entry.role)),
            Fact(_("操作"), verb_label(entry.verb)),
            Fact(_("对象"), entry.subject_label, url=history),
            Fact(_("条数"), entry.count),
            Fact(_("理由"), entry.reason),
            Fact(_("来源地址"), entry.ip),
            Fact(_("区划"), entry.division_code),
            Fact(_("学校代码"), entry.school_code),
            Fact(_("作业"), entry.job_id or ""),
        )

    def heading(self) -> Words:
        """Name the entry by its number."""
        return _("操作日志第 %(number)d 条") % {"number": self.object.pk}


class SubjectHistoryScreen(ListScreen):
    """What was done to one record."""

    action = "audit.entry.view"
    title = gettext_lazy("变更记录")
    selector = entries
    table_class = AuditTable
    parents = ((TRAIL, "audit:entry-list"),)
    empty_reason = gettext_lazy("没有关于此记录的操作。")

    def rows(self) -> "QuerySet[Any]":
        """Keep the entries about the record."""
        return history_of(self.scope, self.kwargs["subject_type"], self.kwargs["subject_id"])

    def buttons(self) -> list[Button]:
        """Offer the narrower question."""
        url = reverse("audit:subject-reveals", kwargs=self.kwargs)
        return [Button(_("谁查看过"), url, self.action)]


class SubjectRevealsScreen(SubjectHistoryScreen):
    """Who looked at one record's protected values, and why."""

    title = gettext_lazy("谁查看过完整信息")
    empty_reason = gettext_lazy("没有人查看过此记录的完整信息。")

    def rows(self) -> "QuerySet[Any]":
        """Keep the openings only."""
        return reveals_of(self.scope, self.kwargs["subject_type"], self.kwargs["subject_id"])

    def buttons(self) -> list[Button]:
        """Offer the wider question."""
        url = reverse("audit:subject-history", kwargs=self.kwargs)
        return [Button(_("全部操作"), url, self.action)]


class VerifyScreen(Screen):
    """Walk the chain and say what it found."""

    action = "audit.chain.verify"
    title = gettext_lazy("校验操作日志")
    parents = ((TRAIL, "audit:entry-list"),)
    template_name = "audit/verify.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Explain."""
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Verify; that it was done is recorded too."""
        verdict = verify_chain(actor=self.request.actor, now=self.request.now)
        if verdict.is_whole:
            messages.success(request, _("校验通过。"))
        return self.render_to_response(self.get_context_data(verdict=verdict))


class RevealScreen(Screen):
    """Open one protected value for somebody who says why."""

    action = "audit.secret.ask"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer a fragment with the whole value, or with the sentence that refuses it."""
        asked = {name: request.POST.get(name, "") for name in ("subject", "pk", "field", "reason")}
        try:
            value = reveal_secret(actor=self.request.actor, now=self.request.now, **asked)
        except PermissionError:
            raise PermissionDenied from None
        except (LookupError, ValueError):
            raise Http404 from None
        except Refusal as refusal:
            return self.answer("audit/reveal_refused.html", {"refusal": refusal}, refusal.status)
        return self.answer("audit/revealed.html", {"value": value}, 200)

    def answer(self, template: str, context: dict[str, Any], status: int) -> HttpResponse:
        """Render a fragment that nothing may keep."""
        response = render(self.request, template, context, status=status)
        response["Cache-Control"] = "no-store, private"
        return response
