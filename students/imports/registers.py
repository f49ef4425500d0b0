"""What the registers of other departments have in common: their columns and their checks."""

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext_lazy as _

from povedu.intake.dates import DateWidget
from povedu.intake.frame import Frame
from povedu.intake.kinds import Column, Context, LedgerResource
from povedu.intake.people import check_against_ids, recover_ids, refuse_duplicates
from povedu.intake.widgets import (
    IdWidget,
    LedgerWidget,
    Lookups,
    NameWidget,
    OptionalNameWidget,
    PhoneWidget,
)
from schools.selectors.naming import division_names
from students.imports.widgets import SEX
from students.imports.words import RELATIONS

CODE = LedgerWidget(identifier=True)


class RegisterResource(LedgerResource):
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
        "household_no", _("户编号"), aliases=("家庭编号", "户编码", "户号"), widget=CODE
    )
    person_no = Column("person_no", _("人编号"), aliases=("人口编号", "人口编码"), widget=CODE)
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
        "relation",
        _("与户主关系"),
        aliases=("家庭关系", "关系", "与户主的关系", "与户主或其关系"),
        widget=RELATIONS,
        example="之子",
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
        aliases=("户联系电话", "电话", "手机号", "手机号码", "联系方式"),
        widget=PhoneWidget(),
        protected=True,
    )


def prepare_register(context: Context) -> Lookups:
    return {"divisions": division_names(context.county_code)}


def check_register(frame: Frame, context: Context) -> None:
    recover_ids(frame)
    check_against_ids(frame, context.today)
    refuse_duplicates(frame, ["household_no", "person_no", "birth_on"])
    note_heads(frame)


def note_heads(frame: Frame) -> None:
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
