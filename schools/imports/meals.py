"""The monthly meal report of the nutrition programme, as the national system exports it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from povedu.errors import Refusal
from povedu.intake.frame import Frame
from povedu.intake.kinds import Context, IntakeKind, register
from povedu.intake.periods import month_in
from povedu.intake.problems import Meaning, Outcome, declare
from povedu.intake.widgets import (
    FlagWidget,
    Lookups,
    NumberWidget,
)
from schools.choices import MealMode, MealOffer
from schools.imports.meal_columns import MealResource
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
_BY_MODE = {
    "by_canteen": MealMode.CANTEEN,
    "by_purchase": MealMode.PURCHASED,
    "by_household": MealMode.HOUSEHOLD,
}


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
