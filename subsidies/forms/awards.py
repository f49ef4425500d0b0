"""Forms of awards: notices, objections, determinations, gifts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from povedu.scope import Actor
from students.forms.settling import paper_field
from students.models import Student
from subsidies.choices import PaperDocument
from subsidies.forms.acting import ActorForm, ProgrammeTermForm, text
from subsidies.models import NoticeLine, Programme, PublicNotice, ScoreItem
from subsidies.rules.notices import WORKING_DAYS
from subsidies.selectors.payments import notice_lines


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


class ApplicationPaperForm(ActorForm):
    """A paper of an application, photographed or scanned."""

    kind = forms.ChoiceField(label=_("材料种类"), choices=PaperDocument.choices)
    file = paper_field()


class DeterminationForm(StudentForm):
    """An application: whose, for what, the family's circumstances, papers, and the class's word."""

    academic_year = forms.IntegerField(label=_("学年（起始年）"), min_value=2010, max_value=2100)
    programme = forms.ModelChoiceField(
        Programme.objects.none(), label=_("申请项目（空为一般困难）"), required=False
    )
    items = forms.ModelMultipleChoiceField(
        ScoreItem.objects.none(),
        label=_("家庭情况（计分）"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    documents = forms.MultipleChoiceField(
        label=_("已核对的材料"),
        choices=PaperDocument.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    evidence = text(_("证明材料"), 200, required=True)
    tier = text(_("认定档次（空则按得分）"), 10)
    teacher = text(_("班主任（班级评议）"), 40)
    signed_on = forms.DateField(label=_("评议日期"), required=False, widget=forms.DateInput())
    opinion = text(_("评议意见"), 200)

    def bound_choices(self) -> None:
        """Offer the county's programmes that are applied for, and its circumstances."""
        field, items = self.fields["programme"], self.fields["items"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
        assert isinstance(items, forms.ModelChoiceField)  # noqa: S101  # declared above
        field.queryset = self.own_programmes()
        county = self.actor.scope.division_prefix[:6]
        items.queryset = ScoreItem.objects.filter(county__code__startswith=county)

    def clean(self) -> dict[str, Any]:
        """Ask for the day where a teacher is named."""
        cleaned = super().clean() or {}
        if cleaned.get("teacher") and not cleaned.get("signed_on"):
            self.add_error("signed_on", _("请填写评议日期。"))
        return cleaned


class ReviewForm(ActorForm):
    """What the school says to an application."""

    agreed = forms.TypedChoiceField(
        label=_("复核结果"),
        choices=[("1", _("同意")), ("0", _("退回"))],
        coerce=lambda value: value == "1",
    )
    opinion = text(_("复核意见"), 200)
    signed_name = text(_("学校负责人"), 40, required=True)
    signed_on = forms.DateField(label=_("签字日期"), widget=forms.DateInput())
