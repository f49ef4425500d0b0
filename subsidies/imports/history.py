"""Past payments: lists of the national aid system and a county's own workbooks of aid.

A list of the national system names its programme only by the sheet or file (国家助学金名单,
免学费名单); a county's workbook names it in a column and gives meals beside it.
"""

from collections import defaultdict
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from povedu.identity import normal_name
from povedu.intake.amounts import AmountColumn
from povedu.intake.dates import DateWidget
from povedu.intake.frame import Frame
from povedu.intake.kinds import Column, Context, IntakeKind, LedgerResource, register
from povedu.intake.people import recover_ids, valid_ids
from povedu.intake.periods import MonthWidget, TermWidget, month_in
from povedu.intake.problems import Meaning, Outcome, declare
from povedu.intake.widgets import (
    AccountWidget,
    FlagWidget,
    IdWidget,
    LedgerWidget,
    Lookups,
    LookupWidget,
    NameWidget,
    NumberWidget,
)
from povedu.protected import IdNumber, blind_index
from povedu.terms import Term
from schools.choices import Stage
from schools.imports.settling import school_lookups
from students.imports.widgets import StageWidget
from subsidies.rules.programme_words import programme_code
from subsidies.selectors.programmes import programmes_by_name
from subsidies.services.history import apply_history, classify_history, parts_of, students_by_index

declare(
    {
        "programme-unknown": Meaning(
            _("系统中没有这个资助项目"),
            _("按原名存档，不用于防止重复发放；确有此项目的，请先登记项目或改写为项目名称。"),
        ),
        "programme-missing": Meaning(
            _("没有写明资助项目"),
            _("请补填资助项目，或在工作表名、文件名中写明。"),
            Outcome.REFUSED,
        ),
        "amount-not-stated": Meaning(_("没有写明金额"), _("按已享受存档，请核对并补填金额。")),
        "student-unknown": Meaning(
            _("名册中没有这个证件号码的学生"), _("按原样存档；学生登记并确认身份后自动对上。")
        ),
        "student-name-differs": Meaning(
            _("与名册中同一证件号码的姓名不一致"), _("请核对姓名和证件号码。")
        ),
        "period-again": Meaning(
            _("同一人同一项目同一期间另有一笔"), _("请核对是否重复发放；不是同一笔的照常存档。")
        ),
    }
)
_NO_TERM = frozenset({"term-unknown", "date-unreadable"})


class HistoryResource(LedgerResource):
    """The columns of lists of past payments."""

    programme = Column(
        "programme_as_stated",
        _("资助项目"),
        aliases=("项目名称", "资助项目名称", "资助名称", "补助项目", "享受项目", "资助类别"),
        example="普通高中国家助学金",
        hint=_("不填的，按工作表名或文件名"),
    )
    programme_code = Column(
        "programme__code",
        _("项目代码"),
        aliases=("资助项目代码",),
        in_template=False,
    )
    term = Column(
        "term",
        _("学期"),
        aliases=("资助学期", "发放学期", "所属学期", "学年学期"),
        widget=TermWidget(),
        example="2016-1",
    )
    year = Column(None, _("年份"), aliases=("年度", "发放年份"), widget=NumberWidget(whole=True))
    month = Column(
        None, _("月份"), aliases=("发放月份", "资助月份", "所属月份"), widget=MonthWidget()
    )
    period = Column("period", _("所属期"), in_template=False)
    name = Column(
        "name",
        _("姓名"),
        aliases=("学生姓名", "受助学生姓名", "学生"),
        widget=NameWidget(),
        required=True,
        key=True,
        example="张三",
    )
    id_number = Column(
        "id_number",
        _("身份证号"),
        aliases=(
            *(
                "身份证号码",
                "证件号码",
                "身份证件号",
                "身份证件号码",
                "公民身份号码",
                "学生身份证号",
            ),
            *("证件号", "身份证"),
        ),
        widget=IdWidget(),
        required=True,
        key=True,
        protected=True,
        example="530699201001011235",
    )
    student_no = Column(
        None,
        _("学籍号"),
        aliases=("全国学籍号",),
        widget=LedgerWidget(identifier=True),
        protected=True,
    )
    school = Column(
        "school_as_stated",
        _("学校"),
        aliases=("学校名称", "学校全称", "就读学校", "资助单位", "所在学校"),
        widget=LookupWidget("school", code="school-unknown"),
    )
    school_code = Column(
        "school__code",
        _("学校标识码"),
        aliases=("学校代码",),
        widget=LookupWidget("school_code", code="school-unknown"),
        in_template=False,
    )
    stage = Column("stage", _("学段"), aliases=("就读学段",), widget=StageWidget())
    major = Column(None, _("专业"), aliases=("专业名称",), in_template=False)
    is_opera = Column(None, _("是否戏曲表演专业"), in_template=False)
    is_minority_area = Column(
        None, _("是否民族地区就学"), aliases=("是否名族地区就学",), in_template=False
    )
    tier = Column("tier", _("资助档次"), aliases=("档次", "补助档次", "资助等级"))
    hardship = Column(
        "hardship_as_stated",
        _("困难类型"),
        aliases=("贫困类型", "申请理由名称", "申请理由", "困难类别", "贫困类别"),
    )
    is_enjoyed = Column(
        None,
        _("是否享受资助"),
        aliases=(
            *("本学期是否享受资助", "本学期是否享受米脂资助", "是否享受", "是否已享受资助"),
            "本学期是否享受本县资助",
        ),
        widget=FlagWidget(blank=None),
        in_template=False,
    )
    amount = AmountColumn(
        "amount",
        _("金额（元）"),
        aliases=(
            *("应发金额", "资助金额", "发放金额", "实发金额", "补助金额", "金额", "资助标准"),
            "享受金额",
        ),
        example="1000",
    )
    meals_amount = AmountColumn(
        None, _("营养餐金额"), aliases=("营养餐补助金额",), in_template=False
    )
    paid_on = Column(
        "paid_on",
        _("发放日期"),
        aliases=("到账日期", "打卡日期", "发放时间"),
        widget=DateWidget(),
    )
    bank_account = Column(
        "account",
        _("银行卡号"),
        aliases=("银行账号", "账号", "卡号", "社保卡号", "一卡通账号"),
        widget=AccountWidget(),
        protected=True,
    )


