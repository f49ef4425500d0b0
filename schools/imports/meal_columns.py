"""The columns of the monthly meal report, as the national system exports it.

人 and 人次 are never taken for each other: a heading that names the one cannot fill the other.
"""

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from povedu.intake.amounts import AmountColumn
from povedu.intake.kinds import Column, LedgerResource
from povedu.intake.periods import MonthWidget
from povedu.intake.reading.cells import Cell
from povedu.intake.widgets import (
    BLANK,
    ChoiceWidget,
    Cleaned,
    FlagWidget,
    LedgerWidget,
    LookupWidget,
    NumberWidget,
    text_of,
)
from schools.choices import MealMode, MealOffer

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
