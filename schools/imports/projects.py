"""Construction and repair projects, as plans and public notices list them."""

from django.utils.translation import gettext_lazy as _

from povedu.intake.amounts import AmountColumn
from povedu.intake.dates import DateWidget
from povedu.intake.frame import Frame
from povedu.intake.kinds import Column, Context, IntakeKind, LedgerResource, register
from povedu.intake.widgets import ChoiceWidget, LedgerWidget, Lookups, LookupWidget, NumberWidget
from schools.choices import DangerGrade, ProjectCategory, ProjectState
from schools.selectors.naming import SchoolNames, school_names, without_county
from schools.services.project_intake import apply_projects, classify_projects

_CATEGORIES = {
    **dict.fromkeys(
        ("维修改造", "1-维修改造", "校舍维修", "维修", "改造", "附属设施", "2-附属设施", "加固"),
        ProjectCategory.REPAIR,
    ),
    **dict.fromkeys(("新建", "改扩建", "校舍建设", "土建", "校舍类"), ProjectCategory.BUILDING),
    **dict.fromkeys(("设备购置", "设备采购", "设备类", "装备"), ProjectCategory.EQUIPMENT),
    **dict.fromkeys(("幼儿园", "学前教育", "幼儿园建设"), ProjectCategory.KINDERGARTEN),
    **dict.fromkeys(("信息化", "教育信息化设备"), ProjectCategory.ICT),
    **dict.fromkeys(("周转房", "教师宿舍"), ProjectCategory.TEACHER_HOUSING),
}
_STATES = {
    **dict.fromkeys(("未开工", "前期", "计划中", "已立项", "规划"), ProjectState.PLANNED),
    **dict.fromkeys(("招标", "招标中", "已招标"), ProjectState.TENDERING),
    **dict.fromkeys(("已开工", "施工", "在建", "开工", "施工中"), ProjectState.UNDER_WAY),
    **dict.fromkeys(("主体封顶", "封顶"), ProjectState.MAIN_STRUCTURE),
    **dict.fromkeys(("完工", "竣工", "已竣工", "已完成", "完成"), ProjectState.COMPLETE),
    **dict.fromkeys(("投用", "已投用", "已使用", "已交付使用"), ProjectState.IN_USE),
}
_GRADES = {"B": DangerGrade.B, "C": DangerGrade.C, "D": DangerGrade.D}


