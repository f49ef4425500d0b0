"""The table that goes back to the office that sent a list."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens.tables import LongColumn, NumberColumn, ScreenTable
from students.choices import FindingState, Hardship, Place, Sex, Verdict
from students.models import Decision, Enrolment, Finding, PlacedChild, RegisterEntry
from students.selectors.wording import reason_words
from students.tables import grade_words
from subsidies.choices import Found


def listed_entry(record: PlacedChild) -> RegisterEntry | None:
    """Return the register's row about a child, that of the list before any other."""
    if record.student is None:
        return record.entry
    links = record.student.list_links  # type: ignore[attr-defined]  # the selector's prefetch
    return links[0].entry if links else None


def _stated(record: Any, column: str) -> Any:
    """Return what the list's own row states, None where the child is not on the list."""
    if record.student is None:
        return getattr(record, f"list_{column}")
    entry = listed_entry(record)
    return getattr(entry, column) if entry else None


def _term(record: PlacedChild) -> Enrolment | None:
    found = record.student.studying if record.student else []  # type: ignore[attr-defined]  # prefetched
    return found[0] if found else None


def why_not_found(record: PlacedChild) -> str:
    """Return why a child of the list is at no school here: somebody's answer, else the run's."""
    if record.found in (Found.AT_SCHOOL, Found.OFF_LIST):  # type: ignore[attr-defined]  # annotated
        return ""
    about: Any = record.student or record.entry
    words = [_finding_words(one) for one in about.asked]
    return _("；").join(dict.fromkeys(one for one in words if one))


def _finding_words(finding: Finding) -> str:
    decided: list[Decision] = finding.live  # type: ignore[attr-defined]  # the selector's prefetch
    if finding.state != FindingState.SETTLED or not decided:
        return reason_words(finding.reason)
    one = decided[0]
    label = str(Place(one.place).label if one.place else Verdict(one.verdict).label)
    return _("%(answer)s（%(note)s）") % {"answer": label, "note": one.note} if one.note else label


class FeedbackTable(ScreenTable):
    """受助学生比对反馈表: a row per child of the list and per aided child off it; masked."""

    name = tables.Column(empty_values=(), verbose_name=gettext_lazy("姓名"), orderable=False)
    sex = tables.Column(empty_values=(), verbose_name=gettext_lazy("性别"), orderable=False)
    number = tables.Column(empty_values=(), verbose_name=gettext_lazy("证件号码"), orderable=False)
    household_no = tables.Column(
        empty_values=(), verbose_name=gettext_lazy("户编号"), orderable=False
    )
    township = tables.Column(empty_values=(), verbose_name=gettext_lazy("户籍地"), orderable=False)
    category = tables.Column(
        empty_values=(), verbose_name=gettext_lazy("困难类别"), orderable=False
    )
    row_number = NumberColumn(
        empty_values=(), verbose_name=gettext_lazy("名单行号"), orderable=False
    )
    found = tables.Column(verbose_name=gettext_lazy("比对结果"), orderable=False)
    school = LongColumn(empty_values=(), verbose_name=gettext_lazy("就读学校"), orderable=False)
    stage = tables.Column(empty_values=(), verbose_name=gettext_lazy("学段"), orderable=False)
    grade = tables.Column(empty_values=(), verbose_name=gettext_lazy("年级"), orderable=False)
    class_name = tables.Column(empty_values=(), verbose_name=gettext_lazy("班级"), orderable=False)
    aid = tables.Column(empty_values=(), verbose_name=gettext_lazy("资助情况"), orderable=False)
    programmes = LongColumn(empty_values=(), verbose_name=gettext_lazy("资助项目"), orderable=False)
    place = tables.Column(verbose_name=gettext_lazy("去向"), orderable=False)
    reason = LongColumn(empty_values=(), verbose_name=gettext_lazy("未找到原因"), orderable=False)

    class Meta(ScreenTable.Meta):
        model = PlacedChild
        fields = (
            *("name", "sex", "number", "household_no", "township", "category", "row_number"),
            *("found", "school", "stage", "grade", "class_name", "aid", "programmes"),
            *("place", "reason"),
        )
        lead = ("name",)
        hidden = ("household_no", "stage", "class_name")

    def render_name(self, record: PlacedChild) -> str:
        """Name the child as the list does."""
        entry = listed_entry(record)
        return entry.name if entry else str(record.student)

    def render_sex(self, record: PlacedChild) -> str:
        """Say the sex."""
        one = listed_entry(record) or record.student
        return str(Sex(one.sex).label) if one and one.sex else ""

    def render_number(self, record: PlacedChild) -> str:
        """Mask the number."""
        one = listed_entry(record) or record.student
        return str(one.id_number) if one else ""

    def render_household_no(self, record: PlacedChild) -> str:
        """Give the list's household number."""
        return _stated(record, "household_no") or ""

    def render_township(self, record: PlacedChild) -> str:
        """Say where the child is from, as the list states it first."""
        entry = listed_entry(record)
        if entry and (entry.township or entry.village):
            return f"{entry.township}{entry.village}"
        home = record.student.home_division if record.student else None
        return home.name if home else ""

    def render_category(self, record: PlacedChild) -> str:
        """Say the hardship as the list states it."""
        code = _stated(record, "category")
        named = str(Hardship(code).label) if code in Hardship.values else ""
        return _stated(record, "category_as_stated") or named

    def render_row_number(self, record: PlacedChild) -> int | str:
        """Name the list's row, by which the other office finds the child again."""
        number: int | None = _stated(record, "row_number")
        return "" if number is None else number

    value_row_number = render_row_number

    def render_found(self, value: str) -> str:
        """Say what the comparison gave."""
        return str(Found(value).label)

    def render_school(self, record: PlacedChild) -> str:
        """Name the term's school."""
        term = _term(record)
        return term.school.name if term else ""

    def render_stage(self, record: PlacedChild) -> str:
        """Name the stage."""
        term = _term(record)
        return term.get_stage_display() if term else ""

    def render_grade(self, record: PlacedChild) -> str:
        """Name the grade."""
        term = _term(record)
        return grade_words(term.stage, term.grade) if term else ""

    def render_class_name(self, record: PlacedChild) -> str:
        """Name the class."""
        term = _term(record)
        return term.class_name if term else ""

    def render_aid(self, record: Any) -> str:
        """Say whether the child is aided, and whether as one of the list."""
        if not record.aided:
            return _("未受助")
        if record.on_list:
            return _("名单内受助")
        return _("受助，是否名单内待确认") if record.likely else _("名单外受助")

    def render_programmes(self, record: PlacedChild) -> str:
        """Name the term's programmes."""
        awards: list[Any] = record.student.aid if record.student else []  # type: ignore[attr-defined]  # prefetched
        return _("、").join(dict.fromkeys(one.programme.name for one in awards))

    def render_reason(self, record: PlacedChild) -> str:
        """Say why not found."""
        return why_not_found(record)
