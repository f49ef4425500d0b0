"""Forms of programmes, standards, sources and money that arrives."""

import re
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povedu.accounts.choices import OfficeCode
from povedu.ledger.choices import FundSource
from povedu.money import fen
from schools.choices import Stage
from schools.models import School
from students.choices import Hardship
from subsidies.choices import (
    Boarding,
    Cadence,
    Confidence,
    PayeeKind,
    ProgrammeKind,
    Residence,
)
from subsidies.forms.acting import CENT, ActorForm, money, term_choices, text
from subsidies.models import Programme, Standard
from subsidies.selectors.programmes import office_of, programmes
from subsidies.selectors.simulation import Change
from subsidies.services.programmes import SourceShare

YES_NO = [("yes", _("是")), ("no", _("否"))]


class ProgrammeForm(ActorForm):
    """A programme; its amounts are in its standards."""

    code = forms.RegexField(r"^[a-z0-9-]+$", label=_("项目代码"), max_length=40)
    name = text(_("项目名称"), 80, required=True)
    office = forms.ChoiceField(label=_("主管股室"), choices=OfficeCode.choices)
    kind = forms.ChoiceField(label=_("性质"), choices=ProgrammeKind.choices)
    cadence = forms.ChoiceField(label=_("发放周期"), choices=Cadence.choices)
    payee_kind = forms.ChoiceField(label=_("收款方"), choices=PayeeKind.choices)
    starts_on = forms.DateField(label=_("开始日期"), widget=forms.DateInput())
    ends_on = forms.DateField(label=_("结束日期"), required=False, widget=forms.DateInput())
    residence = forms.ChoiceField(label=_("户籍与就读要求"), choices=Residence.choices)
    confidence = forms.ChoiceField(label=_("依据可靠性"), choices=Confidence.choices)
    document = text(_("依据文件"), 120)
    description = text(_("说明"), 300)
    stacks_on = forms.ModelChoiceField(Programme.objects.none(), label=_("叠加于"), required=False)
    requires_base = forms.BooleanField(label=_("须先享受被叠加的项目"), required=False)
    needs_notice = forms.BooleanField(label=_("须公示"), required=False)
    needs_application = forms.BooleanField(label=_("须申请"), required=False)
    poor_first = forms.BooleanField(label=_("资金先保建档立卡学生"), required=False)
    poor_highest = forms.BooleanField(label=_("建档立卡学生享受最高档"), required=False)
    excludes_risk_removed = forms.BooleanField(
        label=_("开学时风险已消除的不再享受"), required=False
    )
    excludes = forms.ModelMultipleChoiceField(
        Programme.objects.none(),
        label=_("互斥项目"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    skipped_months = forms.TypedMultipleChoiceField(
        label=_("不发的月份（只用于每月发放）"),
        choices=[(month, format_lazy(_("{month}月"), month=month)) for month in range(1, 13)],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def bound_choices(self) -> None:
        """Offer the county's programmes to stack on or exclude, one's own office alone."""
        rows = programmes(self.actor.scope)
        for name in ("stacks_on", "excludes"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
            field.queryset = rows
        own = office_of(self.actor)
        if own:
            labels = dict(OfficeCode.choices)
            self.fields["office"].choices = [(own, labels[own])]  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> dict[str, Any]:
        """Hold the dates in order."""
        cleaned = super().clean() or {}
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on <= starts_on:
            self.add_error("ends_on", _("结束日期应在开始日期之后。"))
        return cleaned


class ProgrammeEditForm(ProgrammeForm):
    """A programme that is there; its code stays."""

    code = None  # type: ignore[assignment]  # how Django takes an inherited field away


class PartsField(forms.CharField):
    """Lines of words and an amount, read as [[words, yuan as text], …]."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        """Show parts as lines."""
        if isinstance(value, list):
            return "\n".join(f"{words} {amount}" for words, amount in value)
        return value

    def clean(self, value: Any) -> list[list[str]]:
        """Read the lines; raise ValidationError naming the first that is none."""
        parts = []
        for number, line in enumerate(str(super().clean(value)).splitlines(), start=1):
            if not line.strip():
                continue
            match = re.fullmatch(r"(.*\D)\s+(\d{1,7}(?:\.\d{1,2})?)(?:元)?", line.strip())
            if match is None:
                raise forms.ValidationError(
                    _("第 %(number)d 行应写成“名称 金额”。"), params={"number": number}
                )
            parts.append([match[1].strip()[:40], match[2]])
        return parts


class StandardForm(ActorForm):
    """A standard from a day."""

    starts_on = forms.DateField(label=_("执行日期"), widget=forms.DateInput())
    stage = forms.ChoiceField(
        label=_("学段"), choices=[("", _("不限")), *Stage.choices], required=False
    )
    boarding = forms.ChoiceField(label=_("住宿"), choices=Boarding.choices)
    tier = text(_("档次"), 10)
    grade = forms.IntegerField(label=_("年级（0 为不限）"), min_value=0, max_value=13, initial=0)
    major = text(_("专业"), 40)
    categories = forms.MultipleChoiceField(
        label=_("困难类别（不选为不限）"),
        choices=Hardship.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    year_amount = money(_("每年（元）"))
    instalment_amount = money(_("每次（元）"))
    spring_amount = money(_("春季每次（元，与秋季不同时填写）"), required=False)
    parts = PartsField(
        label=_("金额构成（每行一项，如“生活补助 2000”；不单独计人次）"), required=False
    )
    document = text(_("依据文件"), 120)
    confidence = forms.ChoiceField(label=_("依据可靠性"), choices=Confidence.choices)


class SourceRulesForm(ActorForm):
    """Who pays in a year, in order: up to four sources."""

    year = forms.IntegerField(label=_("预算年度"), min_value=2010, max_value=2100)

    def bound_choices(self) -> None:
        """Add a line of fields for each place."""
        for place in range(1, 5):
            self.fields[f"source_{place}"] = forms.ChoiceField(
                label=_("第%(place)d来源") % {"place": place},
                choices=[("", "—"), *FundSource.choices],
                required=place == 1,
            )
            self.fields[f"amount_{place}"] = money(_("每人（元，空为其余全部）"), required=False)
            self.fields[f"heads_{place}"] = forms.IntegerField(
                label=_("人数上限"), min_value=1, required=False
            )
            self.fields[f"money_{place}"] = money(_("金额上限（元）"), required=False)
            for name in ("source", "amount", "heads", "money"):
                kind = "form-select" if name == "source" else "form-control"
                self.fields[f"{name}_{place}"].widget.attrs["class"] = f"{kind} {kind}-sm"

    def lines(self) -> list[list[forms.BoundField]]:
        """Return the fields of each place, for the table of the page."""
        columns = ("source", "amount", "heads", "money")
        return [[self[f"{one}_{place}"] for one in columns] for place in range(1, 5)]

    def shares(self) -> list[SourceShare]:
        """Return the lines that name a source."""
        given = self.cleaned_data
        return [
            SourceShare(
                given[f"source_{place}"],
                given[f"amount_{place}"],
                given[f"heads_{place}"],
                given[f"money_{place}"],
            )
            for place in range(1, 5)
            if given.get(f"source_{place}")
        ]


class QuotaForm(ActorForm):
    """Planned places of a year: heads, or a percentage of those enrolled."""

    year = forms.IntegerField(label=_("年度"), min_value=2010, max_value=2100)
    heads_count = forms.IntegerField(
        label=_("计划人数（或填比例）"), min_value=0, max_value=1_000_000, required=False
    )
    percent = forms.DecimalField(
        label=_("占在校生比例（%）"),
        min_value=CENT,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        required=False,
    )
    school = forms.ModelChoiceField(
        School.objects.none(),
        label=_("学校代码（空为全县）"),
        required=False,
        to_field_name="code",
        widget=forms.TextInput,
    )
    document = text(_("文号"), 120)

    def bound_choices(self) -> None:
        """Take the schools of the actor's scope."""
        field = self.fields["school"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
        field.queryset = School.objects.filter(
            self.actor.scope.q(division="division_id", school="code")
        )


class SimulationForm(ActorForm):
    """A change to try out; empty fields leave things as they are."""

    term = forms.ChoiceField(label=_("学期"))
    standard = forms.ModelChoiceField(
        Standard.objects.none(), label=_("只改这一条标准"), required=False
    )
    amount = money(_("每次改为（元）"), required=False)
    scale = forms.DecimalField(
        label=_("每次金额按比例调整（%）"),
        min_value=1,
        max_value=1000,
        max_digits=6,
        decimal_places=2,
        required=False,
    )
    add = forms.ChoiceField(label=_("增加困难类别"), choices=Hardship.choices, required=False)
    drop = forms.ChoiceField(label=_("取消困难类别"), choices=Hardship.choices, required=False)
    quota = forms.DecimalField(
        label=_("名额按在校生的比例控制（%）"),
        min_value=CENT,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        required=False,
    )
    residence = forms.ChoiceField(
        label=_("户籍与就读要求"), choices=Residence.choices, required=False
    )
    highest = forms.ChoiceField(label=_("建档立卡学生享受最高档"), choices=YES_NO, required=False)
    risk = forms.ChoiceField(label=_("开学时风险已消除的不再享受"), choices=YES_NO, required=False)
    who = forms.ChoiceField(
        label=_("名单"),
        choices=[("gain", _("增加的")), ("lose", _("减少的"))],
        required=False,
    )

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        self.programme = programme
        super().__init__(*args, **kwargs)

    def bound_choices(self) -> None:
        """Offer the programme's own standards, and blanks for "as it is"."""
        field = self.fields["standard"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
        field.queryset = self.programme.standards.select_related("programme")
        field.empty_label = gettext("全部标准")
        self.fields["term"].choices = term_choices(self.term_now)  # type: ignore[attr-defined]  # a choice field
        for name in ("add", "drop", "residence", "highest", "risk", "who"):
            choice = self.fields[name]
            assert isinstance(choice, forms.ChoiceField)  # noqa: S101  # declared above
            blank = gettext("全部") if name == "who" else gettext("不变")
            choice.choices = [("", blank), *list(choice.choices)]  # type: ignore[arg-type]  # the setter has made it iterable

    def change(self) -> Change:
        """Return the change that the form describes."""
        given = self.cleaned_data
        standard = given["standard"]
        return Change(
            standard=standard.pk if standard else None,
            amount_fen=None if given["amount"] is None else fen(given["amount"]),
            percent_of_amount=given["scale"],
            add_category=given["add"],
            drop_category=given["drop"],
            quota_percent=given["quota"],
            residence=given["residence"],
            poor_highest=_yes_or_no(given["highest"]),
            excludes_risk_removed=_yes_or_no(given["risk"]),
        )


def _yes_or_no(value: str) -> bool | None:
    return {"yes": True, "no": False}.get(value)


class ReceiptForm(ActorForm):
    """Money that arrived."""

    source = forms.ChoiceField(label=_("资金来源"), choices=FundSource.choices)
    programme = forms.ModelChoiceField(
        Programme.objects.none(), label=_("资助项目（可不选）"), required=False
    )
    amount = forms.DecimalField(
        label=_("金额（元）"), min_value=CENT, max_digits=12, decimal_places=2
    )
    received_on = forms.DateField(label=_("到账日期"), widget=forms.DateInput())
    document = text(_("文号"), 120)

    def bound_choices(self) -> None:
        """Offer the county's programmes."""
        field = self.fields["programme"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
        field.queryset = self.own_programmes()
