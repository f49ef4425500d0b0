"""The monthly meal report of the nutrition programme, as the national system exports it.

人 and 人次 are never taken for each other: a heading that names the one cannot fill the other.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from povedu.errors import Refusal
from povedu.intake.amounts import AmountColumn
from povedu.intake.frame import Frame
from povedu.intake.kinds import Column, Context, IntakeKind, LedgerResource, register
from povedu.intake.periods import MonthWidget, month_in
from povedu.intake.problems import Meaning, Outcome, declare
from povedu.intake.reading.cells import Cell
from povedu.intake.widgets import (
    BLANK,
    ChoiceWidget,
    Cleaned,
    FlagWidget,
    LedgerWidget,
    Lookups,
    LookupWidget,
    NumberWidget,
    text_of,
)
from schools.choices import MealMode, MealOffer
from schools.imports.settling import school_lookups, settle_schools
from schools.rules import meals as rules
from schools.selectors.meals import fed_schools
from schools.services.meal_intake import apply_meals, classify_meals

_CHECK = _("请核对后改正这一行。")
declare(
    {
        "persons-not-times": Meaning(
            _("“人”和“人次”不能混用"),
            _("请把表头写明是“受益学生（人）”还是“供餐人次”。"),
            Outcome.REFUSED,
        ),
        "days-derived": Meaning(
            _("没有供餐天数，按 人次÷人 推算"), _("请核对推算的天数，不对的请补填。")
        ),
        "mode-missing": Meaning(
            _("没有写明供餐模式"), _("请填食堂供餐、向企业购买或家庭托餐。"), Outcome.REFUSED
        ),
        "more-than-enrolled": Meaning(_("受益学生多于全校学生"), _CHECK),
        "school-without-meals": Meaning(
            _("该校未列入营养改善计划"), _("请先在学校信息中登记。"), Outcome.REFUSED
        ),
        "school-closed": Meaning(_("该校当月已停办"), _CHECK, Outcome.REFUSED),
        "month-in-future": Meaning(_("月份尚未到来"), _CHECK, Outcome.REFUSED),
        "too-many-days": Meaning(_("供餐天数超过当月天数"), _CHECK, Outcome.REFUSED),
        "too-many-meals": Meaning(_("供餐人次超过 受益学生×供餐天数"), _CHECK, Outcome.REFUSED),
        "amount-over-standard": Meaning(_("本月资金超过 供餐人次×标准"), _CHECK, Outcome.REFUSED),
        "part-over-whole": Meaning(_("分项多于总数"), _CHECK, Outcome.REFUSED),
    }
)
_MODES = {
    **dict.fromkeys(("食堂", "学校食堂", "食堂供餐模式"), MealMode.CANTEEN),
    **dict.fromkeys(
        ("企业供餐", "购买", "向企业购买", "向企业(单位)购买", "企业(单位)供餐", "配餐"),
        MealMode.PURCHASED,
    ),
    **dict.fromkeys(("托餐", "家庭托餐", "家庭(个人)托餐", "个人托餐"), MealMode.HOUSEHOLD),
}
_OFFERS = {
    **dict.fromkeys(("完整午餐", "热午餐", "营养午餐"), MealOffer.LUNCH),
    **dict.fromkeys(("牛奶鸡蛋", "课间餐", "加餐"), MealOffer.MILK_AND_EGG),
}
_BY_MODE = {
    "by_canteen": MealMode.CANTEEN,
    "by_purchase": MealMode.PURCHASED,
    "by_household": MealMode.HOUSEHOLD,
}


class _ModeWidget(ChoiceWidget):
    """A way of feeding; the national form puts what is served under the same heading."""

    def __init__(self) -> None:
        super().__init__([*MealMode.choices, *MealOffer.choices], {**_MODES, **_OFFERS})


class _Misnamed(LedgerWidget):
    """Cells under a heading that names the other figure."""

    def _clean(self, cell: Cell) -> Cleaned:
        return Cleaned(None, (), ("persons-not-times",)) if text_of(cell)[0] else BLANK


class PersonsColumn(Column):
    """Pupils fed; a heading that says 人次 does not count them."""

    def widget_under(self, heading: str) -> LedgerWidget:
        """Refuse person-times."""
        times = "人次" in heading and "非" not in heading
        return _Misnamed() if times else super().widget_under(heading)


class TimesColumn(Column):
    """Meals served; only a heading that says so counts them."""

    def widget_under(self, heading: str) -> LedgerWidget:
        """Refuse persons."""
        named = not heading or "次" in heading or heading == self.label
        return super().widget_under(heading) if named else _Misnamed()


_WHOLE_PERSONS = ("惠及实际学生(人)(非人次)", "惠及实际学生")
_WHOLE_TIMES = ("本月惠及学生(人次)", "惠及学生(人次)", "惠及学生人次")


def _part(name: str, label: Any, *words: str) -> tuple[Column, Column]:
    """Return the columns of a part's persons and person-times.

    The national form puts the part under the whole's heading, which says what is counted.
    """
    persons = [f"{word}(人)" for word in words]
    times = [f"{word}(人次)" for word in words]
    under = [(whole, word) for whole in _WHOLE_PERSONS for word in words]
    under_times = [(whole, word) for whole in _WHOLE_TIMES for word in words]
    return (
        Column(
            f"{name}_count",
            format_lazy("{label}（人）", label=label),
            aliases=(*persons, *(whole + word for whole, word in under)),
            widget=NumberWidget(whole=True),
        ),
        Column(
            f"{name}_meals",
            format_lazy("{label}（人次）", label=label),
            aliases=(*times, *(whole + word for whole, word in under_times)),
            widget=NumberWidget(whole=True),
        ),
    )


class MealResource(LedgerResource):
    """The columns of a month's report."""

    school = Column(
        "school__name",
        _("学校"),
        aliases=("学校名称", "学校简称", "学校全称", "校名", "供餐学校", "实施学校"),
        widget=LookupWidget("school", code="school-unknown"),
        required=True,
        key=True,
        example="东山镇中心小学",
    )
    school_code = Column(
        "school__code",
        _("学校标识码"),
        aliases=("学校代码",),
        widget=LookupWidget("school_code", code="school-unknown"),
    )
    year = Column(
        None, _("年份"), aliases=("年度", "年"), widget=NumberWidget(whole=True), in_template=False
    )
    month = Column(
        "month",
        _("月份"),
        aliases=("年月", "报表月份", "统计月份", "所属月份", "月", "填报月份"),
        widget=MonthWidget(),
        example="2016-09",
        hint=_("表中没有的，上传时填写数据日期"),
    )
    mode = Column(
        "mode",
        _("供餐模式"),
        aliases=("供餐方式", "供餐形式"),
        widget=_ModeWidget(),
        example="食堂供餐",
    )
    offer = Column(
        "offer",
        _("供餐内容"),
        aliases=("餐食内容",),
        widget=ChoiceWidget(MealOffer.choices, _OFFERS),
    )
    by_canteen = Column(None, _("食堂供餐"), in_template=False)
    by_purchase = Column(
        None, _("向企业（单位）购买"), aliases=("企业供餐", "向企业购买"), in_template=False
    )
    by_household = Column(
        None, _("家庭（个人）托餐"), aliases=("家庭托餐", "个人托餐"), in_template=False
    )
    has_canteen = Column(
        None,
        _("有无食堂"),
        aliases=("是否有食堂", "食堂"),
        widget=FlagWidget(blank=None),
        in_template=False,
    )
    # Parts of a total that do not say whether persons or person-times: never taken for either.
    left_behind_part = Column(
        None, _("农村留守儿童"), aliases=("留守儿童", "其中留守儿童"), in_template=False
    )
    day_poor_part = Column(None, _("非寄宿贫困学生"), in_template=False)
    free_part = Column(None, _("免费提供"), in_template=False)
    enrolled_count = Column(
        None,
        _("全校学生数"),
        aliases=("全校学生数(人)", "在校学生数", "在校生数", "学生总数"),
        widget=NumberWidget(whole=True),
    )
    pupils_count = PersonsColumn(
        "pupils_count",
        _("受益学生（人）"),
        aliases=(
            *("惠及实际学生(人)(非人次)", "惠及实际学生", "实际惠及学生", "受益学生", "受益人数"),
            *("受益学生数", "惠及学生数", "平均受益学生数", "享受人数", "就餐学生数", "就餐人数"),
        ),
        widget=NumberWidget(whole=True),
        required=True,
        example="120",
    )
    feeding_days = Column(
        "feeding_days",
        _("供餐天数"),
        aliases=("实际供餐天数", "本月供餐天数", "就餐天数", "开餐天数"),
        widget=NumberWidget(whole=True),
        example="20",
    )
    meals_count = TimesColumn(
        "meals_count",
        _("供餐人次"),
        aliases=(
            *("本月惠及学生(人次)", "惠及学生(人次)", "惠及学生人次", "就餐人次", "受益人次"),
            *("本月供餐人次", "总餐次", "本月惠及学生人次"),
        ),
        widget=NumberWidget(whole=True),
        required=True,
        example="2400",
    )
    left_behind_count, left_behind_meals = _part(
        "left_behind", _("农村留守儿童"), "农村留守儿童", "留守儿童", "其中留守儿童"
    )
    day_poor_count, day_poor_meals = _part(
        "day_poor", _("非寄宿贫困学生"), "非寄宿贫困学生", "走读贫困学生"
    )
    free_count, free_meals = _part("free", _("免费提供"), "免费提供", "免费供餐")
    standard = AmountColumn(
        "standard",
        _("每生每天标准（元）"),
        aliases=("补助标准", "供餐标准", "标准", "每生每天标准", "餐标"),
        example="4",
        hint=_("不填的按国家标准"),
    )
    amount = AmountColumn(
        "amount",
        _("本月资金（元）"),
        aliases=(
            "本月投入资金",
            "本月投入资金(元)",
            "本月资金",
            "当月资金",
            "本月支出",
            "本月金额",
        ),
        hint=_("不填的按 供餐人次×标准"),
    )


