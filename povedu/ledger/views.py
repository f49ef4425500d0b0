"""Pages of the ledger."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.audit.services import record
from povedu.ledger import selectors, services, walk
from povedu.ledger.bridge import BridgeLine, bridge, spent_by_term
from povedu.ledger.choices import CorrectionState, FundSource
from povedu.ledger.filters import EntryFilter
from povedu.ledger.forms import CorrectionForm, DecideForm, OpeningForm
from povedu.ledger.services.corrections import ask_correction, decide_correction
from povedu.ledger.tables import (
    CORRECTION_TONES,
    BalanceTable,
    BridgeTable,
    CorrectionTable,
    EntryTable,
)
from povedu.scope import Actor
from povedu.screens.actions import ActionScreen
from povedu.screens.details import DetailScreen, Fact, Tab
from povedu.screens.forms import FormScreen
from povedu.screens.lists import ListScreen
from povedu.screens.screen import Button, Screen, Words
from povedu.terms import Term

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
            Button(_("更正"), reverse("ledger:correction-list"), "ledger.correction.view"),
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
        asked = _asked(self.request)
        kind = request.GET.get("kind", "calendar")
        if kind not in ("calendar", "school"):
            raise Http404
        view = selectors.year_view if kind == "calendar" else selectors.school_year_view
        rows = view(self.scope, asked["year"], selectors.BY[asked["by"]])
        names = ("opening", "received", "spent", "closing")
        table = BalanceTable(
            [{"name": _name(row.key), **{n: getattr(row, n) for n in names}} for row in rows],
            request=request,
        )
        sums = {name: sum(getattr(row, name) for row in rows) for name in names}
        context = self.get_context_data(table=table, sums=sums, kind=kind, **asked)
        return self.render_to_response(context)


def _asked(request: Any) -> dict[str, Any]:
    """Return year and key of an address with what may be chosen; 404 for what does not exist."""
    this_year = timezone.localtime(request.now).year
    by = request.GET.get("by", "source")
    year = request.GET.get("year", str(request.term.starts_on.year))  # what the page is headed by
    known = year.isascii() and year.isdigit() and 2000 < int(year) < 2101
    if by not in selectors.BY or not known:
        raise Http404
    return {
        "year": int(year),
        "by": by,
        "years": range(this_year, this_year - 12, -1),
        "keys": [
            ("source", _("资金来源")),
            ("programme", _("项目")),
            ("school", _("学校")),
            ("programme_source", _("项目与来源")),
        ],
    }


def _name(key: tuple[str, ...]) -> str:
    labels = {source.value: str(source.label) for source in FundSource}
    return " · ".join(labels.get(part, part) or _("未指定") for part in key)


class BridgeView(Screen):
    """How a calendar year's money becomes that of the academic year beginning in it."""

    action = "ledger.balance.view"
    title = gettext_lazy("自然年与学年衔接")
    template_name = "ledger/bridge.html"
    parents = ((gettext_lazy("资金余额"), "ledger:balance-list"),)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show both rhythms of the year and key of the address."""
        asked = _asked(self.request)
        found = bridge(self.scope, asked["year"], selectors.BY[asked["by"]])
        parts = [
            (label, self._table(lines), _summed(lines))
            for label, lines in ((_("支出"), found.spent), (_("收入"), found.received))
        ]
        terms = [
            (Term.parse(term).label if term else _("未指定"), amount)
            for term, amount in spent_by_term(self.scope, asked["year"])
        ]
        context = self.get_context_data(parts=parts, by_term=terms, **asked)
        return self.render_to_response(context)

    def _table(self, lines: Sequence[BridgeLine]) -> BridgeTable:
        rows = [{"name": _name(one.key), **_sums(one)} for one in lines]
        return BridgeTable(rows, request=self.request)


_PARTS = ("spring", "autumn", "calendar", "next_spring", "school", "difference")


def _sums(line: BridgeLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in _PARTS}


def _summed(lines: Sequence[BridgeLine]) -> dict[str, Any]:
    return {name: sum(getattr(one, name) for one in lines) for name in _PARTS}


def check(*, actor: Actor, now: Any) -> walk.Verdict:
    """Walk the chains in scope and record that somebody did."""
    verdict = walk.verify(actor.scope)
    told = "ok" if verdict.ok else f"{verdict.fault} {verdict.county} {verdict.seq}"
    record(
        actor=actor,
        now=now,
        verb="ledger.verify",
        count=verdict.entries,
        changes={"result": ("", told)},
    )
    return verdict


def _county(request: Any) -> str:
    """Return the county that somebody works for; 404 for somebody of several."""
    county: str = request.actor.scope.county_code
    if len(county) != 6:
        raise Http404
    return county


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
        return {**super().arguments(form), "county_code": _county(self.request)}

    def success_message(self, result: Any) -> Words:
        """Say under which number it stands."""
        return _("已记入台账第 %(seq)d 笔。") % {"seq": result.last_seq}


# --- corrections --------------------------------------------------------------------------------

CORRECTIONS = gettext_lazy("台账更正")


class CorrectionList(ListScreen):
    """Vouchers taken back, or to be."""

    action = "ledger.correction.view"
    title = CORRECTIONS
    parents = LIST
    selector = selectors.corrections
    table_class = CorrectionTable
    export_kind = "ledger-corrections"
    empty_reason = gettext_lazy("还没有更正。")

    def buttons(self) -> list[Button]:
        """Offer to ask for one."""
        url = reverse("ledger:correction-add")
        return [Button(_("申请更正"), url, "ledger.correction.ask", "bi-plus-lg")]


class CorrectionAdd(FormScreen):
    """Ask for a voucher to be taken back."""

    action = "ledger.correction.ask"
    title = gettext_lazy("申请更正")
    hint = gettext_lazy(
        "台账只增不改：同意后记一张金额相反的凭证冲回原凭证，原凭证保留。"
        "须由他人审批；已发放的资助请办理追回。"
    )
    parents = ((CORRECTIONS, "ledger:correction-list"),)
    form_class = CorrectionForm
    service = ask_correction
    button = gettext_lazy("提交审批")
    success_url_name = "ledger:correction-list"

    def initial(self) -> dict[str, Any]:
        """Begin with today."""
        return {"effective_on": timezone.localtime(self.request.now).date()}

    def arguments(self, form: Any) -> dict[str, Any]:
        """Name the county."""
        return {**super().arguments(form), "county_code": _county(self.request)}


class CorrectionDetail(DetailScreen):
    """What is to be taken back, why, and what became of it."""

    action = "ledger.correction.view"
    parents = ((CORRECTIONS, "ledger:correction-list"),)
    selector = selectors.corrections
    tabs = (
        Tab(
            "legs",
            gettext_lazy("原凭证"),
            table_class=EntryTable,
            rows=lambda screen: selectors.voucher(
                screen.object.county_code, screen.object.transaction_no
            ),
        ),
        Tab(
            "counter",
            gettext_lazy("冲回凭证"),
            table_class=EntryTable,
            rows=lambda screen: selectors.voucher(
                screen.object.county_code, screen.object.posted_no or 0
            ),
        ),
    )

    def heading(self) -> Words:
        """Name the voucher."""
        found: Any = getattr(self, "object", None)
        return (
            _("%(number)d 号凭证的更正") % {"number": found.transaction_no}
            if found
            else CORRECTIONS
        )

    def facts(self) -> Sequence[Fact]:
        """Say who asked, why, and who decided."""
        one: Any = self.object
        tone = CORRECTION_TONES[one.state]
        return (
            Fact(_("状态"), one.get_state_display(), status=tone),
            Fact(_("原凭证号"), str(one.transaction_no)),
            Fact(_("更正理由"), one.reason),
            Fact(_("依据文件"), one.document),
            Fact(_("冲回日期"), one.effective_on.isoformat()),
            Fact(_("申请人"), one.asked_by),
            Fact(_("审批人"), one.decided_by or ""),
            Fact(_("审批意见"), one.note),
            Fact(_("冲回凭证号"), str(one.posted_no or "")),
        )

    def buttons(self) -> list[Button]:
        """Offer to decide what waits."""
        if self.object.state != CorrectionState.ASKED:
            return []
        url = reverse("ledger:correction-decide", args=[self.object.pk])
        return [Button(_("审批"), url, "ledger.correction.decide")]


class CorrectionDecide(ActionScreen):
    """Agree to a correction, or not."""

    action = "ledger.correction.decide"
    title = gettext_lazy("审批台账更正")
    sentence = gettext_lazy("同意后记一张金额相反的凭证冲回原凭证；原凭证保留，不能撤销。")
    parents = ((CORRECTIONS, "ledger:correction-list"),)
    selector = selectors.corrections
    form_class = DecideForm
    service = decide_correction
    object_argument = "correction"
    button = gettext_lazy("办理")

    def figures(self) -> Sequence[tuple[Words, Any]]:
        """Show what would be taken back."""
        one: Any = self.object
        legs = selectors.voucher(one.county_code, one.transaction_no)
        accounts = [(str(leg.get_account_display()), leg.amount) for leg in legs]
        return [(_("原凭证号"), one.transaction_no), *accounts]

    def initial(self) -> dict[str, Any]:
        """Start empty."""
        return {}
