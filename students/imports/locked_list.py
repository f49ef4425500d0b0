"""Targets as an upper office locked them on a day."""

from django.utils.translation import gettext_lazy as _

from povedu.intake.kinds import Column, IntakeKind, register
from povedu.intake.widgets import OptionalNameWidget
from students.imports.registers import RegisterResource, check_register, prepare_register
from students.imports.words import SCHOOL_STATES
from students.services.registers import (
    LockedEntries,
    apply_entries,
    classify_entries,
    recount_entries,
)


class LockedResource(RegisterResource):
    """Who was on the list on its day."""

    category = Column(
        "category_as_stated",
        _("对象类别"),
        aliases=("困难类型", "贫困类型", "类别", "对象类型", "贫困户属性", "户类型", "困难类别"),
        example="建档立卡",
    )
    school = Column(None, _("就读学校"), aliases=("学校", "学校名称", "学校全称", "所在学校"))
    school_state = Column(
        "school_state",
        _("在校生状况"),
        aliases=("学段", "年级", "就读年级", "就读学段", "在校状况"),
        widget=SCHOOL_STATES,
    )
    class_name = Column(None, _("班级"), aliases=("所在班级",))
    guardian_name = Column(
        None, _("监护人姓名"), aliases=("家长姓名", "监护人"), widget=OptionalNameWidget()
    )
    document = Column(None, _("下达文号"), aliases=("文号", "批次", "锁定批次"))
    note = Column(None, _("备注"), aliases=("说明",))


LOCKED_LIST = register(
    IntakeKind(
        code="locked-list",
        title=_("国办锁定名单"),
        two_person=True,
        unit=_("人"),
        resource=LockedResource,
        action="intake.register.upload",
        apply_action="intake.register.apply",
        needs=frozenset({"as_of"}),
        order=45,
        description=_("上级在某一日期锁定并下达的目标任务名单；名单内外的学生据此区分。"),
        prepare=prepare_register,
        check=check_register,
        classify=classify_entries(LockedEntries),
        apply=apply_entries(LockedEntries),
        undone=recount_entries,
        subject="students.RegisterEntry",
    )
)