def _prepare(context: Context) -> Lookups:
    return {**school_lookups(context), "fed": fed_schools(context.county_code)}


def _check(frame: Frame, context: Context) -> None:
    """Settle school, month, mode and days; refuse figures that cannot be a month's truth."""
    settle_schools(frame, context)
    _settle_months(frame, context)
    _settle_modes(frame)
    _settle_figures(frame)
    today = context.today
    seen: dict[tuple[Any, Any], int] = {}
    for at, key in enumerate(zip(frame.column("school_code"), frame.column("month"), strict=True)):
        if frame.outcome(at) is Outcome.REFUSED:
            continue
        _check_place(frame, at, key, context.lookups["fed"])
        _check_figures(frame, at, today)
        if frame.outcome(at) is not Outcome.REFUSED and seen.setdefault(key, at) != at:
            frame.note(at, "row-repeated", "school", new=frame.places[seen[key]][1] + 1)


def _settle_months(frame: Frame, context: Context) -> None:
    given = context.as_of.replace(day=1) if context.as_of else None
    months = []
    for at, (value, year) in enumerate(
        zip(frame.column("month"), frame.column("year"), strict=True)
    ):
        month = month_in(value, year or (given.year if given else None)) or given
        if month is None and "date-unreadable" not in frame.codes(at):
            frame.note(at, "term-missing", "month")
        if month is None:
            frame.refuse(at)
        months.append(month)
    frame.set_column("month", months)


