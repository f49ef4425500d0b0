"""The rules of register logic, their switches, and what a register's owner is asked to mend."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.errors import Refusal
from povedu.scope import Actor
from povedu.screens import ActionScreen, Button, ListScreen, Screen
from povedu.screens.screen import Words
from schools.models import Division
from students import filters, tables
from students.choices import FindingKind
from students.models import Finding, RuleSwitch
from students.rules.register_logic import BY_CODE, RULES, Rule
from students.selectors import children as reads
from students.selectors.register_logic import open_by_rule, switches
from students.services.reconcile import county_named
from students.services.register_logic import SWITCH, switch_rule

VIEW = "students.rule.view"
_RULES: tuple[Words, str] = (gettext_lazy("名册逻辑规则"), "students:rule-list")
_TONES = {"wrong": "refused", "doubtful": "waiting", "hint": "plain"}


def logic_findings(scope: Any) -> QuerySet[Finding]:
    """Return what registers contradict in themselves, in a scope, by rule and in register order."""
    rows = reads.findings(scope).filter(kind=FindingKind.REGISTER_LOGIC)
    return rows.order_by("reason", "division_code", "entry_id", "pk")


class RuleList(Screen):
    """The rules with how many rows break each, and whether the county asks about it."""

    action = VIEW
    title = gettext_lazy("名册逻辑规则")
    template_name = "students/rules.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the rules."""
        code = self.scope.county_code
        on = switches(code[:6].ljust(12, "0"))
        waiting = open_by_rule(self.scope)
        findings = reverse("students:logic-list")
        lines = [
            {
                "rule": rule,
                "tone": _TONES[rule.severity],
                "is_on": on[rule.code],
                "count": waiting.get(rule.code, 0),
                "url": f"{findings}?rule={rule.code}&state=open",
                "switch": reverse("students:rule-switch", args=[rule.code]),
            }
            for rule in RULES
        ]
        context = self.get_context_data(
            lines=lines,
            faults_count=sum(waiting.values()),
            on_count=sum(on.values()),
            may_switch=self.may(SWITCH),
        )
        return self.render_to_response(context)

    def buttons(self) -> list[Button]:
        """Lead to the rows."""
        return [Button(_("疑点清单"), reverse("students:logic-list"), VIEW, "bi-list-ul")]


def turn(*, rule: str, actor: Actor, now: datetime) -> RuleSwitch:
    """Switch a rule of the actor's county to what it is not."""
    county: Division = county_named(actor.scope.county_code)
    is_on = switches(county)[rule]
    return switch_rule(county=county, rule=rule, is_on=not is_on, actor=actor, now=now)


class RuleTurn(ActionScreen):
    """A rule is switched on or off for the county."""

    action = SWITCH
    title = gettext_lazy("开关名册规则")
    parents = (_RULES,)
    service = turn
    success = gettext_lazy("已保存，下一次比对起生效。")
    success_url_name = "students:rule-list"

    @cached_property
    def rule(self) -> Rule:
        """Return the rule of the address."""
        found = BY_CODE.get(self.kwargs["code"])
        if found is None:
            raise Http404
        return found

    def consequence(self) -> Words:
        """Say what the switch will be."""
        county = self.scope.county_code
        if len(county) < 6:
            raise Refusal("county-needed", _("请以县级身份设置名册规则。"))
        is_on = switches(county.ljust(12, "0"))[self.rule.code]
        sentence = _("将停用规则“%(rule)s”：下一次比对起不再列出。")
        if not is_on:
            sentence = _("将启用规则“%(rule)s”：下一次比对起列出。")
        return sentence % {"rule": self.rule.words}

    def arguments(self, form: Any) -> dict[str, Any]:
        """Name the rule."""
        return {**super().arguments(form), "rule": self.rule.code}


class LogicList(ListScreen):
    """What registers contradict in themselves, for the register's owner to mend."""

    action = VIEW
    title = gettext_lazy("名册逻辑疑点")
    parents = (_RULES,)
    selector = logic_findings
    table_class = tables.LogicTable
    filterset_class = filters.LogicFilter
    search_fields = ("entry__name",)
    search_hint = gettext_lazy("姓名")
    export_kind = "register-logic"
    export_action = "students.register.export"
    empty_reason = gettext_lazy("没有名册逻辑疑点。")
    empty_action = gettext_lazy("导入扶贫数据库名册并比对后，自相矛盾的行列在这里。")
