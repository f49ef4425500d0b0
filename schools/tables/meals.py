"""The tables of the nutrition programme."""

import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from povedu.screens.tables import (
    InstantColumn,
    LongColumn,
    MoneyColumn,
    NumberColumn,
    ScreenTable,
    YesNoColumn,
)
from povedu.screens.templatetags.screens import badge
from schools.models import (
    MealReport,
    School,
)
from schools.tables.linking import linked


class MealTable(ScreenTable):
    """Monthly reports; persons and person-times are told apart."""

    month = tables.DateColumn(
        format="Y-m", linkify=linked("schools:meal-edit", "schools.meal.report")
    )
    school = LongColumn(linkify=True)
    pupils_count = NumberColumn()
    feeding_days = NumberColumn()
    meals_count = NumberColumn()
    standard = MoneyColumn()
    amount = MoneyColumn()
    reported_at = InstantColumn()

    class Meta(ScreenTable.Meta):
        model = MealReport
        fields = (
            *("month", "school", "mode", "offer", "pupils_count", "feeding_days"),
            *("meals_count", "standard", "amount", "reported_by", "reported_at"),
        )
        lead = ("month", "school")


class MonthTable(ScreenTable):
    """A month school by school: who has reported what, and who has not."""

    name = LongColumn(linkify=True)
    state = tables.Column(
        accessor="report_id", verbose_name=_("填报"), empty_values=(), orderable=False
    )
    pupils_count = NumberColumn(verbose_name=_("受益学生（人）"))
    feeding_days = NumberColumn(verbose_name=_("供餐天数"))
    meals_count = NumberColumn(verbose_name=_("供餐人次"))
    amount = MoneyColumn(verbose_name=_("本月资金（元）"))

    class Meta(ScreenTable.Meta):
        model = School
        fields = (
            *("code", "name", "division", "state", "pupils_count", "feeding_days"),
            *("meals_count", "amount"),
        )
        lead = ("name", "state")

    def render_state(self, value: int | None) -> SafeString:
        """Say whether the report has come in."""
        return badge(_("已填报"), "done") if value else badge(_("未填报"), "waiting")

    def value_state(self, value: int | None) -> object:
        """Export the word."""
        return _("已填报") if value else _("未填报")


class CountyMonthTable(ScreenTable):
    """The month report for the level above: its columns, in its order."""

    county = tables.Column(verbose_name=_("区县"), accessor="school__division_id", orderable=False)
    school = LongColumn(linkify=True)
    kind = tables.Column(verbose_name=_("学校类别"), accessor="school__get_kind_display")
    setting = tables.Column(verbose_name=_("城区或乡村"), accessor="school__get_setting_display")
    has_canteen = YesNoColumn(verbose_name=_("有无食堂"), accessor="school__has_canteen")
    enrolled_count = NumberColumn()
    year_amount = MoneyColumn(verbose_name=_("累计投入资金（元）"))
    amount = MoneyColumn(verbose_name=_("本月投入资金（元）"))
    meals_count = NumberColumn(verbose_name=_("本月惠及学生（人次）"))
    left_behind_meals = NumberColumn()
    day_poor_meals = NumberColumn()
    free_meals = NumberColumn()
    pupils_count = NumberColumn(verbose_name=_("惠及实际学生（人）"))
    left_behind_count = NumberColumn()
    day_poor_count = NumberColumn()
    free_count = NumberColumn()
    feeding_days = NumberColumn()

    class Meta(ScreenTable.Meta):
        model = MealReport
        fields = (
            *("county", "school", "kind", "setting", "has_canteen", "offer", "mode"),
            *("enrolled_count", "year_amount", "amount", "meals_count", "left_behind_meals"),
            *("day_poor_meals", "free_meals", "pupils_count", "left_behind_count"),
            *("day_poor_count", "free_count", "feeding_days"),
        )
        lead = ("school",)
        hidden = ("county", "setting")

    def render_county(self, value: str) -> str:
        """Show the county's code."""
        return value[:6]

    value_county = render_county


class MealYearTable(ScreenTable):
    """A year school by school."""

    name = LongColumn(linkify=True)
    months = NumberColumn(verbose_name=_("填报月数"))
    days = NumberColumn(verbose_name=_("供餐天数"))
    meals = NumberColumn(verbose_name=_("全年总餐次（人次）"))
    pupils = NumberColumn(verbose_name=_("平均受益学生（人）"))
    amount = MoneyColumn(verbose_name=_("全年资金（元）"))

    class Meta(ScreenTable.Meta):
        model = School
        fields = ("code", "name", "months", "days", "meals", "pupils", "amount")
        lead = ("name",)
