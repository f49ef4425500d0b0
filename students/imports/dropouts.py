"""The ledgers of school-age children, suspected dropouts and dropouts (控辍保学三本台账)."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from povedu.intake.dates import DateWidget
from povedu.intake.frame import Frame
from povedu.intake.kinds import Column, Context, IntakeKind, LedgerResource, register
from povedu.intake.people import (
    check_against_ids,
    recover_ids,
    refuse_duplicates,
    refuse_unusable,
)
from povedu.intake.problems import Meaning, Outcome, declare
from povedu.intake.reading.cells import Cell
from povedu.intake.widgets import (
    Cleaned,
    IdWidget,
    LedgerWidget,
    Lookups,
    LookupWidget,
    NameWidget,
    OptionalNameWidget,
    PhoneWidget,
    text_of,
)
from schools.selectors.naming import division_names, school_names, without_county
from students.choices import DropoutState
from students.imports.widgets import SEX
from students.rules.dropouts import ELSEWHERE, state_in
from students.services.dropout_intake import apply_dropouts, classify_dropouts

declare(
    {
        "out-of-reach": Meaning(
            _("学校和户籍地都不在您的管辖范围"),
            _("请核对学校和乡镇；应由所在学校、乡镇或教育局导入。"),
            Outcome.REFUSED,
        ),
        "closed-without-day": Meaning(
            _("已销号但没有销号时间"), _("请补填销号时间和依据。"), Outcome.REFUSED
        ),
        "closed-without-evidence": Meaning(
            _("没有填写销号依据"), _("请补填，例如复学证明、学籍截图。")
        ),
    }
)


class StateWidget(LedgerWidget):
    """A case's state by any of the words that ledgers use for it."""

    labels = ("疑似辍学", "辍学", "已返校", "已查明去向", "已销号", "在读")

    def _clean(self, cell: Cell) -> Cleaned:
        text, _fixes = text_of(cell)
        state = state_in(text)
        if text and not state:
            return Cleaned("", (), ("value-unknown",))
        return Cleaned(state, () if not text or text in self.labels else ("fixed-alias",))

    def dump(self, value: Any) -> Any:
        """Show the ledger's word."""
        words = dict(zip((*DropoutState.values, ELSEWHERE), self.labels, strict=True))
        return words.get(str(value), value)


class DropoutResource(LedgerResource):
    """The columns of all three ledgers."""

    name = Column(
        "name",
        _("姓名"),
        aliases=("学生姓名", "儿童姓名", "适龄儿童姓名", "学生"),
        widget=NameWidget(),
        required=True,
        key=True,
    )
    sex = Column("sex", _("性别"), widget=SEX)
    id_number = Column(
        "id_number",
        _("身份证号"),
        aliases=("身份证号码", "身份证件号", "证件号码", "公民身份号码", "学生身份证号", "身份证"),
        widget=IdWidget(),
        required=True,
        key=True,
        protected=True,
    )
    birth_on = Column("birth_on", _("出生日期"), aliases=("出生年月",), widget=DateWidget())
    student_no = Column(
        "student_no",
        _("学籍号"),
        aliases=("全国学籍号",),
        widget=LedgerWidget(identifier=True),
        protected=True,
    )
    township = Column(None, _("乡镇"), aliases=("户籍乡镇", "所在乡镇", "户籍所在乡镇", "乡(镇)"))
    village = Column(None, _("行政村"), aliases=("村", "村(社区)", "户籍村", "所在村", "村委会"))
    home = Column(
        "home_address",
        _("户籍地"),
        aliases=("户籍地址", "家庭住址", "家庭地址", "户籍所在地", "住址", "现住址"),
        protected=True,
    )
    guardian_name = Column(
        "guardian_name",
        _("监护人"),
        aliases=("家长", "监护人姓名", "家长姓名", "家长(监护人)"),
        widget=OptionalNameWidget(),
    )
    phone = Column(
        "phone",
        _("电话"),
        aliases=("联系电话", "监护人电话", "家长电话", "手机号码", "联系方式"),
        widget=PhoneWidget(),
        protected=True,
    )
    school = Column(
        "school__name",
        _("原学校"),
        aliases=("原就读学校", "学校", "学校名称", "就读学校", "学籍学校", "辍学前学校"),
        widget=LookupWidget("school", code="school-unknown"),
    )
    grade = Column("grade_as_stated", _("年级"), aliases=("原年级", "班级", "就读年级"))
    state = Column(
        "state",
        _("状态"),
        aliases=("台账类别", "学生状态", "目前状态", "就读状态", "类别", "是否辍学", "控辍状态"),
        widget=StateWidget(),
        hint=_("不填的，按工作表名或文件名中的“疑似”“辍学”判断"),
    )
    found_on = Column(
        "found_on", _("列入台账日期"), aliases=("发现时间", "登记时间"), widget=DateWidget()
    )
    left_on = Column(
        "left_on",
        _("辍学时间"),
        aliases=("辍学日期", "离校时间", "失学时间", "疑似辍学时间"),
        widget=DateWidget(),
    )
    reason = Column(
        "reason_as_stated", _("辍学原因"), aliases=("疑似辍学原因", "失学原因", "原因", "主要原因")
    )
    teacher_name = Column(
        "teacher_name",
        _("帮扶教师"),
        aliases=("包保教师", "责任教师", "劝返教师", "帮扶责任人(教师)"),
        widget=OptionalNameWidget(),
    )
    cadre_name = Column(
        "cadre_name",
        _("村干部"),
        aliases=("帮扶村干部", "包保干部", "责任村干部", "村组干部"),
        widget=OptionalNameWidget(),
    )
    visits = Column(
        None,
        _("历次劝返"),
        aliases=("劝返记录", "劝返情况", "历次劝返情况", "走访记录"),
        widget=LedgerWidget(single_line=False),
        hint=_("一次一行，以日期开头"),
    )
    visit_on = Column(
        None,
        _("劝返时间"),
        aliases=("历次劝返时间", "最近劝返时间", "走访时间"),
        widget=DateWidget(),
    )
    visit_people = Column(None, _("劝返人员"), aliases=("历次劝返人员", "劝返责任人", "走访人员"))
    visit_way = Column(None, _("劝返方式"), aliases=("历次劝返方式", "走访方式"))
    visit_result = Column(None, _("劝返结果"), aliases=("历次劝返结果", "走访结果"))
    whereabouts = Column("whereabouts", _("去向"), aliases=("目前去向", "现去向", "流向"))
    returned_school = Column("returned_school", _("复学学校"), aliases=("返校学校", "安置学校"))
    returned_on = Column(
        "returned_on", _("复学时间"), aliases=("返校时间", "复学日期"), widget=DateWidget()
    )
    placement = Column("placement", _("安置方式"), aliases=("安置形式", "安置情况"))
    closed_on = Column("closed_on", _("销号时间"), aliases=("销号日期",), widget=DateWidget())
    closed_evidence = Column("closed_evidence", _("销号依据"), aliases=("销号材料", "销号说明"))