class ProjectResource(LedgerResource):
    """The columns of a project list."""

    number = Column(
        "number",
        _("项目编号"),
        aliases=("项目代码", "编号", "项目序号"),
        widget=LedgerWidget(identifier=True),
        example="2016-WX-001",
    )
    name = Column(
        "name",
        _("项目名称"),
        aliases=("工程名称", "建设项目", "建设内容", "项目"),
        required=True,
        key=True,
        example="东山镇中心小学教学楼维修",
    )
    batch = Column(
        "batch__name",
        _("项目批次"),
        aliases=("批次", "专项名称", "所属专项", "项目类目"),
    )
    school = Column(
        "school__name",
        _("学校"),
        aliases=("学校名称", "项目学校", "建设单位", "实施学校", "学校全称"),
        widget=LookupWidget("school", code="school-unknown"),
        required=True,
        key=True,
    )
    year = Column(
        "batch__year",
        _("实施年度"),
        aliases=("年度", "计划年度", "年份", "建设年度"),
        widget=NumberWidget(whole=True),
        required=True,
        example="2016",
    )
    category = Column(
        "category",
        _("项目类型"),
        aliases=("类别", "项目类别", "建设性质", "建设类型", "类型"),
        widget=ChoiceWidget(ProjectCategory.choices, _CATEGORIES),
        required=True,
    )
    central = AmountColumn(None, _("中央资金"), aliases=("中央", "中央投资", "中央补助"))
    provincial = AmountColumn(None, _("省级资金"), aliases=("省级", "省级投资", "省级补助", "省"))
    city = AmountColumn(None, _("市级资金"), aliases=("市级", "市级投资", "市"))
    county = AmountColumn(None, _("县级资金"), aliases=("县级", "县级配套", "市县资金", "县"))
    social = AmountColumn(None, _("社会资金"), aliases=("捐赠资金", "社会捐赠", "自筹", "其他资金"))
    area = Column(
        "area",
        _("建设规模"),
        aliases=("建筑面积", "面积", "建设面积", "建筑面积(平方米)", "建设规模(平方米)"),
        widget=NumberWidget(),
    )
    danger_grade = Column(
        "danger_grade",
        _("危房等级"),
        aliases=("鉴定等级",),
        widget=ChoiceWidget(DangerGrade.choices, _GRADES),
    )
    contractor = Column(
        "contractor",
        _("承建单位"),
        aliases=("施工单位", "承建(供货)单位", "供货单位", "中标单位"),
    )
    planned_start_on = Column(
        "planned_start_on", _("计划开工"), aliases=("计划开工日期",), widget=DateWidget()
    )
    planned_completion_on = Column(
        "planned_completion_on",
        _("计划完工"),
        aliases=("计划完工日期", "计划竣工"),
        widget=DateWidget(),
    )
    started_on = Column(
        "started_on", _("开工日期"), aliases=("实际开工", "开工时间"), widget=DateWidget()
    )
    completed_on = Column(
        "completed_on",
        _("完工日期"),
        aliases=("竣工日期", "实际完工", "完工时间", "竣工时间"),
        widget=DateWidget(),
    )
    state = Column(
        "state",
        _("完成情况"),
        aliases=("进度", "项目进度", "进展情况", "形象进度", "项目状态"),
        widget=ChoiceWidget(ProjectState.choices, _STATES),
    )
    note = Column("note", _("备注"), aliases=("说明",))


def _prepare(context: Context) -> Lookups:
    names = school_names(context.county_code)
    known = {**without_county(names, context.county_code), **names.by_name}
    return {
        "school": {name: school.name for name, school in known.items()},
        "names": {"": names},
    }


def _check(frame: Frame, context: Context) -> None:
    """Refuse rows without name, year or category, finished ones without the day, and repeats."""
    schools = context.lookups["names"][""]
    seen: dict[tuple[object, ...], int] = {}
    names = ("number", "name", "year", "category", "school")
    for at, key in enumerate(zip(*(frame.column(name) for name in names), strict=True)):
        _check_row(frame, at, schools)
        if seen.setdefault(key, at) != at:
            frame.note(at, "id-duplicate-in-file", "name", "", frame.places[seen[key]][1] + 1)


def _check_row(frame: Frame, at: int, schools: SchoolNames) -> None:
    row = {name: frame.column(name)[at] for name in ("name", "year", "category", "school")}
    if not row["name"]:
        frame.note(at, "name-missing", "name")
    for name in ("year", "category"):
        if not row[name]:
            _refuse(frame, at, "value-unknown", name)
    if row["school"] and schools.find("", row["school"]) is None:
        frame.refuse(at)
    finished = frame.column("state")[at] in ("complete", "in_use")
    if finished and not frame.column("completed_on")[at]:
        _refuse(frame, at, "date-unreadable", "completed_on")


def _refuse(frame: Frame, at: int, code: str, name: str) -> None:
    if not any(one.field == name and not one.is_repair for one in frame.problems.get(at, ())):
        frame.note(at, code, name)
    frame.refuse(at)


PROJECTS = register(
    IntakeKind(
        code="projects",
        title=_("建设项目"),
        unit=_("个"),
        resource=ProjectResource,
        action="intake.projects.upload",
        apply_action="intake.projects.apply",
        must=("name",),
        order=60,
        description=_("校舍、维修、设备等项目及各级资金；进度可随表更新。"),
        prepare=_prepare,
        check=_check,
        classify=classify_projects,
        apply=apply_projects,
        subject="schools.Project",
    )
)
