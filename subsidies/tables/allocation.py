"""Tables of money split to schools, and of what is lacking."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from povedu.screens.tables import (
    InstantColumn,
    LongColumn,
    MoneyColumn,
    NumberColumn,
    ScreenTable,
    StatusColumn,
    TermColumn,
    YesNoColumn,
)
from subsidies.models import Allocation, AllocationLine

ALLOCATION_TONES = {"proposed": "waiting", "approved": "done", "withdrawn": "plain"}


class AllocationTable(ScreenTable):
    """Plans that split money to schools."""

    number = tables.Column(linkify=True)
    programme = LongColumn()
    term = TermColumn()
    amount = MoneyColumn()
    state = StatusColumn(tones=ALLOCATION_TONES)
    made_at = InstantColumn()

    class Meta(ScreenTable.Meta):
        model = Allocation
        fields = ("number", "programme", "term", "source", "amount", "state", "made_by", "made_at")
        lead = ("number",)


class AllocationLineTable(ScreenTable):
    """Each school's part of a plan."""

    school = LongColumn()
    poor_count = NumberColumn()
    eligible_count = NumberColumn()
    boarders_count = NumberColumn()
    pupils_count = NumberColumn()
    is_remote = YesNoColumn()
    need = MoneyColumn()
    first_amount = MoneyColumn()
    factor_amount = MoneyColumn()
    amount = MoneyColumn()
    gap = MoneyColumn()

    class Meta(ScreenTable.Meta):
        model = AllocationLine
        fields = (
            "school",
            "poor_count",
            "eligible_count",
            "boarders_count",
            "pupils_count",
            "is_remote",
            "need",
            "first_amount",
            "factor_amount",
            "amount",
            "gap",
        )
        lead = ("school",)


class GapTable(ScreenTable):
    """What each programme needs in a term, and lacks."""

    programme = LongColumn(
        verbose_name=_("资助项目"),
        linkify=("subsidies:gap-school-list", [tables.A("programme__pk")]),
    )
    eligible_count = NumberColumn(verbose_name=_("符合条件学生"))
    need = MoneyColumn(verbose_name=_("资金需求（元）"))
    allocated = MoneyColumn(verbose_name=_("已分配（元）"))
    gap = MoneyColumn(verbose_name=_("缺口（元）"))

    class Meta(ScreenTable.Meta):
        orderable = False
        lead = ("programme",)


class GapSchoolTable(ScreenTable):
    """What each school needs of a programme in a term, and lacks."""

    school = LongColumn(verbose_name=_("学校"))
    eligible_count = NumberColumn(verbose_name=_("符合条件学生"))
    need = MoneyColumn(verbose_name=_("资金需求（元）"))
    allocated = MoneyColumn(verbose_name=_("已分配（元）"))
    gap = MoneyColumn(verbose_name=_("缺口（元）"))

    class Meta(ScreenTable.Meta):
        orderable = False
        lead = ("school",)
