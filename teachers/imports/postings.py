"""Postings away from home: exchange, support teaching and the like (交流轮岗、支教)."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from povedu.intake.dates import DateWidget
from povedu.intake.frame import Frame
from povedu.intake.kinds import Column, Context, IntakeKind, register
from povedu.intake.problems import Meaning, Outcome, declare
from povedu.intake.widgets import ChoiceWidget, FlagWidget, LookupWidget
from teachers.choices import Post, PostingKind
from teachers.imports.named import (
    NamedTeacherResource,
    check_teachers,
    prepare_teachers,
    refuse_repeats,
)
from teachers.imports.widgets import POSTS, EndWidget, PeriodWidget, settle_period
from teachers.rules.exchange import Candidate, doubts
from teachers.rules.overlap import overlap
from teachers.selectors.naming import KnownTeacher
from teachers.services.posting_intake import (
    Served,
    apply_postings,
    classify_postings,
    full_time_elsewhere,
)

_KINDS = {
    **dict.fromkeys(
        ("交流", "轮岗", "交流轮岗", "轮岗交流", "城乡交流", "校长教师交流"), PostingKind.EXCHANGE
    ),
    **dict.fromkeys(("三区支教", "三区人才支教", "援教", "送教支教"), PostingKind.SUPPORT),
    **dict.fromkeys(("紧缺学科走教", "巡回走教", "学区走教"), PostingKind.ITINERANT),
    **dict.fromkeys(("挂职", "挂职交流"), PostingKind.ATTACHED),
    **dict.fromkeys(("跟岗", "跟岗学习", "跟班", "跟岗锻炼"), PostingKind.SHADOWING),
    **dict.fromkeys(("结对", "结对帮扶交流", "对口帮扶"), PostingKind.PAIRED),
    **dict.fromkeys(("顶岗支教", "顶岗实习", "顶岗交流"), PostingKind.STAND_IN),
}

declare(
    {
        "teacher-left": Meaning(
            _("该教师届时已离开"), _("请核对日期，或先在教师花名册中恢复在岗。"), Outcome.REFUSED
        ),
        "posting-at-home": Meaning(_("就是原学校"), _("请填写派往的学校。"), Outcome.REFUSED),
        "posting-overlap": Meaning(
            _("与另一段全职任职时间重叠"),
            _("请核对起止日期，或先结束前一段任职。"),
            Outcome.REFUSED,
        ),
        "rotation-age": Meaning(
            _("超过轮岗年龄（男 50 岁、女 45 岁）"), _("请核对；确需交流的可以导入。")
        ),
        "rotation-years": Meaning(
            _("在原学校未满 6 年"), _("请核对到校日期；确需交流的可以导入。")
        ),
        "rotation-short": Meaning(
            _("交流不足 2 年"), _("请核对结束日期；确需提前结束的可以导入。")
        ),
    }
)


class PostingResource(NamedTeacherResource):
    """The columns of an exchange list."""

    school = Column(
        "school__name",
        _("任职学校"),
        aliases=(
            *("交流学校", "支教学校", "受援学校", "流入学校", "接收学校", "现任教学校", "支教单位"),
            *("交流后学校", "任教学校(交流)", "交流到学校", "拟交流学校"),
        ),
        widget=LookupWidget("school", code="school-unknown"),
        required=True,
    )
    kind = Column(
        "kind",
        _("方式"),
        aliases=("交流方式", "交流形式", "任职方式", "支教形式", "交流类型", "形式", "类型"),
        widget=ChoiceWidget(PostingKind.choices, _KINDS),
        example="定期交流",
    )
    post = Column(
        "post",
        _("岗位"),
        aliases=("职务", "任职岗位"),
        widget=ChoiceWidget(Post.choices, POSTS),
    )
    subject = Column("subject", _("学科"), aliases=("任教学科", "任教科目"))
    is_full_time = Column(
        "is_full_time",
        _("全职"),
        aliases=("是否全职", "专兼职"),
        widget=FlagWidget(yes=("全职", "专职"), no=("兼职",)),
    )
    starts_on = Column(
        "starts_on",
        _("开始日期"),
        aliases=("开始时间", "起始时间", "交流开始时间", "到岗时间", "支教开始时间"),
        widget=DateWidget(),
        required=True,
        example="2016-09-01",
    )
    ends_on = Column(
        "ends_on",
        _("结束日期"),
        aliases=("结束时间", "终止时间", "截止时间", "交流结束时间", "支教结束时间"),
        widget=EndWidget(),
        hint=_("不再任职的第一天；尚未确定时不填"),
        example="2018-09-01",
    )
    period = Column(
        None,
        _("起止时间"),
        aliases=("交流时间", "支教时间", "任职时间", "交流期限", "支教期限", "起止年月"),
        widget=PeriodWidget(),
        in_template=False,
    )
    document = Column("document", _("文号"), aliases=("文件号", "派出文件", "批准文号"))


def _check(frame: Frame, context: Context) -> None:
    """Refuse postings that cannot be; ask about exchange that the rotation rules do not mean."""
    found = check_teachers(frame, context)
    settle_period(frame)
    schools = context.lookups["names"][""].by_name
    others = full_time_elsewhere([one.pk for one in found if one is not None])
    starts, ends = frame.column("starts_on"), frame.column("ends_on")
    keys: list[tuple[Any, ...] | None] = []
    for at, teacher in enumerate(found):
        school = schools.get(frame.column("school")[at])
        keys.append(None)
        if school is None and "school-unknown" not in frame.codes(at):
            frame.note(at, "school-unknown", "school")
        if school is None or teacher is None:
            frame.refuse(at)
            continue
        wrong = _impossible(teacher, school.pk, starts[at] or None, ends[at] or None)
        if wrong:
            frame.note(at, wrong[0], wrong[1], frame.column(wrong[1])[at] or "")
            frame.refuse(at)
            continue
        keys[at] = (teacher.pk, school.pk, starts[at])
        _ask_about_rotation(frame, at, teacher)
    refuse_repeats(frame, keys)
    _refuse_overlaps(frame, keys, others)


def _impossible(
    teacher: KnownTeacher, school: int, starts: date | None, ends: date | None
) -> tuple[str, str] | None:
    """Return the code and column of why a posting cannot be, None where it can."""
    if school == teacher.school_id:
        return "posting-at-home", "school"
    if starts is None:
        return "date-missing", "starts_on"
    if ends is not None and ends <= starts:
        return "ends-before-start", "ends_on"
    if teacher.left_on is not None and (ends is None or ends > teacher.left_on):
        return "teacher-left", "starts_on"
    return None


def _ask_about_rotation(frame: Frame, at: int, teacher: KnownTeacher) -> None:
    if (frame.column("kind")[at] or PostingKind.EXCHANGE) != PostingKind.EXCHANGE:
        return
    candidate = Candidate(teacher.sex, teacher.birth_on, teacher.school_since_on)
    starts, ends = frame.column("starts_on")[at], frame.column("ends_on")[at] or None
    for code in doubts(candidate, starts, ends):
        frame.note(at, code, "ends_on" if code == "rotation-short" else "name")


def _refuse_overlaps(
    frame: Frame,
    keys: list[tuple[Any, ...] | None],
    others: dict[int, list[Served]],
) -> None:
    """Refuse a full-time posting that shares a day with another, in the file or on record.

    A posting on record with the same school and start is the row's own: the row changes it.
    """
    ends, full = frame.column("ends_on"), frame.column("is_full_time")
    rows = [at for at, key in enumerate(keys) if key is not None and full[at] is not False]
    own = {key for key in keys if key is not None}
    taken: dict[int, list[Served]] = {
        teacher: [one for one in known if (teacher, one[0], one[1]) not in own]
        for teacher, known in others.items()
    }
    for at in rows:
        if frame.outcome(at) is Outcome.REFUSED:
            continue
        teacher, school, starts = keys[at] or (0, 0, date.min)
        mine = (school, starts, ends[at] or None)
        for _school, other_starts, other_ends in taken.get(teacher, ()):
            if overlap(
                starts_on=starts,
                ends_on=mine[2],
                other_starts_on=other_starts,
                other_ends_on=other_ends,
            ):
                frame.note(at, "posting-overlap", "starts_on", starts)
                frame.refuse(at)
                break
        else:
            taken.setdefault(teacher, []).append(mine)


POSTINGS = register(
    IntakeKind(
        code="postings",
        title=_("教师交流轮岗名册"),
        unit=_("人"),
        resource=PostingResource,
        action="intake.teachers.upload",
        apply_action="intake.teachers.apply",
        order=75,
        description=_("定期交流、支教、走教等任职；原岗位保留，不符合轮岗条件的会提示。"),
        prepare=prepare_teachers,
        check=_check,
        classify=classify_postings,
        apply=apply_postings,
        subject="teachers.Posting",
    )
)
