"""The ledger of children of school age, as a run placed them."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens.screen import own_url
from povedu.screens.tables import DayColumn, LongColumn, ScreenTable, StatusColumn
from students.choices import Sex
from students.models import PlacedChild
from students.tables.children import grade_words

PLACE_TONES = {
    **dict.fromkeys(("here", "in_county", "out_of_county", "out_of_province"), "done"),
    **dict.fromkeys(("graduated", "deceased", "moved_away"), "plain"),
    **dict.fromkeys(("suspended", "home_taught"), "doing"),
    "suspected": "waiting",
    "dropped_out": "refused",
}


def _page_of(record: PlacedChild) -> str | None:
    """Return the page of the record that knows the child best; a register's row has none."""
    return own_url(record.student or record.case) or None


class PlacedTable(ScreenTable):
    """Children of school age with school, home and where they are; numbers masked."""

    name = tables.Column(
        empty_values=(), verbose_name=gettext_lazy("姓名"), orderable=False, linkify=_page_of
    )
    sex = tables.Column(empty_values=(), verbose_name=gettext_lazy("性别"), orderable=False)
    birth_on = DayColumn(
        empty_values=(), verbose_name=gettext_lazy("出生日期"), orderable=False, accessor="person"
    )
    number = tables.Column(empty_values=(), verbose_name=gettext_lazy("证件号码"), orderable=False)
    home = LongColumn(empty_values=(), verbose_name=gettext_lazy("户籍地"), orderable=False)
    school = LongColumn(empty_values=(), verbose_name=gettext_lazy("就读学校"), orderable=False)
    grade = tables.Column(empty_values=(), verbose_name=gettext_lazy("年级"), orderable=False)
    place = StatusColumn(tones=PLACE_TONES)
    returned = tables.BooleanColumn(
        yesno=(gettext_lazy("劝返到校"), ""), verbose_name=gettext_lazy("劝返")
    )
    source = tables.Column(empty_values=(), verbose_name=gettext_lazy("依据"), orderable=False)

    class Meta(ScreenTable.Meta):
        model = PlacedChild
        fields: tuple[str, ...] = (
            *("name", "sex", "birth_on", "number", "home", "school", "stage", "grade"),
            *("place", "returned", "source"),
        )
        lead = ("name",)
        hidden: tuple[str, ...] = ("sex", "returned")

    def render_name(self, record: PlacedChild) -> str:
        """Name the child."""
        return str(record.person)

    def render_sex(self, record: PlacedChild) -> str:
        """Say the sex."""
        sex = record.person.sex if record.person else ""
        return str(Sex(sex).label) if sex else ""

    def render_birth_on(self, record: PlacedChild) -> Any:
        """Say the birth date."""
        day = record.person.birth_on if record.person else None
        return f"{day:%Y-%m-%d}" if day else ""

    value_birth_on = render_birth_on

    def render_number(self, record: PlacedChild) -> str:
        """Mask the number."""
        one: Any = record.person
        return str(one.id_number or getattr(one, "stated_id_number", "") or "")

    def render_home(self, record: PlacedChild) -> str:
        """Say where the child is from."""
        if record.student is not None:
            return str(record.student.home_division or "")
        if record.entry is not None:
            return f"{record.entry.township}{record.entry.village}"
        return record.case.home_as_stated if record.case else ""

    def render_school(self, record: PlacedChild) -> str:
        """Name the school of the record."""
        school = record.student.school if record.student else None
        if school is None and record.case is not None:
            school = record.case.school
        return str(school or "")

    def render_grade(self, record: PlacedChild) -> str:
        """Write the grade in words."""
        one = record.student
        return grade_words(one.stage, one.grade) if one else ""

    def render_source(self, record: PlacedChild) -> str:
        """Name what the row stands on."""
        if record.student is not None:
            return _("学生台账")
        return str(record.entry.snapshot) if record.entry else _("控辍保学台账")
