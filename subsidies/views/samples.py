"""Samples: the frame, the seed, the drawn, the results, the report."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens.details import DetailScreen, Fact, Tab
from povedu.screens.lists import ListScreen
from povedu.screens.screen import Button, Words, row_or_404
from subsidies.choices import SampleResult, SampleState
from subsidies.filters import SampleItemFilter
from subsidies.forms import checking as own_forms
from subsidies.models import Sample, SampleItem
from subsidies.selectors import samples as selectors
from subsidies.services import samples as services
from subsidies.tables import checking as tables
from subsidies.views.office import NewForm, moment

if TYPE_CHECKING:
    from django.db.models import QuerySet

SAMPLES = gettext_lazy("资金抽查")
ABOVE = ((SAMPLES, "subsidies:sample-list"),)
HOW = gettext_lazy(
    "抽取办法：把“种子|明细编号”按 UTF-8 求 SHA-256，各层按排序值从小到大取足笔数；"
    "层的笔数按总体笔数比例、最大余数法分配。"
    "任何人拿导出的总体和种子，用 tools/redraw_sample.py 即可重抽。"
)


class SampleList(ListScreen):
    """Samples."""

    action = "subsidies.sample.view"
    title = SAMPLES
    hint = gettext_lazy("先固定总体，再由他人公开定种子，随后抽取，谁也不能挑选抽到谁。")
    selector = selectors.samples
    table_class = tables.SampleTable
    export_kind = "samples"
    empty_reason = gettext_lazy("还没有抽查。")

    def buttons(self) -> list[Button]:
        """Offer a new one."""
        url = reverse("subsidies:sample-add")
        return [Button(_("新的抽查"), url, "subsidies.sample.frame", "bi-plus-lg")]


class SampleAdd(NewForm):
    """Fix what may be drawn."""

    action = "subsidies.sample.frame"
    title = gettext_lazy("固定抽查总体")
    hint = gettext_lazy("总体为所选日期内已到账的款项；固定后不能再改，请他人定种子。")
    parents = ABOVE
    form_class = own_forms.SampleForm
    service = services.fix_frame
    button = gettext_lazy("固定总体")

    def arguments(self, form: Any) -> dict[str, Any]:
        """Name the county."""
        return {**super().arguments(form), "county": self.county()}


class SampleDetail(DetailScreen):
    """One sample, its draw and its report."""

    action = "subsidies.sample.view"
    selector = selectors.samples
    parents = ABOVE
    hint = HOW
    tabs = (
        Tab(
            "items",
            gettext_lazy("抽中明细"),
            table_class=tables.SampleItemTable,
            rows=lambda screen: selectors.items(screen.object),
            empty=gettext_lazy("还没有抽取。"),
        ),
    )

    def facts(self) -> Sequence[Fact]:
        """Say how it was drawn and what it found."""
        one: Sample = self.object
        rates = selectors.rates(one)
        paid, found = selectors.differing_amount(one)
        rate = rates.error_rate
        whole = selectors.is_as_fixed(one)
        return (
            Fact(_("状态"), one.get_state_display(), status=tables.SAMPLE_TONES[one.state]),
            Fact(
                _("总体核对"),
                _("与固定时一致") if whole else _("与固定时不一致，有到账记录被改动"),
                status="done" if whole else "overdue",
            ),
            Fact(_("到账日期"), f"{one.starts_on} – {one.ends_on}"),
            Fact(_("资助项目"), one.programme or _("全部项目")),
            Fact(_("总体笔数"), f"{one.frame_count:,}"),
            Fact(_("总体金额（元）"), one.frame_amount, money=True),
            Fact(_("总体摘要"), one.frame_digest),
            Fact(_("固定"), f"{one.framed_by} {moment(one.framed_at)}"),
            Fact(_("分层"), one.get_stratum_display()),
            Fact(_("抽取笔数"), f"{one.size:,}"),
            Fact(_("种子"), one.seed),
            Fact(_("种子来源"), one.seed_origin),
            Fact(_("抽取"), f"{one.drawn_by} {moment(one.drawn_at)}" if one.drawn_by else ""),
            Fact(_("已核查（笔）"), f"{rates.checked:,} / {rates.drawn:,}"),
            Fact(_("相符（笔）"), f"{rates.matches:,}"),
            Fact(_("不符（笔）"), f"{rates.differs:,}"),
            Fact(_("无法核实（笔）"), f"{rates.unreachable:,}"),
            Fact(_("差错率"), "" if rate is None else f"{rate:.1%}"),
            Fact(_("不符的发放 / 核实（元）"), f"{paid} / {found}" if rates.differs else ""),
            Fact(_("结论"), one.conclusion),
        )

    def buttons(self) -> list[Button]:
        """Offer the next steps."""
        one: Sample = self.object

        def to(label: Words, name: str, action: str) -> Button:
            return Button(label, reverse(f"subsidies:{name}", args=[one.pk]), action)

        frame = to(_("总体（可导出）"), "sample-frame-list", "subsidies.sample.view")
        items = to(_("抽中明细（可导出）"), "sample-item-list", "subsidies.sample.view")
        return {
            SampleState.FRAMED: [
                to(_("定种子并抽取"), "sample-draw", "subsidies.sample.draw"),
                frame,
            ],
            SampleState.DRAWN: [
                to(_("出具报告"), "sample-close", "subsidies.sample.close"),
                items,
                frame,
            ],
            SampleState.CLOSED: [items, frame],
        }[SampleState(one.state)]


class SampleDraw(NewForm):
    """Name the seed and draw."""

    action = "subsidies.sample.draw"
    title = gettext_lazy("定种子并抽取")
    hint = gettext_lazy("种子应在固定总体之后公开产生；固定总体的人不能定种子。")
    selector = selectors.samples
    parents = ABOVE
    form_class = own_forms.SeedForm
    service = services.draw_sample
    object_argument = "sample"
    button = gettext_lazy("抽取")

    def initial(self) -> dict[str, Any]:
        """Start empty."""
        return {}


class SampleClose(NewForm):
    """Close with a conclusion."""

    action = "subsidies.sample.close"
    title = gettext_lazy("出具抽查报告")
    hint = gettext_lazy("出报告后，核查结果不能再改。")
    selector = selectors.samples
    parents = ABOVE
    form_class = own_forms.ConclusionForm
    service = services.close_sample
    object_argument = "sample"


class SampleItemForm(NewForm):
    """Write down what looking into a drawn payment gave."""

    action = "subsidies.sample.check"
    title = gettext_lazy("登记核查结果")
    selector = selectors.items_in
    parents = ABOVE
    form_class = own_forms.SampleResultForm
    service = services.record_result
    object_argument = "item"

    def heading(self) -> Words:
        """Name the payment."""
        one: SampleItem | None = getattr(self, "object", None)
        if one is None:
            return self.title
        award = one.payment.instalment.award
        return _("核查：%(student)s，%(programme)s，%(amount)s 元") % {
            "student": award.student,
            "programme": award.programme,
            "amount": one.payment.amount,
        }

    def initial(self) -> dict[str, Any]:
        """Show what was entered before, nothing of a payment nobody has looked into."""
        one: SampleItem = self.object
        return {} if one.result == SampleResult.OPEN else super().initial()

    def back_url(self) -> str:
        """Go back to the sample."""
        one: SampleItem = self.object
        return one.sample.get_absolute_url()

    def success_url(self, result: SampleItem) -> str:
        """Go back to the sample."""
        return result.sample.get_absolute_url()


class _OfSample(ListScreen):
    """A list about one sample."""

    action = "subsidies.sample.view"
    parents = ABOVE

    @property
    def sample(self) -> Sample:
        """Return the sample of the address; out of scope is a 404."""
        found = row_or_404(selectors.samples(self.scope), pk=self.kwargs["pk"])
        assert isinstance(found, Sample)  # noqa: S101  # the selector's model
        return found

    def check_parameters(self) -> None:
        """Look the sample up first, whatever is asked of the page."""
        if self.sample.pk:  # raises the 404
            super().check_parameters()


class SampleItemList(_OfSample):
    """The drawn payments of one sample."""

    title = gettext_lazy("抽中明细")
    hint = HOW
    table_class = tables.SampleItemTable
    filterset_class = SampleItemFilter
    export_kind = "sample-items"

    def rows(self) -> "QuerySet[Any]":
        """Return them in order of the draw."""
        return selectors.items(self.sample)


class SampleFrameList(_OfSample):
    """The frame of one sample, as it is exported for drawing again; no names."""

    title = gettext_lazy("抽查总体")
    hint = HOW
    table_class = tables.SampleFrameTable
    export_kind = "sample-frame"

    def rows(self) -> "QuerySet[Any]":
        """Return the payments of the frame."""
        return selectors.frame_rows(self.sample)
