"""Forms whose choices lie in the reader's scope, and the fields they share."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.validators import MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from povedu.scope import Scope
from schools.models import Division, School

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
    DivisionField = forms.ModelChoiceField[Division]
    SchoolField = forms.ModelChoiceField[School]
else:
    ModelForm = forms.ModelForm
    DivisionField = SchoolField = forms.ModelChoiceField

Rows = Callable[[Scope], QuerySet[Any]]


def limit_choices(form: forms.BaseForm, rows: Mapping[str, Rows], scope: Scope) -> None:
    """Offer in each named field only the rows of its selector."""
    for name, selector in rows.items():
        field = form.fields.get(name)
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = selector(scope)


def require_at_least(form: forms.BaseForm, **least: Decimal | int) -> None:
    """Refuse less than so much in the named number fields, in the browser too."""
    for name, limit in least.items():
        field = form.fields[name]
        field.validators = [*field.validators, MinValueValidator(limit)]
        field.widget.attrs["min"] = str(limit)


class ScopedForm(forms.Form):
    """A form that is told the reader's scope; ``rows`` names a selector per choice field."""

    rows: ClassVar[Mapping[str, Rows]] = {}

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_choices(self, self.rows, scope)


class ScopedModelForm(ModelForm):
    """A model form that is told the reader's scope."""

    rows: ClassVar[Mapping[str, Rows]] = {}

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_choices(self, self.rows, scope)


class SchoolChoice(SchoolField):
    """A choice of schools, told apart by code where names repeat."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("queryset", School.objects.none())
        kwargs.setdefault("to_field_name", "code")
        kwargs.setdefault("label", _("学校"))
        super().__init__(**kwargs)

    def label_from_instance(self, obj: School) -> str:
        """Write name and code."""
        return f"{obj.name} ({obj.code})"


class DivisionChoice(DivisionField):
    """A choice of divisions, villages under their township."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("queryset", Division.objects.none())
        kwargs.setdefault("label", _("所在区划"))
        super().__init__(**kwargs)

    def label_from_instance(self, obj: Division) -> str:
        """Write the township before a village."""
        parent = obj.parent
        return f"{parent.name} {obj.name}" if parent and obj.level == "village" else obj.name
