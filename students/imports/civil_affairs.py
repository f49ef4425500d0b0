"""Relief lists of civil affairs: usually one row per household, named by its head."""

from django.utils.translation import gettext_lazy as _

from povedu.intake.dates import DateWidget
from povedu.intake.kinds import Column, IntakeKind, register
from povedu.intake.widgets import AccountWidget, NumberWidget, OptionalNameWidget
from students.imports.registers import CODE, RegisterResource, check_register, prepare_register
from students.services.registers import (
    CivilAffairsEntries,
    apply_entries,
    classify_entries,
    recount_entries,
)


class CivilAffairsResource(RegisterResource):
    """Heads of households on relief, or every person covered."""

    certificate_no = Column(
        None,
        _("低保证号"),
        aliases=("低保证编号", "证号", "特困证号", "保障证号", "低保号", "救助证号"),
        widget=CODE,
    )
    category = Column(
        "category_as_stated",
        _("救助类别"),
        aliases=("保障类别", "低保类别", "困难类别", "类别", "救助类型", "保障类型", "对象类别"),
        example="农村低保",
    )
    members_count = Column(
        None,
        _("保障人数"),
        aliases=("人数", "保障人口", "保障人数(分解)", "保障人数/总人数", "总人数", "享受人数"),
        widget=NumberWidget(whole=True),
    )
    amount = Column(
        None,
        _("领取金额"),
        aliases=("领取金额(分解)", "发放金额", "保障金额", "月保障金", "金额"),
        widget=NumberWidget(),
    )
    starts_on = Column(
        None, _("起始保障年月"), aliases=("保障起始年月", "起保时间"), widget=DateWidget()
    )
    bank_name = Column(None, _("开户银行"), aliases=("开户行",))
    account_name = Column(
        None, _("账户名称"), aliases=("户名", "开户名"), widget=OptionalNameWidget()
    )
    bank_account = Column(
        None, _("银行账号"), aliases=("银行卡号", "账号"), widget=AccountWidget(), protected=True
    )


CIVIL_AFFAIRS = register(
    IntakeKind(
        code="civil-affairs-register",
        title=_("民政低保特困名册"),
        two_person=True,
        unit=_("户"),
        resource=CivilAffairsResource,
        action="intake.register.upload",
        apply_action="intake.register.apply",
        needs=frozenset({"as_of"}),
        order=30,
        description=_("民政部门的低保、特困名册，多以户主为单位。"),
        stand_ins={"name": "head_name", "id_number": "head_id_number"},
        prepare=prepare_register,
        check=check_register,
        classify=classify_entries(CivilAffairsEntries),
        apply=apply_entries(CivilAffairsEntries),
        undone=recount_entries,
        subject="students.RegisterEntry",
    )
)
