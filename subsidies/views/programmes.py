"""Programmes, their standards, sources and quotas."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from povedu.money import ZERO, yuan
from povedu.screens.details import Fact, Tab
from povedu.screens.screen import Button, Words
from subsidies import forms, tables
from subsidies.choices import Confidence
from subsidies.filters import ProgrammeFilter
from subsidies.models import Programme, Standard
from subsidies.selectors.programmes import programmes, used_sources
from subsidies.selectors.quotas import quota_use
from subsidies.services import programmes as services
from subsidies.services.presets import install_presets
from subsidies.services.programmes import SourceShare
from subsidies.views.office import NewForm, OfficeAction, OfficeDetail, OfficeForm, OfficeList

TITLE = pgettext_lazy("several", "资助项目")
LIST = ((TITLE, "subsidies:programme-list"),)
EDIT = "subsidies.programme.edit"


class ProgrammeList(OfficeList):
    """All programmes of one's office."""

    action = "subsidies.programme.view"
    title = TITLE
    own_selector = programmes
    table_class = tables.ProgrammeTable
    filterset_class = ProgrammeFilter
    search_fields = ("name", "code")
    search_hint = gettext_lazy("项目名称或代码")
    export_kind = "programmes"
    empty_reason = gettext_lazy("还没有资助项目。")
    empty_action = gettext_lazy("可安装预置项目，再按本县做法修改。")

    def buttons(self) -> list[Button]:
        """Offer a new programme and the presets."""
        return [
            Button(_("新增项目"), reverse("subsidies:programme-add"), EDIT, "bi-plus-lg"),
            Button(_("安装预置项目"), reverse("subsidies:presets-install"), EDIT),
        ]


class ProgrammeDetail(OfficeDetail):
    """One programme: rules, standards, sources, quotas against actual."""

    action = "subsidies.programme.view"
    own_selector = programmes
    parents = LIST
    tabs = (
        Tab(
            "standards",
            gettext_lazy("资助标准"),
            table_class=tables.StandardTable,
            rows=lambda screen: screen.object.standards.all(),
        ),
        Tab(
            "sources",
            gettext_lazy("资金分担"),
            table_class=tables.SourceRuleTable,
            rows=lambda screen: screen.object.source_rules.order_by("-year", "position"),
        ),
        Tab(
            "quotas",
            gettext_lazy("计划指标"),
            table_class=tables.QuotaTable,
            rows=lambda screen: screen.object.quotas.select_related("school"),
        ),
    )

    def facts(self) -> Sequence[Fact]:
        """Say how it pays and how far this year's places and money are used."""
        one: Programme = self.object
        year = self.request.term.starts_on.year
        use = quota_use(one, year)
        spent = sum((yuan(used.fen) for used in used_sources(one, year).values()), ZERO)
        planned = use.planned if use.planned is not None else _("未下达")
        return (
            Fact(_("项目代码"), one.code),
            Fact(_("主管股室"), one.get_office_display()),
            Fact(_("性质"), one.get_kind_display()),
            Fact(_("发放周期"), one.get_cadence_display()),
            Fact(_("收款方"), one.get_payee_kind_display()),
            Fact(_("叠加于"), one.stacks_on or ""),
            Fact(_("须公示"), _("是") if one.needs_notice else _("否")),
            Fact(_("户籍与就读要求"), one.get_residence_display()),
            Fact(_("建档立卡学生"), _poor_words(one)),
            Fact(_("互斥项目"), _("、").join(str(other) for other in one.excludes.all())),
            Fact(_("依据文件"), one.document),
            Fact(_("依据可靠性"), one.get_confidence_display()),
            Fact(_("%(year)d 年计划人数") % {"year": year}, planned),
            Fact(
                _("%(year)d 年实际人数") % {"year": year},
                str(use.actual),
                status="refused" if use.over else "",
            ),
            Fact(_("%(year)d 年已安排资金") % {"year": year}, spent, money=True),
            Fact(_("说明"), one.description),
        )

    def buttons(self) -> list[Button]:
        """Offer what its office may change, and the work with it."""
        pk = [self.object.pk]
        return [
            Button(_("修改"), reverse("subsidies:programme-edit", args=pk), EDIT),
            Button(_("新增标准"), reverse("subsidies:standard-add", args=pk), EDIT),
            Button(_("资金分担"), reverse("subsidies:source-rules", args=pk), EDIT),
            Button(_("计划指标"), reverse("subsidies:quota-set", args=pk), EDIT),
            Button(
                _("测算"),
                reverse("subsidies:programme-simulate", args=pk),
                "subsidies.programme.simulate",
                "bi-sliders",
            ),
            Button(_("各校指标"), reverse("subsidies:quota-school-list", args=pk)),
            Button(
                _("批准资助"),
                reverse("subsidies:award-approve", args=[*pk, self.request.term.code]),
                "subsidies.award.approve",
            ),
        ]


def _poor_words(one: Programme) -> str:
    told = []
    if one.poor_first:
        told.append(_("资金优先"))
    if one.poor_highest:
        told.append(_("享受最高档"))
    if one.excludes_risk_removed:
        told.append(_("开学时风险已消除的不享受"))
    return _("；").join(told)


