"""Forms of programmes and money. Each is made with ``actor``, whose scope bounds its choices."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from povedu.accounts.choices import OfficeCode
from povedu.ledger.choices import FundSource
from povedu.scope import Actor
from povedu.terms import Term
from schools.choices import Stage
from schools.models import Division
from students.choices import Hardship
from students.models import Student
from subsidies.choices import Boarding, Cadence, DonorKind, PayeeKind, ProgrammeKind
from subsidies.models import Donor, NoticeLine, Programme, PublicNotice
from subsidies.rules.notices import WORKING_DAYS
from subsidies.selectors.payments import donors, notice_lines
from subsidies.selectors.programmes import office_of, programmes
from subsidies.services.programmes import SourceShare

_TOP = Decimal("9999999.99")
_CENT = Decimal("0.01")
FIRST_TERM = Term(2011, 1)


def money(label: Any, *, required: bool = True, **more: Any) -> forms.DecimalField:
    """Return a field for a positive amount in yuan."""
    return forms.DecimalField(
        label=label,
        required=required,
        min_value=_CENT,
        max_value=_TOP,
        max_digits=12,
        decimal_places=2,
        **more,
    )


def text(label: Any, length: int, *, required: bool = False) -> forms.CharField:
    """Return a field for a line of text."""
    return forms.CharField(label=label, max_length=length, required=required)


def term_choices(now: Term) -> list[tuple[str, str]]:
    """Return the terms that somebody may work in: the next one, and back to the first presets."""
    terms = [max(now.next, FIRST_TERM)]
    while terms[-1] > FIRST_TERM:
        terms.append(terms[-1].previous)
    return [(one.code, one.label) for one in terms]


class ActorForm(forms.Form):
    """A form that knows who fills it in and in which term."""

    def __init__(self, *args: Any, actor: Actor, term: Term, **kwargs: Any) -> None:
        self.actor, self.term_now = actor, term
        super().__init__(*args, **kwargs)
        self.bound_choices()

    def bound_choices(self) -> None:
        """Bound what can be chosen by what the actor may see."""

    def own_programmes(self) -> QuerySet[Programme]:
        """Return the programmes of the actor's office."""
        return programmes(self.actor.scope, office_of(self.actor))


class ReasonForm(ActorForm):
    """Why."""

    reason = text(_("原因"), 200, required=True)


class NoteForm(ActorForm):
    """What to say with it."""

    note = text(_("说明"), 200, required=True)


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
    stacks_on = forms.ModelChoiceField(Programme.objects.none(), label=_("叠加于"), required=False)
    requires_base = forms.BooleanField(label=_("须先享受被叠加的项目"), required=False)
    excludes = forms.ModelMultipleChoiceField(
        Programme.objects.none(), label=_("互斥项目"), required=False
    )
    excludes_risk_removed = forms.BooleanField(
        label=_("开学时风险已消除的不再享受"), required=False
    )
    needs_notice = forms.BooleanField(label=_("须公示"), required=False)
    needs_application = forms.BooleanField(label=_("须申请"), required=False)
    document = text(_("依据文件"), 120)
    description = text(_("说明"), 300)

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
        label=_("困难类别（不选为不限）"), choices=Hardship.choices, required=False
    )
    year_amount = money(_("每年（元）"))
    instalment_amount = money(_("每次（元）"))
    document = text(_("依据文件"), 120)


class EndForm(ActorForm):
    """From when on no more."""

    ends_on = forms.DateField(label=_("停止日期"), widget=forms.DateInput())


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
    """Planned places of a year."""

    year = forms.IntegerField(label=_("年度"), min_value=2010, max_value=2100)
    heads_count = forms.IntegerField(label=_("计划人数"), min_value=0, max_value=1_000_000)
    document = text(_("文号"), 120)


