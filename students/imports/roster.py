"""The roster of a school's term (学籍花名册), as schools, 学籍 exports and aid systems write it."""

import re
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povedu.errors import Refusal
from povedu.identity import tidy
from povedu.intake.answer import TOKEN_HEADING
from povedu.intake.dates import DateWidget
from povedu.intake.frame import Frame
from povedu.intake.kinds import Column, Context, IntakeKind, LedgerResource, register
from povedu.intake.people import (
    check_against_ids,
    recover_ids,
    refuse_duplicates,
    refuse_unusable,
)
from povedu.intake.widgets import (
    AccountWidget,
    IdWidget,
    LedgerWidget,
    Lookups,
    LookupWidget,
    NameWidget,
    OptionalNameWidget,
    PhoneWidget,
)
from schools.imports.settling import school_lookups, settle_schools
from schools.rules.grades import Grade, grade_in_class, settled, stage_of_school
from schools.selectors.naming import SchoolNames
from students.imports.widgets import (
    BOARDER,
    MIGRANT,
    RELATION,
    SEX,
    STUDY_MODE,
    EthnicityWidget,
    GradeWidget,
    StageWidget,
    yes_columns,
)
from students.selectors.proposals import likely_numbers
from students.services.intake import apply_roster, classify_roster, recount_roster

# Headings that ask whether a child is one thing, and that thing's word; several stand side by side.
YES_COLUMNS = {
    **dict.fromkeys(
        ("是否建档立卡", "是否建档立卡户", "是否建档立卡贫困户", "建档立卡户"), "建档立卡"
    ),
    **dict.fromkeys(("是否脱贫家庭学生", "是否脱贫家庭", "是否脱贫户"), "脱贫户"),
    **dict.fromkeys(("是否低保", "是否低保户", "是否低保家庭", "是否城乡低保"), "低保"),
    **dict.fromkeys(("是否农村低保", "是否享受农村居民最低生活保障"), "农村低保"),
    **dict.fromkeys(("是否城市低保", "是否城镇低保"), "城市低保"),
    **dict.fromkeys(
        ("是否特困", "是否特困供养", "是否特困供养人员", "是否城乡特困救助供养"), "特困供养"
    ),
    **dict.fromkeys(("是否残疾", "是否残疾生", "是否残疾学生", "是否残疾人"), "残疾"),
    **dict.fromkeys(("是否孤儿", "是否为孤儿"), "孤儿"),
    **dict.fromkeys(("是否事实无人抚养", "是否事实无人抚养儿童"), "事实无人抚养"),
    **dict.fromkeys(("是否监测对象", "是否监测户"), "监测对象"),
    "是否脱贫不稳定户": "脱贫不稳定户",
    "是否边缘易致贫户": "边缘易致贫户",
    "是否突发严重困难户": "突发严重困难户",
}


