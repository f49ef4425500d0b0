"""Training that teachers took part in (教师培训台账)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from povedu.intake.dates import DateWidget
from povedu.intake.frame import Frame
from povedu.intake.kinds import Column, Context, IntakeKind, register
from povedu.intake.widgets import ChoiceWidget, FlagWidget
from teachers.choices import TrainingForm, TrainingLevel
from teachers.imports.named import (
    NamedTeacherResource,
    check_teachers,
    prepare_teachers,
    refuse_repeats,
)
from teachers.imports.widgets import HoursWidget, PeriodWidget, settle_period
from teachers.services.training_intake import apply_trainings, classify_trainings

_LEVELS = {
    **dict.fromkeys(("国培", "国培计划", "国家"), TrainingLevel.NATIONAL),
    **dict.fromkeys(("省培", "省", "省级培训"), TrainingLevel.PROVINCE),
    **dict.fromkeys(("市培", "州级", "州市级", "地市级", "市"), TrainingLevel.CITY),
    **dict.fromkeys(("县培", "区级", "区县级", "县区级", "县"), TrainingLevel.COUNTY),
    **dict.fromkeys(("校级", "校本培训", "校本研修", "校本级"), TrainingLevel.SCHOOL),
}
_FORMS = {
    **dict.fromkeys(("面授", "集中培训", "集中", "线下", "脱产"), TrainingForm.IN_PERSON),
    **dict.fromkeys(("网络", "线上", "远程", "远程培训", "网络培训"), TrainingForm.ONLINE),
    **dict.fromkeys(("混合", "线上线下结合", "线上线下混合"), TrainingForm.MIXED),
    **dict.fromkeys(("跟岗", "跟岗学习", "影子培训"), TrainingForm.SHADOWING),
}


class TrainingResource(NamedTeacherResource):
    """The columns of a training ledger."""

    programme = Column(
        "name",
        _("培训项目"),
        aliases=("培训名称", "项目名称", "培训班", "培训班名称", "培训内容", "培训主题"),
        required=True,
        example="国培计划（2016）乡村教师访名校",
    )
    level = Column(
        "level",
        _("培训级别"),
        aliases=("级别", "培训层次", "培训类别", "项目级别"),
        widget=ChoiceWidget(TrainingLevel.choices, _LEVELS),
        example="国家级",
    )
    form = Column(
        "form",
        _("培训方式"),
        aliases=("培训形式", "方式", "形式"),
        widget=ChoiceWidget(TrainingForm.choices, _FORMS),
    )
    subject = Column("subject", _("学科"), aliases=("培训学科", "参训学科", "任教学科"))
    hours = Column(
        "hours",
        _("学时"),
        aliases=("培训学时", "学时数", "课时", "学时(节)", "培训课时"),
        widget=HoursWidget(),
        example="72",
    )
    starts_on = Column(
        "starts_on",
        _("开始日期"),
        aliases=("开始时间", "培训开始时间", "开班时间", "培训日期"),
        widget=DateWidget(),
        required=True,
        example="2016-10-10",
    )
    ends_on = Column(
        "ends_on",
        _("结束日期"),
        aliases=("结束时间", "培训结束时间", "结业时间"),
        widget=DateWidget(),
    )
    period = Column(
        None,
        _("起止时间"),
        aliases=("培训时间", "起止日期", "培训起止时间"),
        widget=PeriodWidget(last_day=True),
        in_template=False,
    )
    organiser = Column(
        "organiser", _("主办单位"), aliases=("组织单位", "承办单位", "培训机构", "承训单位")
    )
    place = Column("place", _("培训地点"), aliases=("地点", "培训地"))
    has_passed = Column(
        "has_passed",
        _("合格"),
        aliases=("是否合格", "考核结果", "是否结业", "结业情况", "考核情况"),
        widget=FlagWidget(
            yes=("合格", "优秀", "良好", "结业", "通过"), no=("不合格", "未结业", "未通过")
        ),
    )


def _check(frame: Frame, context: Context) -> None:
    """Refuse trainings without a name, a day or a known teacher, and repeats."""
    found = check_teachers(frame, context)
    settle_period(frame)
    columns = [frame.column(name) for name in ("programme", "starts_on", "ends_on")]
    keys: list[tuple[Any, ...] | None] = []
    for at, (name, starts, ends) in enumerate(zip(*columns, strict=True)):
        teacher = found[at]
        wrong = [("programme", "value-missing")] * (not name)
        wrong += [("starts_on", "date-missing")] * (not starts)
        wrong += [("ends_on", "ends-before-start")] * bool(starts and ends and ends < starts)
        for field, code in wrong:
            frame.note(at, code, field, frame.column(field)[at] or "")
            frame.refuse(at)
        usable = teacher is not None and not wrong
        keys.append((teacher.pk, name, starts) if teacher and usable else None)
    refuse_repeats(frame, keys)


TRAININGS = register(
    IntakeKind(
        code="trainings",
        title=_("教师培训台账"),
        unit=_("人次"),
        resource=TrainingResource,
        action="intake.teachers.upload",
        apply_action="intake.teachers.apply",
        order=78,
        description=_("教师参加国培、省培、县培和校本研修的记录，一人一项一行。"),
        prepare=prepare_teachers,
        check=_check,
        classify=classify_trainings,
        apply=apply_trainings,
        subject="teachers.Training",
    )
)