def _prepare(context: Context) -> Lookups:
    programmes = programmes_by_name(context.county_code)
    return {
        **school_lookups(context),
        "programme_by_name": {name: code for name, (code, _pk) in programmes.items()},
        "programme_by_code": dict(programmes.values()),
    }


def _check(frame: Frame, context: Context) -> None:
    """Settle school, programme and period; note who is not known, refuse what says nothing."""
    recover_ids(frame)
    _settle_schools(frame, context)
    _settle_programmes(frame, context)
    _settle_periods(frame, context)
    _check_people(frame, context)
    _check_money(frame, context)


def _settle_schools(frame: Frame, context: Context) -> None:
    """Give rows of a known school its code; another school's name stays as it is stated."""
    canonical = {one.name: code for code, one in context.lookups["names"][""].by_code.items()}
    frame.set_column(
        "school_code",
        [
            code or canonical.get(name, "")
            for code, name in zip(frame.column("school_code"), frame.column("school"), strict=True)
        ],
    )


def _settle_programmes(frame: Frame, context: Context) -> None:
    """Find each row's programme by its own words, else by what sheet, file and columns say."""
    by_name, by_code = (context.lookups[f"programme_by_{one}"] for one in ("name", "code"))
    words, codes = list(frame.column("programme")), list(frame.column("programme_code"))
    known: dict[tuple[Any, ...], str] = {}
    stages = frame.column("stage")
    for at, key in enumerate(zip(words, codes, stages, strict=True)):
        sheet = frame.places[at][0]
        if not words[at] and not codes[at]:
            words[at] = _list_title(frame, sheet, context) if _is_payment(frame, at) else ""
        if (sheet, *key) not in known:
            stage = key[2] or (Stage.VOCATIONAL if frame.has("major") else "")
            found = by_name.get(words[at]) or programme_code(words[at], stage)
            known[sheet, *key] = key[1] if key[1] in by_code else found
        codes[at] = known[sheet, *key] if words[at] or codes[at] else ""
        if words[at] and codes[at] not in by_code:
            frame.note(at, "programme-unknown", "programme", words[at])
            codes[at] = ""
    frame.set_column("programme", words)
    frame.set_column("programme_code", codes)


def _is_payment(frame: Frame, at: int) -> bool:
    return bool(frame.column("amount")[at]) or frame.column("is_enjoyed")[at] is True


def _list_title(frame: Frame, sheet: int, context: Context) -> str:
    """Return what a list without a programme column is a list of, "" where nothing says it."""
    for text in (frame.sheets[sheet], context.file_name):
        for word in ("国家助学金", "助学金", "免学费", "免学杂费", "雨露计划", "生活补助"):
            if word in text:
                return word
    columns = frame.column_of[sheet]
    if "is_opera" in columns or "is_minority_area" in columns:
        return "免学费"
    return "国家助学金" if {"tier", "major"} <= columns.keys() else ""


