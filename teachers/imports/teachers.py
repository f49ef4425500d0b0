"""The teacher register (教师花名册)."""

from django.utils.translation import gettext_lazy as _

from povedu.intake.dates import DateWidget
from povedu.intake.frame import Frame
from povedu.intake.kinds import Column, Context, IntakeKind, LedgerResource, register
from povedu.intake.people import (
    check_against_ids,
    recover_ids,
    refuse_duplicates,
    refuse_unusable,
    valid_ids,
)
from povedu.intake.widgets import (
    ChoiceWidget,
    IdWidget,
    LedgerWidget,
    Lookups,
    LookupWidget,
    NameWidget,
    PhoneWidget,
)
from schools.choices import Stage
from schools.selectors.naming import school_names, without_county
from teachers.choices import EmploymentKind, Post, Sex, Title
from teachers.imports.widgets import POSTS
from teachers.services.intake import apply_teachers, classify_teachers

_SEX = {**dict.fromkeys(("1", "男性"), Sex.MALE), **dict.fromkeys(("2", "女性"), Sex.FEMALE)}
_TITLES = {
    **dict.fromkeys(("正高级", "正高"), Title.SENIOR_PROFESSOR),
    **dict.fromkeys(("高级", "副高级", "中学高级教师", "中学高级", "小学高级"), Title.SENIOR),
    **dict.fromkeys(("一级", "中级", "中学一级教师", "小学一级教师", "中学一级"), Title.FIRST),
    **dict.fromkeys(("二级", "初级", "中学二级教师", "小学二级教师", "中学二级"), Title.SECOND),
    **dict.fromkeys(("三级", "中学三级教师"), Title.THIRD),
    **dict.fromkeys(("无", "未定级", "未评聘", "见习"), Title.NONE),
}
_EMPLOYMENT = {
    **dict.fromkeys(("在编在岗", "公办教师", "事业编制", "编内"), EmploymentKind.PERMANENT),
    **dict.fromkeys(("特岗教师", "特设岗位"), EmploymentKind.SPECIAL_POST),
    **dict.fromkeys(("合同", "聘用", "编外聘用", "劳务派遣"), EmploymentKind.CONTRACT),
    **dict.fromkeys(("代课教师", "临聘", "临时"), EmploymentKind.SUBSTITUTE),
}
_STAGES = {"幼儿园": Stage.PRESCHOOL, "初级中学": Stage.JUNIOR, "高中": Stage.SENIOR}


class TeacherResource(LedgerResource):
    """The columns of the register."""

    number = Column(
        "number",
        _("教师编号"),
        aliases=("编号", "工号", "教职工号", "职工编号", "教师号"),
        widget=LedgerWidget(identifier=True),
    )
    name = Column(
        "name",
        _("姓名"),
        aliases=("教师姓名", "教职工姓名"),
        widget=NameWidget(),
        required=True,
        key=True,
    )
    sex = Column("sex", _("性别"), widget=ChoiceWidget(Sex.choices, _SEX))
    id_number = Column(
        "id_number",
        _("身份证号"),
        aliases=("身份证号码", "身份证件号", "证件号码", "公民身份号码", "身份证"),
        widget=IdWidget(),
        required=True,
        key=True,
        protected=True,
    )
    birth_on = Column("birth_on", _("出生日期"), aliases=("出生年月",), widget=DateWidget())
    phone = Column(
        "phone",
        _("联系电话"),
        aliases=("电话", "手机", "手机号", "手机号码", "联系方式"),
        widget=PhoneWidget(),
        protected=True,
    )
    school = Column(
        "school__name",
        _("学校"),
        aliases=("学校名称", "任教学校", "工作单位", "所在学校", "单位"),
        widget=LookupWidget("school", code="school-unknown"),
        required=True,
    )
    school_code = Column(
        "school__code",
        _("学校标识码"),
        aliases=("学校代码",),
        widget=LookupWidget("school_code", code="school-unknown"),
    )
    post = Column(
        "post",
        _("岗位"),
        aliases=("职务", "岗位类别", "任职岗位"),
        widget=ChoiceWidget(Post.choices, POSTS),
    )
    stage = Column(
        "stage", _("任教学段"), aliases=("学段",), widget=ChoiceWidget(Stage.choices, _STAGES)
    )
    subject = Column("subject", _("任教学科"), aliases=("学科", "任教科目", "主教学科"))
    title = Column(
        "title",
        _("职称"),
        aliases=("专业技术职务", "技术职称", "职称等级"),
        widget=ChoiceWidget(Title.choices, _TITLES),
    )
    employment_kind = Column(
        "employment_kind",
        _("用工性质"),
        aliases=("编制", "编制类型", "人员类别", "用人形式", "编制情况"),
        widget=ChoiceWidget(EmploymentKind.choices, _EMPLOYMENT),
    )
    education = Column("education", _("学历"), aliases=("最高学历", "文化程度"))
    hired_on = Column(
        "hired_on",
        _("参加工作日期"),
        aliases=("参加工作时间", "参加工作年月", "入职时间"),
        widget=DateWidget(),
    )
    school_since_on = Column(
        "school_since_on", _("到校日期"), aliases=("到校时间", "来校时间"), widget=DateWidget()
    )


def _prepare(context: Context) -> Lookups:
    names = school_names(context.county_code)
    known = {**without_county(names, context.county_code), **names.by_name}
    return {
        "names": {"": names},
        "school": {name: school.name for name, school in known.items()},
        "school_code": {code: code for code in names.by_code},
    }


def _check(frame: Frame, context: Context) -> None:
    """Refuse teachers of no known school, and those whom neither number nor ID can tell apart."""
    recover_ids(frame)
    check_against_ids(frame, context.today)
    refuse_duplicates(frame, ["number", "birth_on"])
    numbers = frame.column("number")
    refuse_unusable(frame, lambda at: bool(numbers[at]))
    schools = context.lookups["names"][""]
    columns = (frame.column("school_code"), frame.column("school"))
    codes = []
    for at, (code, name) in enumerate(zip(*columns, strict=True)):
        school = schools.find(code, name) or schools.by_code.get(context.school_code)
        scope = context.actor.scope
        if school is None or not scope.covers(
            division_code=school.division_code, school_code=school.code
        ):
            if "school-unknown" not in frame.codes(at):
                frame.note(at, "school-unknown", "school", name)
            frame.refuse(at)
        codes.append(school.code if school else "")
    frame.set_column("school_code", codes)
    ids = valid_ids(frame)
    frame.set_column("number", [number or _number(ids[at]) for at, number in enumerate(numbers)])


def _number(id_number: str) -> str:
    """Return a number for a teacher whose list has none, the same at every import."""
    from povedu.protected import blind_index

    return f"T{blind_index('teacher-no', id_number)[:12].upper()}" if id_number else ""


TEACHERS = register(
    IntakeKind(
        code="teachers",
        title=_("教师花名册"),
        unit=_("人"),
        resource=TeacherResource,
        action="intake.teachers.upload",
        apply_action="intake.teachers.apply",
        order=70,
        description=_("教师的岗位、学科、职称和用工性质；没有编号的按身份证号识别。"),
        prepare=_prepare,
        check=_check,
        classify=classify_teachers,
        apply=apply_teachers,
        subject="teachers.Teacher",
    )
)