class ProgrammeAdd(NewForm):
    """A new programme of one's office."""

    action = EDIT
    title = gettext_lazy("新增资助项目")
    parents = LIST
    form_class = forms.ProgrammeForm
    service = services.save_programme

    def arguments(self, form: Any) -> dict[str, Any]:
        """Put it into the person's county."""
        return {**super().arguments(form), "county": self.county()}

    def initial(self) -> dict[str, Any]:
        """Start with the usual."""
        return {
            "needs_notice": True,
            "poor_first": True,
            "poor_highest": True,
            "confidence": Confidence.LOCAL,
            "office": self.request.actor.office,
        }


class ProgrammeEdit(OfficeForm):
    """Change a programme."""

    action = EDIT
    title = gettext_lazy("修改资助项目")
    own_selector = programmes
    parents = LIST
    form_class = forms.ProgrammeEditForm
    service = services.save_programme
    object_argument = "programme"
    version_field = "version"

    def initial(self) -> dict[str, Any]:
        """Add the programmes it excludes."""
        return {**super().initial(), "excludes": self.object.excludes.all()}


class StandardAdd(OfficeForm):
    """A standard from a day; the one before ends there."""

    action = EDIT
    title = gettext_lazy("新增资助标准")
    hint = gettext_lazy("同一范围的原标准在新标准执行之日自动停止，不会被覆盖。")
    own_selector = programmes
    parents = LIST
    form_class = forms.StandardForm
    service = services.add_standard
    object_argument = "programme"

    def initial(self) -> dict[str, Any]:
        """Start empty: the fields are not the programme's."""
        return {"grade": 0, "confidence": Confidence.LOCAL}


def standards(scope: Any, office: str = "") -> Any:
    """Return the standards of the programmes that somebody sees."""
    return Standard.objects.filter(programme__in=programmes(scope, office)).select_related(
        "programme"
    )


class StandardEnd(OfficeAction):
    """End a standard."""

    action = EDIT
    title = gettext_lazy("停用资助标准")
    sentence = gettext_lazy("自停止日期起不再按此标准拟定资助；已拟定的不变。")
    own_selector = standards
    parents = LIST
    form_class = forms.EndForm
    service = services.end_standard
    object_argument = "standard"

    def back_url(self) -> str:
        """Go back to the programme."""
        return reverse("subsidies:programme-detail", args=[self.object.programme_id])

    def success_url(self, result: Any) -> str:
        """Go on to the programme."""
        return self.back_url()

    def initial(self) -> dict[str, Any]:
        """Offer tomorrow."""
        return {"ends_on": timezone.localtime(self.request.now).date() + timedelta(days=1)}


def _set_sources(*, programme: Programme, year: int, shares: list[SourceShare], **who: Any) -> Any:
    services.set_source_rules(programme=programme, year=year, shares=shares, **who)
    return programme


class SourceRules(OfficeForm):
    """Who pays in a year."""

    action = EDIT
    title = gettext_lazy("设定资金分担规则")
    hint = gettext_lazy("按次序分担：前一来源按每人金额和上限承担，余下的由后一来源承担。")
    own_selector = programmes
    parents = LIST
    template_name = "subsidies/source_rules.html"
    form_class = forms.SourceRulesForm
    service = _set_sources
    object_argument = "programme"

    def arguments(self, form: Any) -> dict[str, Any]:
        """Give the service the lines."""
        return {
            "programme": self.object,
            "year": form.cleaned_data["year"],
            "shares": form.shares(),
            "actor": self.request.actor,
            "now": self.request.now,
        }

    def initial(self) -> dict[str, Any]:
        """Start from the rules of the year in view."""
        year = self.request.term.starts_on.year
        told: dict[str, Any] = {"year": year}
        for place, one in enumerate(
            self.object.source_rules.filter(year=year).order_by("position"), start=1
        ):
            told |= {
                f"source_{place}": one.source,
                f"amount_{place}": one.amount_per_head,
                f"heads_{place}": one.head_cap,
                f"money_{place}": one.money_cap,
            }
        return told


class QuotaSet(OfficeForm):
    """Planned places of a year."""

    action = EDIT
    title = gettext_lazy("设定计划指标")
    own_selector = programmes
    parents = LIST
    form_class = forms.QuotaForm
    service = services.set_quota
    object_argument = "programme"

    def initial(self) -> dict[str, Any]:
        """Offer the year in view."""
        return {"year": self.request.term.starts_on.year}

    def success_url(self, result: Any) -> str:
        """Go on to the programme."""
        return reverse("subsidies:programme-detail", args=[self.object.pk])


class PresetsInstall(NewForm):
    """Give the county what it lacks of the preset programmes."""

    action = EDIT
    template_name = "screens/action.html"
    title = gettext_lazy("安装预置项目")
    parents = LIST
    form_class = forms.ActorForm
    service = install_presets
    button = gettext_lazy("安装")
    success = gettext_lazy("预置项目已安装。")
    success_url_name = "subsidies:programme-list"

    def arguments(self, form: Any) -> dict[str, Any]:
        """Name the county."""
        return {**super().arguments(form), "county": self.county()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what will happen."""
        sentence: Words = _(
            "将补齐本县缺少的预置项目和2011年至2026年的标准；已有的项目和标准不会改动。"
        )
        return super().get_context_data(consequence=sentence, figures=(), **kwargs)
