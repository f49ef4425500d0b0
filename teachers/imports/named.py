"""What a ledger about known teachers says of who each row is about, and how that is checked."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from povedu.intake.frame import Frame
from povedu.intake.kinds import Column, Context, LedgerResource
from povedu.intake.problems import Meaning, Outcome, declare
from povedu.intake.widgets import IdWidget, LedgerWidget, Lookups, LookupWidget, NameWidget
from schools.selectors.naming import school_names, without_county
from teachers.selectors.naming import KnownTeacher, teacher_names
from teachers.services.known import teachers_of

declare(
    {
        "ends-before-start": Meaning(_("不晚于开始日期"), _("请核对起止日期。"), Outcome.REFUSED),
        "teacher-unknown": Meaning(
            _("教师花名册中没有此人，或同名不止一人，或不归您管理"),
            _("请补填教师编号或身份证号；新教师请先导入教师花名册。"),
            Outcome.REFUSED,
        ),
        "teacher-name-differs": Meaning(
            _("与教师花名册中的姓名不一致"), _("编号或身份证号以花名册为准，请核对是否填错人。")
        ),
        "home-school-differs": Meaning(
            _("与教师花名册中的学校不一致"), _("将按花名册中的学校登记；花名册有误的请先更正。")
        ),
    }
)


class NamedTeacherResource(LedgerResource):
    """Who a row is about: number or identity number, else a name that is clear at the school."""

    number = Column(
        None,
        _("教师编号"),
        aliases=("编号", "工号", "教职工号", "职工编号", "教师号"),
        widget=LedgerWidget(identifier=True),
        hint=_("编号和身份证号填一项即可；都不填的，按学校和姓名识别"),
    )
    name = Column(
        None,
        _("姓名"),
        aliases=("教师姓名", "教职工姓名", "参训教师", "交流教师", "支教教师", "参培教师"),
        widget=NameWidget(),
        required=True,
        key=True,
        example="张三",
    )
    id_number = Column(
        None,
        _("身份证号"),
        aliases=("身份证号码", "身份证件号", "证件号码", "公民身份号码", "身份证"),
        widget=IdWidget(required=False),
        key=True,
        protected=True,
    )
    home_school = Column(
        None,
        _("原学校"),
        aliases=(
            *("派出学校", "流出学校", "所在学校", "原任教学校", "原单位", "工作单位", "单位"),
            *("学校", "学校名称", "任教学校", "交流前学校", "选派学校"),
        ),
        widget=LookupWidget("school", code="school-unknown"),
    )


def prepare_teachers(context: Context) -> Lookups:
    """Read the county's schools and teachers by every name they go by."""
    names = school_names(context.county_code)
    known = {**without_county(names, context.county_code), **names.by_name}
    return {
        "names": {"": names},
        "teachers": {"": teacher_names(context.county_code)},
        "school": {name: school.name for name, school in known.items()},
    }


def check_teachers(frame: Frame, context: Context) -> list[KnownTeacher | None]:
    """Refuse rows of teachers who are unknown or not the actor's; ask where names differ."""
    found = teachers_of(frame, context)
    scope = context.actor.scope
    names, homes = frame.column("name"), frame.column("home_school")
    for at, teacher in enumerate(found):
        if teacher is None or not scope.covers(
            division_code=teacher.division_code, school_code=teacher.school_code
        ):
            frame.note(at, "teacher-unknown", "name", names[at])
            frame.refuse(at)
            continue
        if not teacher.is_called(names[at]):
            frame.note(at, "teacher-name-differs", "name", names[at], teacher.name)
        if homes[at] and homes[at] != teacher.school and "school-unknown" not in frame.codes(at):
            frame.note(at, "home-school-differs", "home_school", homes[at], teacher.school)
    return found


def refuse_repeats(frame: Frame, keys: list[tuple[Any, ...] | None]) -> None:
    """Keep the first of the rows about one thing; rows without a key are left alone."""
    first: dict[tuple[Any, ...], int] = {}
    for at, key in enumerate(keys):
        if key is None:
            continue
        other = first.setdefault(key, at)
        if other != at:
            frame.note(at, "row-repeated", "name", new=frame.places[other][1] + 1)
            frame.refuse(at)