class RosterResource(LedgerResource):
    """The columns of a roster."""

    school = Column(
        "school__name",
        _("学校"),
        aliases=(
            *("学校名称", "就读学校", "学校全称", "所在学校", "学校简称", "就读学校名称", "校名"),
            *("所在学校名称", "学校(全称)", "就读学校全称", "资助单位"),
        ),
        widget=LookupWidget("school", code="school-unknown"),
        hint=_("本校名册可以不填"),
        example="东山镇中心小学",
    )
    school_code = Column(
        "school__code",
        _("学校标识码"),
        aliases=("学校代码", "学校编码", "学校标识", "学校(机构)标识码"),
        widget=LookupWidget("school_code", code="school-unknown"),
    )
    stage = Column("stage", _("学段"), aliases=("就读学段",), widget=StageWidget())
    grade = Column(
        "grade",
        _("年级"),
        aliases=("所在年级", "就读年级", "年级名称", "就读年级名称"),
        widget=GradeWidget(),
        example="七年级",
    )
    class_name = Column(
        "class_name",
        _("班级"),
        aliases=("班号", "班别", "班级名称", "所在班级", "班", "班号班级", "就读班级"),
        example="1班",
    )
    student_no = Column(
        "student_no",
        _("学籍号"),
        aliases=("全国学籍号", "学生学籍号", "国网学籍号", "学籍号码", "全国统一学籍号"),
        widget=LedgerWidget(identifier=True),
        protected=True,
        example="G530699201001011235",
    )
    name = Column(
        "name",
        _("姓名"),
        aliases=("学生姓名", "学生名字", "名字", "学生", "受助学生姓名", "姓名(学生)"),
        widget=NameWidget(),
        required=True,
        key=True,
        example="张三",
    )
    sex = Column("sex", _("性别"), aliases=("学生性别",), widget=SEX, example="男")
    ethnicity = Column("ethnicity", _("民族"), widget=EthnicityWidget(), example="汉族")
    id_number = Column(
        "id_number",
        _("身份证号"),
        aliases=(
            *("身份证号码", "身份证件号", "身份证件号码", "证件号码", "证件号", "公民身份号码"),
            *("公民身份证号", "公民身份证号码", "学生身份证号", "学生身份证号码", "身份证"),
            *("学生证件号码", "居民身份证号", "居民身份证号码", "学生身份证件号"),
        ),
        widget=IdWidget(),
        required=True,
        key=True,
        protected=True,
        example="530699201001011235",
        hint=_("整列设为文本格式"),
    )
    birth_on = Column(
        "birth_on",
        _("出生日期"),
        aliases=("出生年月", "出生年月日", "生日", "出生时间", "学生出生日期"),
        widget=DateWidget(),
        example="2010-01-01",
    )
    is_boarder = Column(
        "is_boarder",
        _("是否寄宿"),
        aliases=(
            *("是否住校", "是否寄宿生", "是否住宿生", "住校", "寄宿", "是否住宿", "住宿情况"),
            *("寄宿生", "是否为寄宿生", "就读方式", "寄宿情况"),
        ),
        widget=BOARDER,
        by_heading={"就读方式": STUDY_MODE},
        example="是",
    )
    is_migrant = Column(
        "is_migrant",
        _("是否随迁子女"),
        aliases=(
            *("随迁子女", "进城务工人员随迁子女", "是否进城务工人员随迁子女", "是否外来务工子女"),
            "是否农民工随迁子女",
        ),
        widget=MIGRANT,
        in_template=False,
    )
    hardship_as_stated = Column(
        "hardship_as_stated",
        _("困难类型"),
        aliases=(
            *("困难类别", "贫困类型", "贫困类别", "家庭困难类型", "困难情况", "贫困生类型"),
            *("资助类型", "家庭经济困难类型", "贫困原因", "申请理由名称", "申请理由"),
            *YES_COLUMNS,
        ),
        by_heading=yes_columns(YES_COLUMNS),
        gathers=True,
        example="建档立卡",
    )
    guardian_name = Column(
        "guardian_name",
        _("监护人姓名"),
        aliases=("监护人", "家长姓名", "家长", "成员1姓名", "家长/监护人姓名", "家长(监护人)姓名"),
        widget=OptionalNameWidget(),
    )
    guardian_id_number = Column(
        "guardian_id_number",
        _("监护人身份证号"),
        aliases=(
            *("监护人身份证号码", "监护人证件号码", "监护人身份证件号", "家长身份证号"),
            *("家长身份证号码", "成员1身份证件号"),
        ),
        widget=IdWidget(required=False),
        protected=True,
    )
    phone = Column(
        "phone",
        _("联系电话"),
        aliases=(
            *("电话", "手机", "手机号", "手机号码", "联系方式", "监护人电话", "家长电话"),
            *("监护人联系电话", "家长联系电话", "成员1联系电话", "家庭电话", "电话号码"),
        ),
        widget=PhoneWidget(),
        protected=True,
    )
    bank_account = Column(
        "bank_account",
        _("银行卡号"),
        aliases=(
            *("银行账号", "账号", "卡号", "社保卡号", "一卡通账号", "一卡通卡号", "收款账号"),
            *("社保卡(银行卡)号", "惠农卡号", "银行账户", "实际卡号", "银行卡账号", "存折账号"),
        ),
        widget=AccountWidget(),
        protected=True,
        hint=_("整列设为文本格式"),
    )
    payee_name = Column(
        "payee_name",
        _("户名"),
        aliases=("账户名称", "开户人", "开户姓名", "持卡人", "持卡人姓名", "开户名", "账户名"),
        widget=OptionalNameWidget(),
    )
    payee_relation = Column(
        "payee_relation",
        _("持卡人与学生关系"),
        aliases=("与学生关系", "户名与学生关系", "与本人关系", "持卡人关系"),
        widget=RELATION,
    )
    bank_name = Column(
        "bank_name",
        _("开户行"),
        aliases=("开户银行", "银行名称", "开户行名称", "银行卡开户行名称"),
    )
    home_address = Column(
        "home_address",
        _("家庭住址"),
        aliases=("家庭地址", "现住址", "住址", "户籍地址", "家庭现住址", "通信地址", "详细住址"),
        protected=True,
    )
    row_token = Column(None, TOKEN_HEADING, in_template=False)


def _check(frame: Frame, context: Context) -> None:
    named = context.school_code or frame.has("school") or frame.has("school_code")
    if not (named or any(frame.column("school"))):
        raise Refusal("school-missing", gettext("表中没有学校一栏，请选择要导入的学校。"))
    settle_schools(frame, context)
    _settle_grades(frame, context)
    recover_ids(frame)
    _propose_numbers(frame)
    check_against_ids(frame, context.today)
    refuse_duplicates(frame, ["school_code", "grade", "class_name", "birth_on"])
    columns = [frame.column(name) for name in ("name", "school_code")]
    places = [frame.column(name) for name in ("birth_on", "class_name", "grade")]
    refuse_unusable(
        frame,
        lambda at: all(one[at] for one in columns) and any(one[at] for one in places),
    )


