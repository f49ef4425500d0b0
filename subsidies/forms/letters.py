"""Forms of letters: which kind, for whom, in which words."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from schools.choices import DivisionLevel, Stage
from schools.models import Division, School
from schools.selectors import open_schools
from schools.selectors.places import divisions
from subsidies.choices import LetterKind
from subsidies.forms.acting import ActorForm, term_choices, text
from subsidies.models import DisbursementBatch
from subsidies.selectors.letters import Range, Wanted, sheet_batches
from subsidies.selectors.programmes import office_of

_BY_CHILD = (LetterKind.FAMILY, LetterKind.NOTICE)


class LetterKindForm(ActorForm):
    """What to make, of which year or term."""

    kind = forms.ChoiceField(
        label=_("信函种类"), choices=LetterKind.choices, widget=forms.RadioSelect
    )
    year = forms.IntegerField(
        label=_("年度"),
        min_value=2010,
        max_value=2100,
        help_text=_("一封家书列出该年度实际到账的资助；明白卡按该年度执行的标准。"),
    )
    term = forms.ChoiceField(label=_("学期"), help_text=_("告知书列出该学期批准的资助。"))

    def bound_choices(self) -> None:
        """Offer the terms about now, beginning with this one and its year."""
        field = self.fields["term"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
        field.choices = term_choices(self.term_now)
        field.initial = self.term_now.code
        self.fields["year"].initial = self.term_now.year


class LetterRangeForm(ActorForm):
    """For whom; which questions are asked depends on the kind."""

    place = forms.ModelChoiceField(
        Division.objects.none(), label=_("乡镇或村（按户籍）"), required=False
    )
    school = forms.ModelChoiceField(School.objects.none(), label=_("学校"), required=False)
    grade = forms.IntegerField(
        label=_("年级"), min_value=1, max_value=12, required=False, help_text=_("不填为全校。")
    )
    class_name = text(_("班级"), 20)
    batch = forms.ModelChoiceField(DisbursementBatch.objects.none(), label=_("发放批次"))
    stage = forms.ChoiceField(
        label=_("学段"), choices=[("", _("全部")), *Stage.choices], required=False
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(*args, **kwargs)

    def bound_choices(self) -> None:
        """Ask only what the kind needs, within what the person answers for."""
        scope = self.actor.scope
        if self.kind == LetterKind.SHEET:
            self._keep("batch")
            self._offer("batch", sheet_batches(scope, office_of(self.actor)))
        elif self.kind == LetterKind.CARD:
            self._keep("stage")
        else:
            self._keep("place", "school", "grade", "class_name")
            levels = [DivisionLevel.TOWNSHIP, DivisionLevel.VILLAGE]
            self._offer("place", divisions(scope).filter(level__in=levels).order_by("code"))
            self._offer("school", open_schools(scope).order_by("code"))

    def _keep(self, *names: str) -> None:
        for name in list(self.fields):
            if name not in names:
                del self.fields[name]

    def _offer(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
        field.queryset = rows

    def clean(self) -> dict[str, Any]:
        """Ask for one place or one school, not both."""
        given = dict(super().clean() or self.cleaned_data)
        if self.kind in _BY_CHILD and bool(given.get("place")) == bool(given.get("school")):
            raise forms.ValidationError(_("请选择一个乡镇（村），或者一所学校。"))
        if given.get("class_name") and not given.get("grade"):
            self.add_error("class_name", _("填写班级时请同时填写年级。"))
        return given


def wanted_from(cleaned: dict[str, Any]) -> Wanted:
    """Return what the steps of the wizard ask for."""
    place, school, batch = (cleaned.get(name) for name in ("place", "school", "batch"))
    return Wanted(
        kind=cleaned["kind"],
        year=cleaned["year"],
        term=cleaned["term"],
        batch=batch.pk if batch else 0,
        stage=cleaned.get("stage") or "",
        where=Range(
            place=_prefix(place) if place else "",
            school=school.code if school else "",
            grade=cleaned.get("grade") or 0,
            class_name=cleaned.get("class_name") or "",
        ),
    )


def _prefix(place: Division) -> str:
    """Return the leading part of a code that its villages share."""
    return place.code[:9] if place.level == DivisionLevel.TOWNSHIP else place.code


class WordingForm(ActorForm):
    """A county's words of a kind of letter."""

    title = text(_("标题"), 60, required=True)
    opening = forms.CharField(
        label=_("开头"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"data-rows": "4"}),
        help_text=_("每行一段。"),
    )
    closing = forms.CharField(
        label=_("结尾"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"data-rows": "6"}),
    )
    signature = text(_("署名"), 60, required=True)
    contact = text(_("咨询电话"), 60)
