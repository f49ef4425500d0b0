"""Forms about one child: particulars, identity, hardship, card and school."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from povedu.scope import Actor
from schools.choices import DivisionLevel, Stage
from schools.models import Division, School
from students.choices import Hardship, PayeeRelation, RegisterKind, Sex, StudentState
from students.models import Student
from students.services.enrolment import Seat
from students.services.hardship import HardshipDetails
from students.services.payee import PayeeDetails
from students.services.student import StudentDetails

_BLANK: list[tuple[str, Any]] = [("", _("请选择"))]
_STAGES = [*_BLANK, *Stage.choices]


def own_schools(actor: Actor) -> QuerySet[School]:
    """Return the schools that somebody may enter children at."""
    rows = School.objects.filter(closed_on=None)
    return rows.filter(actor.scope.q(division="division_id", school="code")).order_by("code")


class _PlacedForm(forms.Form):
    """A form that offers only what lies in the person's scope."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor


class StudentForm(_PlacedForm):
    """Everything about a child; on a change an empty protected field stays as it was."""

    name = forms.CharField(label=_("姓名"), max_length=40)
    id_number = forms.CharField(
        label=_("身份证号"),
        max_length=30,
        required=False,
        help_text=_("没有或暂不清楚可留空：先登记，身份确认前不会发放。"),
    )
    student_no = forms.CharField(label=_("学籍号"), max_length=30, required=False)
    sex = forms.ChoiceField(label=_("性别"), choices=[*_BLANK, *Sex.choices], required=False)
    birth_on = forms.DateField(label=_("出生日期"), required=False)
    ethnicity = forms.CharField(label=_("民族"), max_length=20, required=False)
    school = forms.ModelChoiceField(
        label=_("就读学校"), queryset=School.objects.none(), empty_label=_("请选择")
    )
    stage = forms.ChoiceField(label=_("学段"), choices=_STAGES)
    grade = forms.IntegerField(label=_("年级"), min_value=1, max_value=12, required=False)
    class_name = forms.CharField(label=_("班级"), max_length=20, required=False)
    is_boarder = forms.BooleanField(label=_("住校"), required=False)
    home_division = forms.ModelChoiceField(
        label=_("户籍地"),
        queryset=Division.objects.none(),
        required=False,
        empty_label=_("请选择"),
    )
    home_address = forms.CharField(label=_("家庭住址"), max_length=120, required=False)
    guardian_name = forms.CharField(label=_("监护人"), max_length=40, required=False)
    guardian_relation = forms.CharField(label=_("与监护人关系"), max_length=20, required=False)
    guardian_id_number = forms.CharField(label=_("监护人证号"), max_length=30, required=False)
    phone = forms.CharField(label=_("联系电话"), max_length=20, required=False)

    def __init__(self, *args: Any, actor: Actor, student: Student | None, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.student = student
        self.fields["school"].queryset = own_schools(actor)  # type: ignore[attr-defined]  # a model choice
        self.fields["home_division"].queryset = Division.objects.filter(  # type: ignore[attr-defined]  # a model choice
            code__startswith=actor.scope.county_code,
            level__in=[DivisionLevel.TOWNSHIP, DivisionLevel.VILLAGE],
        )
        if student is not None:
            for name in ("id_number", "home_address", "guardian_id_number", "phone"):
                self.fields[name].help_text = _("留空表示不改。")

    def details(self) -> StudentDetails:
        """Return the cleaned form as the service wants it."""
        state = self.student.state if self.student is not None else StudentState.STUDYING
        return StudentDetails(**self.cleaned_data, state=state)


class IdentityForm(forms.Form):
    """The number that papers prove, and which papers."""

    id_number = forms.CharField(label=_("身份证号"), max_length=30)
    reason = forms.CharField(
        label=_("依据"), max_length=200, help_text=_("如：户口簿第 3 页、派出所证明。")
    )


class HardshipForm(forms.Form):
    """A hardship with its word, its source, its evidence and its dates."""

    category = forms.ChoiceField(label=_("困难类别"), choices=[*_BLANK, *Hardship.choices])
    as_stated = forms.CharField(
        label=_("证明上的原文"), max_length=60, required=False, help_text=_("照证明原样填写。")
    )
    source = forms.ChoiceField(
        label=_("来源"),
        choices=[("paper", _("纸质认定")), ("school", _("学校填报")), *RegisterKind.choices],
    )
    evidence = forms.CharField(
        label=_("证明材料"), max_length=200, help_text=_("写明证件名称和编号。")
    )
    starts_on = forms.DateField(label=_("开始日期"))
    ends_on = forms.DateField(label=_("结束日期"), required=False)

    def details(self) -> HardshipDetails:
        """Return the cleaned form as the service wants it."""
        return HardshipDetails(**self.cleaned_data)


class EndForm(forms.Form):
    """A day and a reason."""

    ends_on = forms.DateField(label=_("结束日期"))
    reason = forms.CharField(label=_("理由"), max_length=200)


class PayeeForm(forms.Form):
    """A card."""

    payee_name = forms.CharField(label=_("户名"), max_length=40)
    relation = forms.ChoiceField(label=_("与学生关系"), choices=PayeeRelation.choices)
    payee_id_number = forms.CharField(label=_("持卡人证号"), max_length=30, required=False)
    bank_name = forms.CharField(label=_("开户行"), max_length=60, required=False)
    account = forms.CharField(label=_("银行账号"), max_length=40)

    def details(self) -> PayeeDetails:
        """Return the cleaned form as the service wants it."""
        return PayeeDetails(**self.cleaned_data)


class ReasonForm(forms.Form):
    """A reason."""

    reason = forms.CharField(label=_("理由"), max_length=200)


class SeatForm(_PlacedForm):
    """A school and a class; ``everywhere`` offers schools outside the scope too, for transfers."""

    school = forms.ModelChoiceField(
        label=_("学校"), queryset=School.objects.none(), empty_label=_("请选择")
    )
    stage = forms.ChoiceField(label=_("学段"), choices=_STAGES)
    grade = forms.IntegerField(label=_("年级"), min_value=1, max_value=12, required=False)
    class_name = forms.CharField(label=_("班级"), max_length=20, required=False)
    is_boarder = forms.BooleanField(label=_("住校"), required=False)

    def __init__(self, *args: Any, actor: Actor, everywhere: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        rows = own_schools(actor)
        if everywhere:
            rows = School.objects.filter(
                closed_on=None, division__code__startswith=actor.scope.county_code
            ).order_by("code")
        self.fields["school"].queryset = rows  # type: ignore[attr-defined]  # a model choice

    def seat(self) -> Seat:
        """Return the cleaned form as the service wants it."""
        names = ("school", "stage", "grade", "class_name", "is_boarder")
        return Seat(**{name: self.cleaned_data[name] for name in names})


class TransferForm(SeatForm):
    """Where to, and why."""

    reason = forms.CharField(label=_("转学原因"), max_length=200)


class LeaveForm(forms.Form):
    """How somebody leaves."""

    state = forms.ChoiceField(
        label=_("离校状态"),
        choices=[one for one in StudentState.choices if one[0] != StudentState.STUDYING],
    )
    reason = forms.CharField(label=_("依据"), max_length=200)