def _propose_numbers(frame: Frame) -> None:
    """Name the student that a number damaged by a spreadsheet is likely to be."""
    lost = ("id-digits-lost", "id_number")
    damaged = [
        at
        for at, problems in frame.problems.items()
        if any((one.code, one.field) == lost for one in problems)
    ]
    stated, names = frame.column("id_number"), frame.column("name")
    codes = frame.column("school_code")
    rows = [(codes[at], str(names[at] or ""), str(stated[at] or "")) for at in damaged]
    for at, number in zip(damaged, likely_numbers(rows) if rows else (), strict=True):
        if number:
            frame.propose(at, *lost, number)


def _settle_grades(frame: Frame, context: Context) -> None:
    """Bring stage and grade together with the school's own stage and the class name."""
    names: SchoolNames = context.lookups["names"][""]
    stages, grades = list(frame.column("stage")), list(frame.column("grade"))
    classes, codes = frame.column("class_name"), frame.column("school_code")
    known: dict[tuple[Any, ...], tuple[str, int | None, bool]] = {}
    for at, key in enumerate(zip(stages, grades, classes, codes, strict=True)):
        if key not in known:
            school = names.by_code.get(key[3])
            known[key] = _settled(key[0], key[1], key[2], school.kind if school else "")
        stage, number, clear = known[key]
        if not clear and "grade-unknown" not in frame.codes(at):
            frame.note(at, "grade-unknown", "grade", str(grades[at] or "").rpartition(":")[2])
        if number is not None and not grades[at] and frame.has("grade"):
            frame.note(at, "fixed-from-class", "grade", "", number)
        stages[at], grades[at] = stage, number
    frame.set_column("stage", stages)
    frame.set_column("grade", grades)


def _settled(stage: str, value: Any, class_name: str, kind: str) -> tuple[str, int | None, bool]:
    own = stage or (stage_of_school(kind) or "" if kind else "")
    grade = _grade(value) or grade_in_class(class_name or "")
    if grade is None:
        return str(own), None, bool(own)
    found = settled(grade, own)
    if found is None and not stage:  # a school that teaches beyond its kind
        found = settled(grade, "")
    return (str(found[0]), found[1], True) if found else (str(own), None, False)


def _grade(value: Any) -> Grade | None:
    if isinstance(value, int):
        return Grade(None, value)
    if not value:
        return None
    stage, _colon, number = value.partition(":")
    from schools.choices import Stage

    return Grade(Stage(stage) if stage else None, int(number))


_CLASS_SHEET = re.compile(
    r"(?:(?:小学|初中|高中|中职|初|高)?[一二三四五六七八九\d](?:年级)?)?[(]?[\d一二三四五六七八九十]{1,3}[)]?班"
    r"|[大中小][\d一二三四五六七八九十]?班|学前\d?班"
)
_GRADE_SHEET = re.compile(
    r"(?:小学|初中|高中|中职|初|高)?[一二三四五六七八九\d]年级|[初高][一二三]"
)


def _class_of_sheet(name: str, _lookups: Lookups) -> str:
    """Return the class that a sheet is named after: 三(1)班 is one, Sheet1 is none."""
    found = _CLASS_SHEET.fullmatch(re.sub(r"\s", "", tidy(name)))
    return name.strip() if found else ""


def _grade_of_sheet(name: str, _lookups: Lookups) -> str:
    word = re.sub(r"\s", "", tidy(name))
    return word if _GRADE_SHEET.fullmatch(word) else ""


def _school_of_sheet(name: str, lookups: Lookups) -> str:
    return name.strip() if tidy(name) in lookups.get("school", {}) else ""


ROSTER = register(
    IntakeKind(
        code="roster",
        title=_("学生花名册"),
        unit=_("人"),
        resource=RosterResource,
        action="intake.roster.upload",
        apply_action="intake.roster.apply",
        needs=frozenset({"term"}),
        order=10,
        sheet_names={
            "school": _school_of_sheet,
            "grade": _grade_of_sheet,
            "class_name": _class_of_sheet,
        },
        description=_("学校每学期的学生名册，可直接使用学籍系统导出表。"),
        prepare=school_lookups,
        check=_check,
        classify=classify_roster,
        apply=apply_roster,
        undone=recount_roster,
        subject="students.Student",
        derived=frozenset({"schools.PupilCount"}),
        steady=frozenset({"name", "sex", "birth_on", "school_id", "stated_index"}),
    )
)
