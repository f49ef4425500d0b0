"""The table of a monthly subsidy: a column for each month of the term."""

from datetime import date
from typing import Any

import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from povedu.screens.tables import LongColumn, ScreenTable
from povedu.screens.templatetags.screens import badge
from students.models import Enrolment
from students.tables import grade_words
from subsidies.choices import PaymentState
from subsidies.selectors.monthly import DUE, NONE, column_of
from subsidies.tables.payments import PAYMENT_TONES

_WORDS = {**dict(PaymentState.choices), DUE: _("待编入批次"), NONE: _("缺")}
_TONES = {**PAYMENT_TONES, DUE: "waiting", NONE: "overdue"}


class MonthColumn(tables.Column):
    """Whether a month has arrived; what is missing stands out."""

    def __init__(self, month: date) -> None:
        super().__init__(verbose_name=f"{month:%Y-%m}", accessor=column_of(month), orderable=False)

    def render(self, value: str) -> SafeString:
        """Draw the state."""
        return badge(_WORDS[value], _TONES[value])

    def value(self, value: str) -> str:
        """Export the word."""
        return str(_WORDS[value])


class OrphanTable(ScreenTable):
    """Orphans at school, school by school."""

    student = tables.Column(linkify=lambda record: record.student.get_absolute_url())
    school = LongColumn()

    class Meta(ScreenTable.Meta):
        model = Enrolment
        fields = ("student", "school", "stage", "grade", "class_name", "is_boarder")
        lead = ("student",)
        hidden = ("stage", "class_name")

    def render_grade(self, value: int, record: Enrolment) -> str:
        """Say the grade in words."""
        return grade_words(record.stage, value)


def month_columns(months: list[date]) -> list[tuple[str, Any]]:
    """Return the columns of a term's months."""
    return [(column_of(month), MonthColumn(month)) for month in months]
