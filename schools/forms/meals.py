"""The monthly meal report as a form."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from povedu.scope import Scope
from povedu.screens.months import MonthField
from schools import selectors
from schools.forms.scoped import SchoolChoice, ScopedModelForm
from schools.models import MealReport, School
from schools.rules.meals import PARTS


def schools_with_meals(scope: Scope) -> QuerySet[School]:
    """Return the open schools of the programme in scope."""
    return selectors.open_schools(scope).filter(has_meals=True)


class MealForm(ScopedModelForm):
    """The figures of a month; an empty amount is meals × standard."""

    class Meta:
        model = MealReport
        fields = (
            *("mode", "enrolled_count", "pupils_count", "feeding_days", "meals_count"),
            *("standard", "amount", *(name for pair in PARTS for name in pair)),
        )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        self.fields["amount"].required = False
        for name in (name for pair in PARTS for name in pair):
            self.fields[name].required = False
        self.fields["amount"].help_text = _("不填时按 供餐人次×标准 计算。")
        self.fields["pupils_count"].help_text = _("实际用餐的学生人数，一人只计一次。")
        self.fields["meals_count"].help_text = _("每人每供餐一天计一人次。")

    def clean(self) -> dict[str, Any]:
        """Take a part left empty for nobody."""
        given = dict(super().clean() or self.cleaned_data)
        for name in (name for pair in PARTS for name in pair):
            if name in given and given[name] is None:
                given[name] = 0
        return given

    def _post_clean(self) -> None:
        # The service judges a month as a whole, with sentences; the database judges it again.
        return


class NewMealForm(MealForm):
    """A month that has not been reported."""

    rows: ClassVar = {"school": schools_with_meals}
    school = SchoolChoice()
    month = MonthField(label=_("月份"))

    class Meta:
        model = MealReport
        fields = ("school", "month", *MealForm.Meta.fields)
