"""Words of reports."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from povedu.ledger.choices import FundSource
from schools.choices import ProjectCategory
from teachers.choices import EmploymentKind, PostingKind


class LedgerContent(models.TextChoices):
    """What of the ledger goes out."""

    ENTRIES = "entries", _("全部分录（可脱机校验）")
    VOUCHERS = "vouchers", _("记账凭证（供财务软件导入）")
    BRIDGE = "bridge", _("自然年与学年衔接表")


class Section(models.TextChoices):
    """The parts of the annual summary, in order."""

    MECHANISM = "mechanism", _("工作机制")
    SUBSIDIES = "subsidies", _("学生资助")
    NUTRITION = "nutrition", _("营养改善")
    CONSTRUCTION = "construction", _("学校建设")
    TEACHERS = "teachers", _("教师队伍")
    PAY = "pay", _("教师待遇")
    VOCATIONAL = "vocational", _("职业与特殊教育")


class EditionState(models.TextChoices):
    """Life of a summary that was written down."""

    DRAFT = "draft", _("草稿")
    ISSUED = "issued", _("已印发")
    SUPERSEDED = "superseded", _("已被新版代替")


# What the measures of a line are called.
MEASURES = {
    "schools": _("学校（所）"),
    "projects": _("项目（个）"),
    "pupils": _("学生（人）"),
    "in_poor_villages": _("贫困村学校（所）"),
    "complete": _("已完工（个）"),
    "in_use": _("已投用（个）"),
    "area": _("建筑面积（平方米）"),
    "paid": _("本年支付（元）"),
    "danger_grades": _("危房等级"),
    "items": _("设备"),
    "quantity": _("设备数量"),
    "unit_price": _("单价（元）"),
    "boarder_terms": _("住校（人次）"),
    "day_terms": _("走读（人次）"),
    "year_amounts": _("每年标准（元）"),
    "instalment_amounts": _("每次标准（元）"),
    "donors": _("捐助方"),
    "in_kind": _("实物（次）"),
    "contracts": _("合同（份）"),
    "renewals": _("续贷（份）"),
    "over_cap": _("超额（份）"),
    "per_day": _("每生每天（元）"),
    "most_days": _("最多供餐天数"),
    "reports": _("月报（份）"),
    "boarders": _("寄宿生（人）"),
    "stages": _("分学段（人）"),
    "households": _("户数（户）"),
    "people": _("人口（人）"),
    "findings": _("差异（条）"),
    "open": _("待处理（条）"),
    "settled": _("已办结（条）"),
    "gone": _("已消失（条）"),
    **{one.value: one.label for one in ProjectCategory},
    **{one.value: one.label for one in EmploymentKind},
    **{one.value: one.label for one in PostingKind},
}

FIGURES = {
    "persons": _("人数"),
    "person_times": _("人次"),
    "amount": _("金额（元）"),
    "quota": _("计划指标"),
    "rows": _("明细行数"),
    **{f"by_source.{one.value}": one.label for one in FundSource},
}


def figure_label(path: str) -> str:
    """Return what a figure is called, by its path."""
    if path in FIGURES:
        return str(FIGURES[path])
    name, _dot, rest = path.removeprefix("measures.").partition(".")
    label = str(MEASURES.get(name, name))
    return f"{label} {rest}" if rest else label
