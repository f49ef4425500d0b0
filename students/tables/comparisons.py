"""Tables of comparisons and of what changed."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens.screen import own_url
from povedu.screens.tables import DayColumn, InstantColumn, LongColumn, NumberColumn, ScreenTable
from schools.choices import Stage
from students.choices import ChangeKind, EnrolmentState, Hardship, Place
from students.models import Change, Comparison

_CODES: dict[str, Any] = {
    **dict.fromkeys((ChangeKind.CATEGORY, ChangeKind.FELL_BACK), Hardship),
    **dict.fromkeys((ChangeKind.BROUGHT_BACK, ChangeKind.LOST, ChangeKind.PLACE), Place),
    ChangeKind.STAGE: Stage,
    ChangeKind.STATE: EnrolmentState,
}


def change_words(kind: str, value: str) -> str:
    """Put one side of a change into words: a code of its kind, else the text as it was."""
    if kind == ChangeKind.BOARDING and value:
        return _("住校") if value == "true" else _("走读")
    if kind == ChangeKind.GRADE and value:
        return _("%(grade)s年级") % {"grade": value}
    for choices in (_CODES.get(kind), Hardship, Place) if kind in _WITH_CODES else ():
        if choices is not None and value in choices.values:
            return str(choices(value).label)
    return value


_WITH_CODES = frozenset({*_CODES, ChangeKind.NEW, ChangeKind.GONE})


class ComparisonTable(ScreenTable):
    """Comparisons that were made."""

    what = tables.Column(
        empty_values=(),
        verbose_name=gettext_lazy("对照内容"),
        orderable=False,
        linkify=lambda record: own_url(record),
    )
    before_on = DayColumn()
    after_on = DayColumn()
    before_count = NumberColumn()
    after_count = NumberColumn()
    changes = NumberColumn(
        accessor="changes_count", verbose_name=gettext_lazy("变化"), orderable=False
    )
    made_at = InstantColumn()

    class Meta(ScreenTable.Meta):
        model = Comparison
        fields = (
            *("what", "county", "before_on", "after_on", "before_count", "after_count"),
            *("changes", "made_at"),
        )
        lead = ("what",)
        hidden = ("county",)

    def render_what(self, record: Comparison) -> str:
        """Name the register, else what is compared."""
        return record.get_register_display() or record.get_basis_display()

    def render_changes(self, value: dict[str, int]) -> str:
        """Add up the kinds."""
        return f"{sum(value.values()):,}"

    def value_changes(self, value: dict[str, int]) -> int:
        """Export the bare sum."""
        return sum(value.values())


def _student_page(record: Change) -> str | None:
    key = record.student_key
    return reverse("students:student-detail", args=[key]) if key else None


class ChangeTable(ScreenTable):
    """What changed for whom."""

    kind = tables.Column()
    name = tables.Column(linkify=_student_page)
    before = LongColumn(orderable=False)
    after = LongColumn(orderable=False)
    township = tables.Column(empty_values=(), verbose_name=gettext_lazy("乡镇村"), orderable=False)

    class Meta(ScreenTable.Meta):
        model = Change
        fields = ("kind", "name", "household_no", "township", "stage", "before", "after")
        lead = ("kind", "name")

    def render_before(self, record: Change) -> str:
        """Put the earlier side into words."""
        return change_words(record.kind, record.before)

    value_before = render_before

    def render_after(self, record: Change) -> str:
        """Put the later side into words."""
        return change_words(record.kind, record.after)

    value_after = render_after

    def render_township(self, record: Any) -> str:
        """Name the division where the person is now."""
        return record.division_name or ""
