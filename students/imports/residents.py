"""The police's household list: who is registered here, has moved, or has died."""

from django.utils.translation import gettext_lazy as _

from povedu.intake.dates import DateWidget
from povedu.intake.frame import Frame
from povedu.intake.kinds import Column, Context, IntakeKind, register
from povedu.intake.problems import Meaning, declare
from students.imports.registers import RegisterResource, check_register, prepare_register
from students.imports.widgets import EthnicityWidget
from students.services.registers import (
    ResidentEntries,
    apply_entries,
    classify_entries,
    recount_entries,
)

declare(
    {
        "date-before-birth": Meaning(_("早于出生日期"), _("请核对日期和出生日期。")),
    }
)


class ResidentResource(RegisterResource):
    """Registered residents by household."""

    ethnicity = Column(None, _("民族"), widget=EthnicityWidget())
    address = Column(
        None,
        _("户籍地址"),
        aliases=("住址", "家庭住址", "地址", "户口所在地", "现住址", "详细地址", "户籍住址"),
        protected=True,
    )
    state = Column(
        None,
        _("人员状态"),
        aliases=("状态", "户籍状态", "人口状态", "变动情况", "变动原因", "变动类型", "注销原因"),
        example="正常",
        hint=_("正常、迁入、迁出或死亡"),
    )
    moved_in_on = Column(None, _("迁入日期"), aliases=("迁入时间", "何时迁来"), widget=DateWidget())
    moved_out_on = Column(
        None, _("迁出日期"), aliases=("迁出时间", "何时迁往"), widget=DateWidget()
    )
    moved_to = Column(
        None, _("迁往地"), aliases=("迁往何地", "迁出地址", "迁往地址"), protected=True
    )
    deceased_on = Column(
        None, _("死亡日期"), aliases=("死亡时间", "死亡注销日期"), widget=DateWidget()
    )


def _check(frame: Frame, context: Context) -> None:
    check_register(frame, context)
    births = frame.column("birth_on")
    for name in ("moved_in_on", "moved_out_on", "deceased_on"):
        for at, day in enumerate(frame.column(name)):
            if day and births[at] and day < births[at]:
                frame.note(at, "date-before-birth", name, day)


RESIDENTS = register(
    IntakeKind(
        code="residents",
        title=_("公安户籍名册"),
        two_person=True,
        unit=_("人"),
        resource=ResidentResource,
        action="intake.register.upload",
        apply_action="intake.register.apply",
        needs=frozenset({"as_of"}),
        order=40,
        description=_("公安的户籍人口或适龄儿童名册，可含迁入、迁出、死亡；用来查明适龄儿童去向。"),
        prepare=prepare_register,
        check=_check,
        classify=classify_entries(ResidentEntries),
        apply=apply_entries(ResidentEntries),
        undone=recount_entries,
        subject="students.RegisterEntry",
    )
)
