"""The school register (学校名录)."""

from django.utils.translation import gettext_lazy as _

from povedu.intake.dates import DateWidget
from povedu.intake.frame import Frame
from povedu.intake.kinds import Column, Context, IntakeKind, LedgerResource, register
from povedu.intake.widgets import (
    ChoiceWidget,
    FlagWidget,
    LedgerWidget,
    Lookups,
    OptionalNameWidget,
)
from schools.choices import Ownership, SchoolKind, Setting
from schools.selectors.naming import division_names, school_names
from schools.services.intake import apply_schools, classify_schools, division_of_row

_KINDS = {
    **dict.fromkeys(("教学点", "小学教学点"), SchoolKind.TEACHING_POINT),
    **dict.fromkeys(("完全小学", "完小", "中心小学", "村小"), SchoolKind.PRIMARY),
    **dict.fromkeys(("九年一贯制", "九年制学校", "九年制"), SchoolKind.NINE_YEAR),
    **dict.fromkeys(("初中", "初级中学校", "普通初中"), SchoolKind.JUNIOR),
    **dict.fromkeys(("完中", "完全中学校", "十二年一贯制学校"), SchoolKind.COMPLETE),
    **dict.fromkeys(("高中", "普通高中"), SchoolKind.SENIOR),
    **dict.fromkeys(("职业高中", "职业中学", "中专", "职业学校", "中职"), SchoolKind.VOCATIONAL),
    **dict.fromkeys(("特教学校", "特殊学校", "特殊教育"), SchoolKind.SPECIAL),
    **dict.fromkeys(("幼儿园(所)", "幼儿班", "附属幼儿园"), SchoolKind.KINDERGARTEN),
}
_YES = FlagWidget(blank=None)


class SchoolResource(LedgerResource):
    """The columns of the register."""

    code = Column(
        "code",
        _("学校标识码"),
        aliases=("学校代码", "学校编码", "标识码", "学校(机构)标识码", "机构标识码"),
        widget=LedgerWidget(identifier=True),
        required=True,
        key=True,
        example="2530699001",
    )
    name = Column(
        "name",
        _("学校名称"),
        aliases=("学校", "学校全称", "校名", "名称", "单位名称", "学校(机构)名称"),
        required=True,
        key=True,
        example="东山镇中心小学",
    )
    short_name = Column("short_name", _("简称"), aliases=("学校简称",))
    kind = Column(
        "kind",
        _("办学类型"),
        aliases=("学校类型", "学校类别", "办学类别", "类型"),
        widget=ChoiceWidget(SchoolKind.choices, _KINDS),
        required=True,
        example="小学",
    )
    ownership = Column(
        "ownership",
        _("举办者"),
        aliases=("办学性质", "举办者类型", "公办民办", "性质"),
        widget=ChoiceWidget(
            Ownership.choices,
            {
                **dict.fromkeys(("公立", "教育部门", "公", "地方公办"), Ownership.PUBLIC),
                **dict.fromkeys(("私立", "民营", "民", "社会力量"), Ownership.PRIVATE),
            },
        ),
    )
    setting = Column(
        "setting",
        _("城乡类型"),
        aliases=("城乡分类", "所在地类型", "是否城区学校"),
        widget=ChoiceWidget(
            Setting.choices,
            {
                **dict.fromkeys(("城市", "县城", "是"), Setting.URBAN),
                **dict.fromkeys(("乡镇", "镇", "镇区(含县城)"), Setting.TOWN),
                **dict.fromkeys(("农村", "村", "乡", "否"), Setting.RURAL),
            },
        ),
    )
    township = Column(
        None,
        _("所在乡镇"),
        aliases=("乡镇", "乡(镇)", "乡镇(街道)", "所属乡镇", "镇"),
        required=True,
        example="东山镇",
    )
    village = Column(None, _("所在村"), aliases=("村", "行政村", "村(社区)", "所在行政村"))
    has_boarding = Column(
        "has_boarding", _("有寄宿生"), aliases=("是否寄宿制", "寄宿制"), widget=_YES
    )
    has_canteen = Column(
        "has_canteen", _("有食堂"), aliases=("有无食堂", "是否有食堂", "食堂"), widget=_YES
    )
    has_meals = Column(
        "has_meals",
        _("实施营养改善计划"),
        aliases=("是否实施营养改善计划", "营养改善计划", "营养餐"),
        widget=_YES,
    )
    principal_name = Column(
        "principal_name",
        _("校长"),
        aliases=("校长姓名", "负责人", "校(园)长", "园长"),
        widget=OptionalNameWidget(),
    )
    opened_on = Column(
        "opened_on",
        _("设立日期"),
        aliases=("建校时间", "建校年月", "成立时间"),
        widget=DateWidget(),
    )


def _prepare(context: Context) -> Lookups:
    return {
        "divisions": division_names(context.county_code),
        "names": {"": school_names(context.county_code)},
    }


def _check(frame: Frame, context: Context) -> None:
    """Refuse rows without code or name, new ones without kind or place, and repeats of a code."""
    known = context.lookups["names"][""].by_code
    seen: dict[str, int] = {}
    columns = [frame.column(name) for name in ("code", "name", "kind")]
    for at, (code, name, kind) in enumerate(zip(*columns, strict=True)):
        if not name:
            frame.note(at, "name-missing", "name")
        if not code or len(code) > 20:
            _refuse(frame, at, "code", code)
        elif seen.setdefault(code, at) != at:
            frame.note(at, "id-duplicate-in-file", "code", code, frame.places[seen[code]][1] + 1)
        if code not in known:
            if not kind:
                _refuse(frame, at, "kind", "")
            if division_of_row(frame, at, context) is None:
                _refuse(frame, at, "township", frame.column("township")[at])


def _refuse(frame: Frame, at: int, name: str, old: str) -> None:
    if not any(one.field == name for one in frame.problems.get(at, ())):
        frame.note(at, "value-unknown", name, old)
    frame.refuse(at)


SCHOOLS = register(
    IntakeKind(
        code="schools",
        title=_("学校名录"),
        unit=_("所"),
        resource=SchoolResource,
        action="intake.schools.upload",
        apply_action="intake.schools.apply",
        must=("name",),
        order=50,
        description=_("学校、教学点和幼儿园；更名、停办在学校页面办理。"),
        prepare=_prepare,
        check=_check,
        classify=classify_schools,
        apply=apply_schools,
        subject="schools.School",
    )
)
