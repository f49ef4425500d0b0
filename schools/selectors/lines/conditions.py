"""What the lines of places share: sections, the year, the reader's scope, labels."""

from datetime import date
from typing import Any

from django.db.models import (
    Case,
    CharField,
    F,
    IntegerField,
    Q,
    Value,
    When,
)
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from povedu.scope import Scope
from schools.choices import Stage

NUTRITION, CONSTRUCTION, PAY, VOCATIONAL = "nutrition", "construction", "pay", "vocational"
MECHANISM = "mechanism"


def of_year(field_name: str, year: int) -> Q:
    """Return the condition that a date lies in a calendar year."""
    return Q(**{f"{field_name}__gte": date(year, 1, 1), f"{field_name}__lt": date(year + 1, 1, 1)})


def in_scope(scope: Scope, school: str = "school") -> Q:
    """Return the condition that a row's school lies in a scope."""
    return scope.q(division=f"{school}__division_id", school=f"{school}__code")


# --- meals --------------------------------------------------------------------------------------


def label_of(name: str, choices: Any) -> Case:
    """Return the label of a choice in the language of the moment, as a database expression."""
    whens = [When(**{name: one.value}, then=Value(str(one.label))) for one in choices]
    return Case(*whens, default=F(name), output_field=CharField())


_PUPIL_LINES = {
    "pupils": (MECHANISM, _("在校学生"), None),
    "vocational-pupils": (VOCATIONAL, _("中等职业学校在校生"), Stage.VOCATIONAL),
    "special-pupils": (VOCATIONAL, _("特殊教育在校生"), Stage.SPECIAL),
}


def average_pupils(meals: Any, days: Any) -> Coalesce:
    """Return how many pupils a school fed: its meals ÷ its feeding days, rounded half up."""
    twice = (meals * 2 + days) / NullIf(days * 2, Value(0))
    return Coalesce(twice, Value(0), output_field=IntegerField())
