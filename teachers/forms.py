"""Forms of the teacher register and of postings."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from schools import selectors
from schools.forms.scoped import SchoolChoice, ScopedForm, ScopedModelForm
from teachers.models import Posting, Teacher


class TeacherForm(ScopedModelForm):
    """What the register holds; protected values are typed anew or left as they are."""

    rows: ClassVar = {"school": selectors.open_schools}
    school = SchoolChoice()
    id_number = forms.CharField(label=_("身份证号"), max_length=30, required=False)
    phone = forms.CharField(label=_("电话"), max_length=20, required=False)

    class Meta:
        model = Teacher
        fields = (
            *("number", "name", "sex", "school", "post", "stage", "subject", "title"),
            *("employment_kind", "education", "birth_on", "hired_on", "school_since_on"),
        )

    field_order = (
        *("number", "name", "sex", "id_number", "birth_on", "phone", "school", "post"),
        *("stage", "subject", "title", "employment_kind", "education"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.pop("id_number", None)
        self.initial.pop("phone", None)
        if not self.instance.pk:
            return
        for name in ("id_number", "phone"):
            held = getattr(self.instance, name)
            if held:
                self.fields[name].help_text = _("现为 %(masked)s；不填则不改。") % {"masked": held}

    def clean(self) -> dict[str, Any]:
        """Leave an empty protected value as it is."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("id_number", "phone"):
            values[name] = values.get(name) or None
        return values

    def _post_clean(self) -> None:
        # The service judges the record as a whole, with sentences; the database judges it again.
        return


class LeavingForm(ScopedForm):
    """The day and reason of leaving."""

    left_on = forms.DateField(label=_("离开日期"), widget=forms.DateInput)
    leave_reason = forms.CharField(
        label=_("离开原因"),
        max_length=40,
        help_text=_("如退休、调出、辞职、考走、服务期满。"),
    )


class PostingForm(ScopedModelForm):
    """A posting; the receiving school may be any open school of the county."""

    rows: ClassVar = {"school": selectors.receiving_schools}
    school = SchoolChoice(label=_("任职学校"))

    class Meta:
        model = Posting
        fields = (
            *("school", "kind", "post", "subject", "is_full_time", "starts_on", "ends_on"),
            "document",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].help_text = _("不再任职的第一天；尚未确定时不填。")

    def _post_clean(self) -> None:
        # The service judges the posting as a whole, with sentences; the database judges it again.
        return


class EndForm(ScopedForm):
    """The first day no longer served."""

    ends_on = forms.DateField(
        label=_("结束日期"), widget=forms.DateInput, help_text=_("不再任职的第一天。")
    )


class NothingForm(ScopedForm):
    """An action that asks for nothing more."""
