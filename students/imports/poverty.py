"""The poverty system's people: five layouts of 2017 to 2024 share these columns."""

from django.utils.translation import gettext_lazy as _

from povedu.intake.dates import DateWidget
from povedu.intake.frame import Frame
from povedu.intake.kinds import Column, Context, IntakeKind, register
from povedu.intake.problems import Meaning, declare
from povedu.intake.widgets import FlagWidget, NumberWidget, PhoneWidget
from students.imports.registers import RegisterResource, check_register, prepare_register
from students.imports.widgets import EthnicityWidget
from students.imports.words import (
    EDUCATION_LEVELS,
    HOUSEHOLD_KINDS,
    MONITORED_KINDS,
    SCHOOL_STATES,
)
from students.services.households import apply_poverty
from students.services.registers import PovertyEntries, classify_entries, recount_entries

declare(
    {
        "name-of-head": Meaning(
            _("填的是户主姓名，不是本人姓名"),
            _("请改填本人姓名；证件号码一致也需人工确认后才匹配。"),
        ),
    }
)


class PovertyResource(RegisterResource):
    """Person level with household number."""

    ethnicity = Column("ethnicity", _("民族"), widget=EthnicityWidget())
    school_state = Column(
        "school_state",
        _("在校生状况"),
        aliases=("在校生情况", "在校状况", "在校情况", "在校学生状况"),
        widget=SCHOOL_STATES,
        example="七年级",
        hint=_("与“文化程度”只填一项"),
    )
    education_level = Column(
        "education_level", _("文化程度"), aliases=("学历",), widget=EDUCATION_LEVELS
    )
    health = Column("health", _("健康状况"), aliases=("身体状况", "身体健康状况"))
    labour = Column(None, _("劳动技能"), aliases=("劳动能力",))
    household_status = Column(
        "category_as_stated",
        _("户类型"),
        aliases=("脱贫属性", "农户类型", "户属性", "脱贫状态"),
        widget=HOUSEHOLD_KINDS,
    )
    poor_kind = Column(
        None,
        _("贫困户属性"),
        aliases=("贫困户类型", "贫困户类别"),
        widget=HOUSEHOLD_KINDS,
    )
    monitored_kind = Column(
        "monitored_kind_as_stated",
        _("监测对象类别"),
        aliases=(
            *("易返贫致贫户(监测对象)类型", "易返贫致贫户类型", "监测对象类型", "监测类别"),
            *("监测对象", "监测户类型", "三类户类型", "是否监测对象"),
        ),
        widget=MONITORED_KINDS,
    )
    risk_removed = Column(
        "risk_removed",
        _("风险是否消除"),
        aliases=("风险是否已消除", "风险消除情况", "风险消除状态", "是否消除风险"),
        widget=FlagWidget(yes=("已消除", "消除"), no=("未消除",)),
    )
    cause = Column(
        "cause",
        _("主要致贫原因"),
        aliases=("致贫原因1", "致贫原因", "主要致贫因素", "致贫返贫原因", "主要致贫(返贫)原因"),
    )
    members_count = Column(
        None, _("人数"), aliases=("家庭人数", "家庭人口"), widget=NumberWidget(whole=True)
    )
    lifted_year = Column(None, _("脱贫年度"), aliases=("脱贫时间", "脱贫年份"))
    absence_reason = Column(
        None,
        _("义务教育阶段未上学原因"),
        aliases=("失学或辍学原因", "失学辍学原因", "未上学原因", "辍学原因"),
    )
    out_of_school = Column(
        None,
        _("是否义务教育阶段适龄儿童少年失学辍学"),
        aliases=("是否失学辍学", "是否适龄儿童少年失学辍学", "是否义务教育阶段失学辍学"),
        widget=FlagWidget(),
    )
    on_allowance = Column(
        None,
        _("是否享受农村居民最低生活保障"),
        aliases=("是否享受低保", "是否低保", "是否享受农村低保"),
        widget=FlagWidget(),
    )
    destitute = Column(None, _("是否特困供养人员"), aliases=("是否特困供养",), widget=FlagWidget())
    unattended = Column(
        None, _("是否事实无人抚养儿童"), aliases=("是否事实无人抚养",), widget=FlagWidget()
    )
    disability = Column(None, _("残疾类别"), aliases=("残疾类型",))
    education_help = Column(None, _("教育帮扶"), aliases=("教育帮扶措施", "教育扶贫"))
    identified_on = Column(
        None,
        _("识别监测时间"),
        aliases=("首次识别时间", "人员识别时间", "识别时间"),
        widget=DateWidget(),
    )
    risk_found_on = Column(None, _("风险识别时间"), widget=DateWidget())
    risk_removed_on = Column(None, _("风险消除时间"), widget=DateWidget())
    member_phone = Column(
        None,
        _("成员联系电话"),
        aliases=("人联系电话", "家庭成员联系电话", "本人联系电话"),
        widget=PhoneWidget(),
        protected=True,
        in_template=False,
    )


def _check(frame: Frame, context: Context) -> None:
    check_register(frame, context)
    _settle_status(frame)
    _settle_risk(frame)
    _ask_for_names(frame)


def _settle_status(frame: Frame) -> None:
    """Take the household's kind from 贫困户属性 where the row says nothing else about it."""
    columns = (frame.column("household_status"), frame.column("poor_kind"))
    frame.set_column(
        "household_status", [own or other for own, other in zip(*columns, strict=True)]
    )


def _settle_risk(frame: Frame) -> None:
    """Read a removed risk out of the day it was removed, where the row says no yes or no."""
    flags, days = list(frame.column("risk_removed")), frame.column("risk_removed_on")
    for at, day in enumerate(days):
        if day and not isinstance(flags[at], bool):
            flags[at] = True
    frame.set_column("risk_removed", flags)


def _ask_for_names(frame: Frame) -> None:
    """Ask about members who bear their head's name: a column of heads has stood in for names."""
    columns = [frame.column(name) for name in ("name", "household_no", "relation")]
    rows = list(zip(*columns, strict=True))
    heads = {(number, name) for name, number, relation in rows if number and relation == "户主"}
    for at, (name, number, relation) in enumerate(rows):
        if relation not in ("", "户主") and (number, name) in heads:
            frame.note(at, "name-of-head", "name", name)


POVERTY = register(
    IntakeKind(
        code="poverty-register",
        title=_("扶贫数据库（防返贫监测）名册"),
        two_person=True,
        unit=_("人"),
        resource=PovertyResource,
        action="intake.register.upload",
        apply_action="intake.register.apply",
        needs=frozenset({"as_of"}),
        order=20,
        description=_("扶贫或防返贫监测系统导出的人口表，按数据日期存为快照。"),
        stand_ins={"name": "head_name", "phone": "member_phone"},
        prepare=prepare_register,
        check=_check,
        classify=classify_entries(PovertyEntries),
        apply=apply_poverty,
        undone=recount_entries,
        subject="students.RegisterEntry",
    )
)