def _prepare(context: Context) -> Lookups:
    names = school_names(context.county_code)
    known = {**without_county(names, context.county_code), **names.by_name}
    return {
        "names": {"": names},
        "school": {name: school.name for name, school in known.items()},
        "divisions": division_names(context.county_code),
    }


def _check(frame: Frame, context: Context) -> None:
    recover_ids(frame)
    check_against_ids(frame, context.today)
    refuse_duplicates(frame, ["birth_on", "school"])
    births, schools = frame.column("birth_on"), frame.column("school")
    refuse_unusable(frame, lambda at: bool(births[at] or schools[at]))
    _settle_states(frame, context)
    _keep_to_reach(frame, context)


def _settle_states(frame: Frame, context: Context) -> None:
    """Say of each row what the case's state is.

    1. A day of closing closes. 2. Else the row's own word. 3. Else a day of return. 4. Else the
    sheet's name, the file's name. 5. Else a dropout is whoever has a day of leaving.
    """
    columns = [frame.column(name) for name in ("state", "returned_on", "left_on", "closed_on")]
    evidence = frame.column("closed_evidence")
    by_sheet = [state_in(name) or state_in(context.file_name) for name in frame.sheets]
    states = []
    for at, (stated, returned, left, closed) in enumerate(zip(*columns, strict=True)):
        state = str(DropoutState.CLOSED) if closed else stated
        state = state or (str(DropoutState.RETURNED) if returned else "")
        state = state or _named(by_sheet[frame.places[at][0]], left)
        if state == DropoutState.CLOSED and not closed:
            frame.note(at, "closed-without-day", "closed_on")
        elif closed and not evidence[at]:
            frame.note(at, "closed-without-evidence", "closed_evidence")
        states.append(state)
    frame.set_column("state", states)


def _named(by_sheet: str, left: date | None) -> str:
    if by_sheet and not (by_sheet == ELSEWHERE and left):
        return by_sheet
    return str(DropoutState.DROPPED_OUT if left else DropoutState.SUSPECTED)


def _keep_to_reach(frame: Frame, context: Context) -> None:
    """Refuse children whose school and home both lie outside what the actor answers for."""
    names = context.lookups["names"][""].by_name
    divisions, scope = context.lookups["divisions"], context.actor.scope
    columns = [frame.column(name) for name in ("school", "township")]
    for at, (school_name, township) in enumerate(zip(*columns, strict=True)):
        school = names.get(school_name)
        home = divisions.get(township) or ""
        at_school = school is not None and scope.covers(
            division_code=school.division_code, school_code=school.code
        )
        county = f"{context.county_code}000000"
        at_home = scope.covers(division_code=home or (school and school.division_code) or county)
        if not (at_school or at_home):
            frame.note(at, "out-of-reach", "school", school_name or township)


DROPOUTS = register(
    IntakeKind(
        code="dropouts",
        title=_("控辍保学台账"),
        unit=_("人"),
        resource=DropoutResource,
        action="intake.dropouts.upload",
        apply_action="intake.dropouts.apply",
        order=50,
        description=_(
            "疑似辍学、辍学学生台账，也可导入适龄儿童台账（其中在读的不建个案）；历次劝返只增不改。"
        ),
        prepare=_prepare,
        check=_check,
        classify=classify_dropouts,
        apply=apply_dropouts,
        subject="students.DropoutCase",
    )
)
