"""Pages of the ledger."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.audit.services import record
from povedu.ledger import selectors, services
from povedu.ledger.choices import FundSource
from povedu.ledger.filters import EntryFilter
from povedu.ledger.forms import OpeningForm
from povedu.ledger.tables import BalanceTable, EntryTable
from povedu.scope import Actor
from povedu.screens.actions import ActionScreen
from povedu.screens.base import Button, Screen, Words
from povedu.screens.forms import FormScreen
from povedu.screens.lists import ListScreen

LEDGER = gettext_lazy("资金台账")
LIST = ((LEDGER, "ledger:entry-list"),)


def newest_first(scope: Any) -> Any:
    """Return the entries in scope, the newest first."""
    return selectors.entries(scope).order_by("county_code", "-seq")


class EntryList(ListScreen):
    """The ledger's entries."""

    action = "ledger.entry.view"
    title = LEDGER
    selector = newest_first
    table_class = EntryTable
    filterset_class = EntryFilter
    export_kind = "ledger-entries"
    export_action = "ledger.entry.export"
    empty_reason = gettext_lazy("还没有记账。")

    def buttons(self) -> list[Button]:
        """Offer balances, the check, and opening balances."""
        return [
            Button(_("余额"), reverse("ledger:balance-list"), "ledger.balance.view"),
            Button(_("校验台账"), reverse("ledger:verify"), "ledger.chain.verify"),
            Button(_("登记期初余额"), reverse("ledger:opening-add"), "ledger.opening.add"),
        ]


class Balances(Screen):
    """Cash by source, programme or school, over a calendar or an academic year."""

    action = "ledger.balance.view"
    title = gettext_lazy("资金余额")
    template_name = "ledger/balances.html"
    parents = LIST

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the balances of the year and key of the address."""
        this_year = timezone.localtime(self.request.now).year
        by = request.GET.get("by", "source")
        kind = request.GET.get("kind", "calendar")
        asked = request.GET.get("year", str(this_year))
        known = asked.isascii() and asked.isdigit() and 2000 < int(asked) < 2101
        if by not in selectors.BY or kind not in ("calendar", "school") or not known:
            raise Http404
        year = int(asked)
        view = selectors.year_view if kind == "calendar" else selectors.school_year_view
        rows = view(self.scope, year, selectors.BY[by])
        labels = {source.value: str(source.label) for source in FundSource}
        table = BalanceTable(
            [
                {
                    "name": " · ".join(labels.get(part, part) or _("未指定") for part in row.key),
                    "opening": row.opening,
                    "received": row.received,
                    "spent": row.spent,
                    "closing": row.closing,
                }
                for row in rows
            ],
            request=request,
        )
        sums = {
            name: sum(getattr(row, name) for row in rows)
            for name in ("opening", "received", "spent", "closing")
        }
        context = self.get_context_data(
            table=table,
            sums=sums,
            year=year,
            kind=kind,
            by=by,
            years=range(this_year, this_year - 12, -1),
            keys=[
                ("source", _("资金来源")),
                ("programme", _("项目")),
                ("school", _("学校")),
                ("programme_source", _("项目与来源")),
            ],
        )
        return self.render_to_response(context)


def check(*, actor: Actor, now: Any) -> selectors.Verdict:
    """Walk the chains in scope and record that somebody did."""
    verdict = selectors.verify(actor.scope)
    told = "ok" if verdict.ok else f"{verdict.fault} {verdict.county} {verdict.seq}"
    record(
        actor=actor,
        now=now,
        verb="ledger.verify",
        count=verdict.entries,
        changes={"result": ("", told)},
    )
    return verdict


class Verify(ActionScreen):
    """Check the chains in scope."""

    action = "ledger.chain.verify"
    title = gettext_lazy("校验资金台账")
    template_name = "ledger/verify.html"
    parents = LIST
    button = gettext_lazy("开始校验")
    sentence = gettext_lazy("逐条核对链值、密钥封签、借贷平衡、触发器和库外锚，指出第一处不符。")

    def figures(self) -> Sequence[tuple[Words, Any]]:
        """Show how far the chains reach."""
        return [(head.county_code, head.seq) for head in selectors.heads(self.scope)]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Walk and show what was found."""
        self.object = None
        verdict = check(actor=self.request.actor, now=self.request.now)
        form = self.make_form()
        context = self.get_context_data(
            form=form, verdict=verdict, button=self.button, back=self.back_url()
        )
        return self.render_to_response(context)


class OpeningAdd(FormScreen):
    """Enter an opening balance."""

    action = "ledger.opening.add"
    title = gettext_lazy("登记期初余额")
    hint = gettext_lazy("每个来源只登记一次；记入后不能修改，有差错以更正分录处理。")
    parents = LIST
    form_class = OpeningForm
    service = services.post_opening
    success_url_name = "ledger:entry-list"

    def arguments(self, form: Any) -> dict[str, Any]:
        """Name the county."""
        county = self.request.actor.scope.county_code
        if len(county) != 6:
            raise Http404
        return {**super().arguments(form), "county_code": county}
