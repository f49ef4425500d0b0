"""Registers of other departments: the poverty system's people, civil affairs' relief lists."""

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext_lazy as _

from povedu.intake.frame import Frame
from povedu.intake.kinds import Column, Context, IntakeKind, LedgerResource, register
from povedu.intake.people import check_against_ids, recover_ids, refuse_duplicates
from povedu.intake.widgets import (
    AccountWidget,
    DateWidget,
    FlagWidget,
    IdWidget,
    LedgerWidget,
    Lookups,
    NameWidget,
    NumberWidget,
    OptionalNameWidget,
    PhoneWidget,
)
from schools.selectors.naming import division_names
from students.imports.widgets import SEX, EthnicityWidget
from students.services.registers import apply_civil_affairs, apply_poverty, classify_entries

_CODE = LedgerWidget(identifier=True)


class _RegisterResource(LedgerResource):
    """What every register says of a person."""

    county = Column(
        None,
        _("县"),
        aliases=("行政县", "县市区旗", "县(市、区、旗)", "区县", "旗区", "县(市、区)", "县市区"),
    )
    township = Column(
        "township",
        _("乡镇"),
        aliases=("乡(镇)", "乡", "苏木乡", "乡镇(街道)", "乡镇街道", "镇", "所在乡镇"),
        example="东山镇",
    )
    village = Column(
        "village",
        _("行政村"),
        aliases=(
            "村",
            "噶查村",
            "村委会",
            "村(社区)",
            "村(居)",
            "社区(村)",
            "所在村",
            "村组(社区)",
        ),
    )
    group_name = Column(None, _("自然村"), aliases=("村民小组", "组", "村小组", "自然村(组)"))
    household_no = Column(
        "household_no", _("户编号"), aliases=("家庭编号", "户编码", "户号"), widget=_CODE
    )
    person_no = Column("person_no", _("人编号"), aliases=("人口编号", "人口编码"), widget=_CODE)
    name = Column(
        "name",
        _("姓名"),
        aliases=("家庭成员姓名", "人口姓名", "成员姓名", "对象姓名", "保障对象姓名", "享受人姓名"),
        widget=NameWidget(),
        required=True,
        key=True,
    )
    sex = Column("sex", _("性别"), widget=SEX)
    id_number = Column(
        "id_number",
        _("证件号码"),
        aliases=(
            *("身份证号", "身份证号码", "公民身份号码", "身份证件号码", "身份证件号", "证件号"),
            *("公民身份证号码", "居民身份证号码", "成员身份证号", "身份证"),
        ),
        widget=IdWidget(),
        required=True,
        key=True,
        protected=True,
    )
    birth_on = Column("birth_on", _("出生日期"), aliases=("出生年月",), widget=DateWidget())
    relation = Column(
        "relation", _("与户主关系"), aliases=("家庭关系", "关系", "与户主的关系"), example="之子"
    )
    head_name = Column(
        "head_name",
        _("户主姓名"),
        aliases=("户主", "低保户主姓名"),
        widget=OptionalNameWidget(),
    )
    head_id_number = Column(
        None,
        _("户主证件号码"),
        aliases=("户主身份证号", "户主身份证号码"),
        widget=IdWidget(required=False),
        protected=True,
    )
    phone = Column(
        "phone",
        _("联系电话"),
        aliases=("户联系电话", "人联系电话", "成员联系电话", "家庭成员联系电话", "电话", "手机号"),
        widget=PhoneWidget(),
        protected=True,
    )


class PovertyResource(_RegisterResource):
    """Person level with household number; five layouts of 2017 to 2024 share these columns."""

    ethnicity = Column("ethnicity", _("民族"), widget=EthnicityWidget())
    school_state = Column(
        "school_state",
        _("在校生状况"),
        aliases=("在校生情况", "在校状况", "在校情况"),
        example="七年级",
    )
    education_level = Column("education_level", _("文化程度"), aliases=("学历",))
    health = Column("health", _("健康状况"), aliases=("身体状况",))
    labour = Column(None, _("劳动技能"), aliases=("劳动能力",))
    household_status = Column(
        "category_as_stated",
        _("户类型"),
        aliases=("脱贫属性", "贫困户属性", "农户类型", "贫困户类型", "户属性"),
    )
    monitored_kind = Column(
        "monitored_kind_as_stated",
        _("监测对象类别"),
        aliases=(
            *("易返贫致贫户(监测对象)类型", "易返贫致贫户类型", "监测对象类型", "监测类别"),
            "监测对象",
        ),
    )
    risk_removed = Column(
        "risk_removed",
        _("风险是否消除"),
        aliases=("风险是否已消除", "风险消除情况"),
        widget=FlagWidget(yes=("已消除", "消除"), no=("未消除",)),
    )
    cause = Column(
        "cause",
        _("主要致贫原因"),
        aliases=("致贫原因1", "致贫原因", "主要致贫因素"),
    )
    members_count = Column(
        None, _("人数"), aliases=("家庭人数", "家庭人口"), widget=NumberWidget(whole=True)
    )


class CivilAffairsResource(_RegisterResource):
    """Usually one row per household, named by its head."""

    certificate_no = Column(
        "household_no", _("低保证号"), aliases=("低保证编号", "证号", "特困证号"), widget=_CODE
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
    starts_on = Column(
        None, _("起始保障年月"), aliases=("保障起始年月", "起保时间"), widget=DateWidget()
    )
    bank_account = Column(None, _("银行账号"), widget=AccountWidget(), protected=True)


def _prepare(context: Context) -> Lookups:
    return {"divisions": division_names(context.county_code)}


def _check(frame: Frame, context: Context) -> None:
    recover_ids(frame)
    check_against_ids(frame, context.now.date())
    refuse_duplicates(frame, ["household_no", "person_no", "birth_on"])
    _note_heads(frame)


def _note_heads(frame: Frame) -> None:
    """Give members the name of their household's head where the register only marks the head."""
    numbers, relations = frame.column("household_no"), frame.column("relation")
    heads, names = list(frame.column("head_name")), frame.column("name")
    known: dict[str, Any] = defaultdict(str)
    for number, relation, name in zip(numbers, relations, names, strict=True):
        if number and relation == "户主":
            known[number] = name
    frame.set_column(
        "head_name",
        [head or known.get(number, "") for head, number in zip(heads, numbers, strict=True)],
    )


POVERTY = register(
    IntakeKind(
        code="poverty-register",
        title=_("扶贫数据库（防返贫监测）名册"),
        unit=_("人"),
        resource=PovertyResource,
        action="intake.register.upload",
        apply_action="intake.register.apply",
        needs=frozenset({"as_of"}),
        order=20,
        description=_("扶贫或防返贫监测系统导出的人口表，按数据日期存为快照。"),
        prepare=_prepare,
        check=_check,
        classify=classify_entries("poverty-register"),
        apply=apply_poverty,
    )
)
CIVIL_AFFAIRS = register(
    IntakeKind(
        code="civil-affairs-register",
        title=_("民政低保特困名册"),
        unit=_("户"),
        resource=CivilAffairsResource,
        action="intake.register.upload",
        apply_action="intake.register.apply",
        needs=frozenset({"as_of"}),
        order=30,
        description=_("民政部门的低保、特困名册，多以户主为单位。"),
        stand_ins={"name": "head_name", "id_number": "head_id_number"},
        prepare=_prepare,
        check=_check,
        classify=classify_entries("civil-affairs-register"),
        apply=apply_civil_affairs,
    )
)