def _settle_periods(frame: Frame, context: Context) -> None:
    terms, periods = list(frame.column("term")), list(frame.column("period"))
    today = context.today
    rows = zip(frame.column("month"), frame.column("year"), strict=True)
    for at, (value, year) in enumerate(rows):
        month = month_in(value, year)
        if month is not None and month > today:
            frame.note(at, "date-ahead", "month", month)
        terms[at], periods[at] = _period(terms[at] or context.term, month)
        if not terms[at]:
            if not frame.codes(at) & _NO_TERM:
                frame.note(at, "term-missing", "term" if frame.has("term") else "year")
            frame.refuse(at)
    frame.set_column("term", terms)
    frame.set_column("period", periods)


def _period(term: str, month: date | None) -> tuple[str, str]:
    """Return (term, period): a month belongs to the term it falls in, whatever else is said."""
    if month is None:
        return term, term
    return Term.on(month).code, f"{month:%Y-%m}"


def _check_people(frame: Frame, context: Context) -> None:
    """Refuse one number on different people; note who is on no roster, or by another name."""
    numbers = valid_ids(frame)
    indexes = [blind_index(IdNumber.kind, number) for number in numbers]
    students = students_by_index(indexes, context.county_code)
    names = [normal_name(str(name)) for name in frame.column("name")]
    of_number: dict[str, dict[str, int]] = defaultdict(dict)
    for at, number in enumerate(numbers):
        if number and names[at]:
            of_number[number].setdefault(names[at], at)
    for at, number in enumerate(numbers):
        others = [row for name, row in of_number[number].items() if name != names[at]]
        if number and names[at] and others:
            said = frame.places[others[0]][1] + 1
            frame.note(at, "id-duplicate-in-file", "id_number", new=said)
        elif number and indexes[at] not in students:
            frame.note(at, "student-unknown", "id_number")
        elif number and names[at] and students[indexes[at]][1] != names[at]:
            frame.note(at, "student-name-differs", "name")


def _check_money(frame: Frame, context: Context) -> None:
    """Refuse repeats and rows that state no payment at all; note second payments of a period."""
    for at in range(len(frame)):
        _check_statement(frame, at)
    marks: dict[str, int] = {}
    paid: dict[tuple[Any, ...], int] = {}
    numbers, names, periods = (frame.column(one) for one in ("id_number", "name", "period"))
    for part in parts_of(frame, context):
        at = part.at
        if frame.outcome(at) is Outcome.REFUSED:
            continue
        first = marks.setdefault(part.mark, at)
        if first != at:
            frame.note(at, "row-repeated", "name", new=frame.places[first][1] + 1)
            continue
        who = numbers[at] or names[at]
        again = paid.setdefault((who, part.code or part.programme, periods[at]), at)
        if again != at:
            frame.note(at, "period-again", "amount", new=frame.places[again][1] + 1)


def _check_statement(frame: Frame, at: int) -> None:
    """Ask for the amount and the programme of a row that says something was received."""
    row = {name: frame.column(name)[at] for name in ("amount", "is_enjoyed", "meals_amount")}
    words = frame.column("programme")[at]
    silent = row["amount"] is None and not row["meals_amount"]
    if silent and row["is_enjoyed"] is None and not words:
        frame.note_fault(at, "amount-missing", "amount")
    elif silent and row["is_enjoyed"] is not False:
        frame.note_fault(at, "amount-not-stated", "amount")
    if not words and (row["amount"] or row["is_enjoyed"]):
        frame.note(at, "programme-missing", "programme")


HISTORY = register(
    IntakeKind(
        code="payment-history",
        title=_("既往发放记录"),
        unit=_("条"),
        resource=HistoryResource,
        action="intake.history.upload",
        apply_action="intake.history.apply",
        two_person=True,
        irreversible=_("既往发放记录是凭据，不能整批回退；有误的请在“既往发放”中逐条撤下。"),
        many_rows_each=True,
        asks=frozenset({"term"}),
        order=80,
        description=_(
            "启用本系统以前或其他系统发放的资助，作为防止重复发放的依据；写明未享受的行不登记。"
        ),
        prepare=_prepare,
        check=_check,
        classify=classify_history,
        apply=apply_history,
    )
)