def _settle_modes(frame: Frame) -> None:
    modes, offers = list(frame.column("mode")), list(frame.column("offer"))
    counted = [(frame.column(name), mode) for name, mode in _BY_MODE.items()]
    canteens = frame.column("has_canteen")
    for at, stated in enumerate(modes):
        if stated in MealOffer.values:
            offers[at], modes[at] = offers[at] or stated, ""
        if not modes[at]:
            modes[at] = _largest(at, counted) or (MealMode.CANTEEN if canteens[at] else "")
        if not modes[at]:
            frame.note(at, "mode-missing", "mode")
    frame.set_column("mode", [str(mode) for mode in modes])
    frame.set_column("offer", [str(offer or "") for offer in offers])


def _largest(at: int, counted: list[tuple[list[Any], MealMode]]) -> str:
    """Return the way by which most pupils are fed, by numbers or a tick."""
    marks = [(_weight(column[at]), mode) for column, mode in counted]
    weight, mode = max(marks, key=lambda one: one[0])
    return mode if weight else ""


def _weight(text: Any) -> float:
    number = NumberWidget().cleaner({})(str(text or "")).value
    if number is not None:
        return float(number)
    return 1.0 if FlagWidget(blank=False).cleaner({})(str(text or "")).value else 0.0


def _settle_figures(frame: Frame) -> None:
    """Fill in what follows from the rest: days from the counts, standard and money by the rule."""
    days, standards = list(frame.column("feeding_days")), list(frame.column("standard"))
    amounts = list(frame.column("amount"))
    pupils, meals = frame.column("pupils_count"), frame.column("meals_count")
    for at, month in enumerate(frame.column("month")):
        for name, column in (("pupils_count", pupils), ("meals_count", meals)):
            _require(frame, at, name, column[at])
        if days[at] is None and pupils[at] and meals[at]:
            days[at] = -(-meals[at] // pupils[at])
            frame.note(at, "days-derived", "feeding_days", "", days[at])
        _require(frame, at, "feeding_days", days[at])
        if standards[at] is None and month is not None:
            standards[at] = rules.standard_on(month)
        if standards[at] is None:
            _require(frame, at, "standard", None)
        elif amounts[at] is None and meals[at] is not None:
            amounts[at] = meals[at] * standards[at]
    for name, column in (("feeding_days", days), ("standard", standards), ("amount", amounts)):
        frame.set_column(name, column)


def _require(frame: Frame, at: int, name: str, value: Any) -> None:
    """Refuse a row without a figure, once."""
    if value is None or value < 0:
        frame.note_fault(at, "value-missing", name)
        frame.refuse(at)


def _check_place(
    frame: Frame, at: int, key: tuple[str, date], fed: Mapping[str, tuple[bool, date | None]]
) -> None:
    code, month = key
    has_meals, closed_on = fed[code]
    if not has_meals:
        frame.note(at, "school-without-meals", "school")
    if closed_on is not None and month >= closed_on:
        frame.note(at, "school-closed", "school")


def _check_figures(frame: Frame, at: int, today: date) -> None:
    names = ("month", "pupils_count", "feeding_days", "meals_count", "standard", "amount")
    parts = {name: frame.column(name)[at] or 0 for pair in rules.PARTS for name in pair}
    try:
        rules.check_month(
            rules.MonthFigures(**{name: frame.column(name)[at] for name in names}, parts=parts),
            today=today,
        )
    except Refusal as wrong:
        frame.note(at, wrong.code, str(wrong.where["field"]))
    enrolled = frame.column("enrolled_count")[at]
    if enrolled is not None and frame.column("pupils_count")[at] > enrolled:
        frame.note(at, "more-than-enrolled", "pupils_count", frame.column("pupils_count")[at])


MEALS = register(
    IntakeKind(
        code="meals",
        title=_("营养餐月报"),
        unit=_("校"),
        subject="schools.MealReport",
        resource=MealResource,
        action="intake.meals.upload",
        apply_action="intake.meals.apply",
        must=("school", "meals_count"),
        asks=frozenset({"as_of"}),
        order=75,
        description=_("各校每月供餐情况；“人”是实际受益学生，“人次”是供餐次数。"),
        prepare=_prepare,
        check=_check,
        classify=classify_meals,
        apply=apply_meals,
    )
)
