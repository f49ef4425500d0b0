"""Forms of divisions and the school register."""

from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schools import selectors
from schools.choices import SchoolKind
from schools.forms.scoped import DivisionChoice, SchoolChoice, ScopedForm, ScopedModelForm
from schools.models import Division, School

_EDITABLE = (
    *("kind", "short_name", "ownership", "setting", "principal_name", "opened_on"),
    *("central_school", "has_boarding", "has_canteen", "has_meals"),
)


class DivisionForm(forms.Form):
    """Name and poor-village flag."""

    name = forms.CharField(label=_("名称"), max_length=60)
    is_poor_village = forms.BooleanField(label=_("贫困村"), required=False)


class SchoolForm(ScopedModelForm):
    """What may be changed of a school without an event of its own."""

    rows: ClassVar = {"central_school": selectors.open_schools}
    central_school = SchoolChoice(label=_("中心学校"), required=False)

    class Meta:
        model = School
        fields = _EDITABLE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]  # a choice field
            (kind.value, kind.label) for kind in SchoolKind
        ]
        central = self.fields["central_school"]
        if isinstance(central, forms.ModelChoiceField) and self.instance.pk:
            central.queryset = central.queryset.filter(  # type: ignore[union-attr]  # set above
                ~Q(pk=self.instance.pk)
            )


class NewSchoolForm(SchoolForm):
    """A new school: also its code, name and place."""

    rows: ClassVar = {
        "central_school": selectors.open_schools,
        "division": selectors.divisions,
    }
    division = DivisionChoice()
    document = forms.CharField(label=_("批准文号"), max_length=80, required=False)

    class Meta:
        model = School
        fields = ("code", "name", "division", *_EDITABLE)


class EventForm(ScopedForm):
    """When something happened to a school, and by which document."""

    on = forms.DateField(label=_("日期"), widget=forms.DateInput)
    document = forms.CharField(label=_("批准文号"), max_length=80, required=False)


class RenameForm(EventForm):
    """The new name."""

    name = forms.CharField(label=_("新校名"), max_length=80)
    field_order = ("name", "on", "document")


class MoveForm(EventForm):
    """The new place."""

    rows: ClassVar = {"division": selectors.divisions}
    division = DivisionChoice(queryset=Division.objects.none(), label=_("调整到"))
    field_order = ("division", "on", "document")


class MergeForm(EventForm):
    """The school that goes on."""

    rows: ClassVar = {"into": selectors.open_schools}
    into = SchoolChoice(label=_("并入学校"))
    field_order = ("into", "on", "document")


class AliasForm(forms.Form):
    """One more name."""

    name = forms.CharField(label=_("别名"), max_length=80)