class ProgrammeTermForm(ActorForm):
    """Which programme, which term."""

    programme = forms.ModelChoiceField(Programme.objects.none(), label=_("资助项目"))
    term = forms.ChoiceField(label=_("学期"))

    def bound_choices(self) -> None:
        """Offer the office's programmes and the terms about now."""
        field = self.fields["programme"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
        field.queryset = self.own_programmes().exclude(kind=ProgrammeKind.GIFT)
        self.fields["term"].choices = term_choices(self.term_now)  # type: ignore[attr-defined]  # a choice field
        self.fields["term"].initial = self.term_now.code


class BatchForm(ProgrammeTermForm):
    """What to put into a batch."""


class NoticeForm(ProgrammeTermForm):
    """A notice of a programme's term."""

    heading = text(_("标题（空则按统一格式；不得出现困难类别）"), 80)
    working_days = forms.IntegerField(
        label=_("公示工作日"), min_value=3, max_value=30, initial=WORKING_DAYS
    )


class PublishForm(ActorForm):
    """For how long."""

    working_days = forms.IntegerField(
        label=_("公示工作日"), min_value=3, max_value=30, initial=WORKING_DAYS
    )


class ApproveAwardsForm(ActorForm):
    """Why more than planned, where that is so."""

    reason = text(_("超出计划指标的理由（未超出可不填）"), 200)


class ObjectionForm(ActorForm):
    """An objection to a notice."""

    line = forms.ModelChoiceField(
        NoticeLine.objects.none(), label=_("涉及名单（可不选）"), required=False
    )
    content = text(_("异议内容"), 300, required=True)
    received_on = forms.DateField(label=_("收到日期"), widget=forms.DateInput())

    def __init__(self, *args: Any, notice: PublicNotice, **kwargs: Any) -> None:
        self.notice = notice
        super().__init__(*args, **kwargs)

    def bound_choices(self) -> None:
        """Offer the notice's own lines."""
        field = self.fields["line"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
        field.queryset = notice_lines(self.actor.scope).filter(notice=self.notice)


class AnswerForm(ActorForm):
    """What came of an objection."""

    upheld = forms.TypedChoiceField(
        label=_("处理结果"),
        choices=[("0", _("不成立")), ("1", _("成立，取消该笔资助"))],
        coerce=lambda value: value == "1",
    )
    answer = text(_("答复内容"), 300, required=True)


class StudentField(forms.CharField):
    """A student by number in the system, within the actor's scope."""

    def find(self, actor: Actor, number: str) -> Student:
        """Return the student; raise ValidationError where none in scope has the number."""
        rows = Student.objects.filter(
            actor.scope.q(division="school__division_id", school="school__code")
        )
        found = rows.filter(pk=number).first() if number.isascii() and number.isdigit() else None
        if found is None:
            raise forms.ValidationError(_("没有这个编号的学生，请在学生页面核对编号。"))
        return found


class StudentForm(ActorForm):
    """A form about one student."""

    student = StudentField(label=_("学生编号"), max_length=12)

    def clean_student(self) -> Student:
        """Find the student in scope."""
        field = self.fields["student"]
        assert isinstance(field, StudentField)  # noqa: S101  # declared above
        return field.find(self.actor, str(self.cleaned_data["student"]))


class DeterminationForm(StudentForm):
    """A paper application."""

    academic_year = forms.IntegerField(label=_("学年（起始年）"), min_value=2010, max_value=2100)
    programme = forms.ModelChoiceField(
        Programme.objects.none(), label=_("申请项目（空为一般困难）"), required=False
    )
    tier = text(_("认定档次"), 10)
    evidence = text(_("证明材料"), 200, required=True)

    def bound_choices(self) -> None:
        """Offer the office's programmes."""
        field = self.fields["programme"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
        field.queryset = self.own_programmes()


class DecideForm(ActorForm):
    """Agree or send back."""

    approved = forms.TypedChoiceField(
        label=_("审核结果"),
        choices=[("1", _("同意")), ("0", _("退回"))],
        coerce=lambda value: value == "1",
    )
    note = text(_("审核意见"), 200)


class BankReturnForm(ActorForm):
    """The bank's answer."""

    file = forms.FileField(
        label=_("银行回盘文件"),
        help_text=_("表格须有“序号”“金额”“结果”三列，到账的还须有“到账日期”。"),
    )


class FileForm(ActorForm):
    """In which form."""

    form = forms.ChoiceField(
        label=_("格式"), choices=[("xlsx", _("表格 .xlsx")), ("txt", _("文本 .txt（GB18030）"))]
    )


class ReceiptForm(ActorForm):
    """Money that arrived."""

    source = forms.ChoiceField(label=_("资金来源"), choices=FundSource.choices)
    programme = forms.ModelChoiceField(
        Programme.objects.none(), label=_("资助项目（可不选）"), required=False
    )
    amount = forms.DecimalField(
        label=_("金额（元）"), min_value=_CENT, max_digits=12, decimal_places=2
    )
    received_on = forms.DateField(label=_("到账日期"), widget=forms.DateInput())
    document = text(_("文号"), 120)

    def bound_choices(self) -> None:
        """Offer the county's programmes."""
        field = self.fields["programme"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
        field.queryset = self.own_programmes()


class DonorForm(ActorForm):
    """Who gives."""

    name = text(_("捐助方"), 80, required=True)
    kind = forms.ChoiceField(label=_("类别"), choices=DonorKind.choices)
    phone = text(_("联系电话"), 20)
    is_anonymous = forms.BooleanField(label=_("不公开姓名"), required=False)


class GiftForm(StudentForm):
    """A gift to a student."""

    programme = forms.ModelChoiceField(Programme.objects.none(), label=_("资助项目"))
    donor = forms.ModelChoiceField(Donor.objects.none(), label=_("捐助方"))
    given_on = forms.DateField(label=_("捐助日期"), widget=forms.DateInput())
    amount = money(_("金额或折价（元）"))
    item = text(_("实物名称（现金不填）"), 60)
    settled_on = forms.DateField(label=_("到账日期"), required=False, widget=forms.DateInput())

    def bound_choices(self) -> None:
        """Offer the programmes for gifts and the county's donors."""
        field, donor = self.fields["programme"], self.fields["donor"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
        assert isinstance(donor, forms.ModelChoiceField)  # noqa: S101  # declared above
        field.queryset = self.own_programmes().filter(kind=ProgrammeKind.GIFT)
        donor.queryset = donors(self.actor.scope)


def county_of(actor: Actor) -> Division | None:
    """Return the county that an actor works for, None for somebody of several."""
    code = actor.scope.division_prefix[:6]
    if len(code) < 6:
        return None
    return Division.objects.filter(pk=f"{code}000000").first()
