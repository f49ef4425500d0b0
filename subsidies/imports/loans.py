"""Origin-place student loans, as the county's aid centre and the bank list their contracts."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from povedu.intake.amounts import AmountColumn
from povedu.intake.dates import DateWidget
from povedu.intake.frame import Frame
from povedu.intake.kinds import Column, Context, IntakeKind, LedgerResource, register
from povedu.intake.people import valid_ids
from povedu.intake.problems import Meaning, Outcome, declare
from povedu.intake.reading.cells import Cell
from povedu.intake.widgets import (
    ChoiceWidget,
    Cleaned,
    FlagWidget,
    IdWidget,
    LedgerWidget,
    NameWidget,
    OptionalNameWidget,
    PhoneWidget,
    text_of,
)
from povedu.terms import Term
from subsidies.choices import LoanLevel, LoanState
from subsidies.rules.loans import LONGEST_YEARS, Cap, cap_of, is_too_long
from subsidies.selectors.loans import caps_of
from subsidies.services.loans import apply_loans, classify_loans, loans_of_others

_REFUSED = Outcome.REFUSED
declare(
    {
        "loan-over-cap": Meaning(
            _("超过当年最高贷款额"), _("请与经办银行核对；金额照表登记，并列入超额清单。")
        ),
        "loan-too-long": Meaning(_("贷款期限超过最长年限"), _("请核对放款日期和到期日期。")),
        "loan-again": Meaning(
            _("同一借款人同一学年已有另一份合同"),
            _("请核对合同号；作废的合同请标明已撤销。"),
            _REFUSED,
        ),
        "co-borrower-same": Meaning(
            _("共同借款人与借款人是同一人"), _("请核对共同借款人。"), _REFUSED
        ),
        "dates-out-of-order": Meaning(_("到期日期不晚于放款日期"), _("请核对两个日期。"), _REFUSED),
    }
)
_LEVELS = {
    **dict.fromkeys(("本", "大学本科", "本科生", "普通本科"), LoanLevel.UNDERGRADUATE),
    **dict.fromkeys(("大专", "高职", "高职高专", "专科生", "高职(专科)"), LoanLevel.COLLEGE),
    **dict.fromkeys(("研究生", "硕士", "博士", "硕士研究生", "博士研究生"), LoanLevel.POSTGRADUATE),
}
_STATES = {
    **dict.fromkeys(("签约", "已签订", "审批通过", "待放款"), LoanState.SIGNED),
    **dict.fromkeys(("放款", "已发放", "正常"), LoanState.GRANTED),
    **dict.fromkeys(("还款", "正在还款"), LoanState.REPAYING),
    **dict.fromkeys(("结清", "还清", "已还清"), LoanState.SETTLED),
    **dict.fromkeys(("撤销", "作废", "取消", "已作废"), LoanState.CANCELLED),
}
_YEAR = re.compile(r"(20\d\d)(?:\s*[-—–~至/]+\s*(20\d\d))?\s*年?(?:学年度?|度)?")


class AcademicYearWidget(LedgerWidget):
    """An academic year; the value is the year it begins in."""

    def _clean(self, cell: Cell) -> Cleaned:
        text, _fixes = text_of(cell)
        if not text:
            return Cleaned(None)
        found = _YEAR.fullmatch(text)
        if found is None or (found[2] and int(found[2]) != int(found[1]) + 1):
            return Cleaned(None, (), ("term-unknown",))
        return Cleaned(int(found[1]), () if text == found[1] else ("fixed-alias",))


class LoanResource(LedgerResource):
    """The columns of a list of contracts."""

    contract_no = Column(
        "contract_no",
        _("合同号"),
        aliases=("合同编号", "贷款合同号", "借款合同编号", "贷款合同编号", "借款合同号"),
        widget=LedgerWidget(identifier=True),
        required=True,
        key=True,
        example="5306992016080012345",
    )
    academic_year = Column(
        "academic_year",
        _("学年"),
        aliases=("贷款学年", "申请学年", "贷款年度", "年度", "学年度"),
        widget=AcademicYearWidget(),
        required=True,
        example="2016-2017",
    )
    name = Column(
        "borrower_name",
        _("借款人"),
        aliases=("借款学生", "学生姓名", "借款人姓名", "借款学生姓名", "姓名", "贷款学生"),
        widget=NameWidget(),
        required=True,
        key=True,
    )
    id_number = Column(
        "borrower_id_number",
        _("借款人身份证号"),
        aliases=("身份证号", "身份证号码", "学生身份证号", "借款学生身份证号", "证件号码"),
        widget=IdWidget(),
        required=True,
        key=True,
        protected=True,
    )
    co_borrower_name = Column(
        "co_borrower_name",
        _("共同借款人"),
        aliases=("共同借款人姓名", "共借人", "共借人姓名"),
        widget=OptionalNameWidget(),
    )
    co_borrower_id_number = Column(
        "co_borrower_id_number",
        _("共同借款人身份证号"),
        aliases=("共同借款人身份证号码", "共借人身份证号", "共同借款人证件号码"),
        widget=IdWidget(required=False),
        protected=True,
    )
    co_borrower_relation = Column(
        "co_borrower_relation",
        _("与借款人关系"),
        aliases=("与学生关系", "关系", "共同借款人与借款人关系"),
    )
    phone = Column(
        "phone",
        _("联系电话"),
        aliases=("电话", "手机", "手机号码", "借款人电话", "联系方式"),
        widget=PhoneWidget(),
        protected=True,
    )
    college = Column(
        "college",
        _("就读高校"),
        aliases=("高校名称", "学校", "学校名称", "就读学校", "录取院校", "院校名称", "高校"),
        required=True,
    )
    level = Column(
        "level",
        _("学历层次"),
        aliases=("学历", "层次", "培养层次", "学生类别"),
        widget=ChoiceWidget(LoanLevel.choices, _LEVELS),
        required=True,
        example="本科",
    )
    is_renewal = Column(
        "is_renewal",
        _("续贷"),
        aliases=("是否续贷", "首贷续贷", "贷款类型", "首贷/续贷"),
        widget=FlagWidget(blank=False, yes=("续贷",), no=("首贷", "新贷", "首次")),
    )
    amount = AmountColumn(
        "amount",
        _("贷款金额（元）"),
        aliases=("贷款金额", "合同金额", "借款金额", "放款金额", "发放金额", "金额"),
        required=True,
        example="8000",
    )
    bank = Column("bank", _("经办银行"), aliases=("银行", "贷款银行", "开户行", "经办机构"))
    granted_on = Column(
        "granted_on",
        _("放款日期"),
        aliases=("发放日期", "贷款发放日", "起始日期", "借款日期"),
        widget=DateWidget(),
    )
    due_on = Column(
        "due_on",
        _("到期日期"),
        aliases=("贷款到期日", "合同到期日", "到期日", "终止日期"),
        widget=DateWidget(),
    )
    state = Column(
        "state",
        _("状态"),
        aliases=("贷款状态", "合同状态", "还款状态"),
        widget=ChoiceWidget(LoanState.choices, _STATES),
    )


def _check(frame: Frame, context: Context) -> None:
    """Refuse incomplete rows, repeats and second contracts of a year; note what breaks the rule."""
    today = context.today
    numbers = valid_ids(frame)
    others = loans_of_others(frame, context)
    caps = caps_of(f"{context.county_code}000000")
    contracts: dict[str, int] = {}
    people: dict[tuple[str, Any], int] = {}
    for at in range(len(frame)):
        row = {name: frame.column(name)[at] for name in frame.values}
        _check_row(frame, at, row, Term.on(today).year)
        if frame.outcome(at) is _REFUSED:
            continue
        if contracts.setdefault(row["contract_no"], at) != at:
            first = frame.places[contracts[row["contract_no"]]][1] + 1
            frame.note(at, "row-repeated", "contract_no", new=first)
            continue
        _check_rule(frame, at, row, caps)
        if row["state"] == LoanState.CANCELLED or not numbers[at]:
            continue
        mine = people.setdefault((numbers[at], row["academic_year"]), at)
        if mine != at or at in others:
            said = frame.places[mine][1] + 1 if mine != at else others[at]
            frame.note(at, "loan-again", "contract_no", new=said)


def _check_row(frame: Frame, at: int, row: dict[str, Any], this_year: int) -> None:
    for name in ("contract_no", "academic_year", "college", "level"):
        if not row[name]:
            frame.note_fault(at, "value-missing", name)
            frame.refuse(at)
    if not row["amount"]:
        frame.note_fault(at, "amount-missing", "amount")
        frame.refuse(at)
    if row["academic_year"] and row["academic_year"] > this_year:
        frame.note(at, "date-ahead", "academic_year")
    if row["co_borrower_id_number"] and row["co_borrower_id_number"] == row["id_number"]:
        frame.note(at, "co-borrower-same", "co_borrower_id_number")
    if row["granted_on"] and row["due_on"] and row["due_on"] <= row["granted_on"]:
        frame.note(at, "dates-out-of-order", "due_on")


def _check_rule(frame: Frame, at: int, row: dict[str, Any], caps: tuple[Cap, ...]) -> None:
    cap = cap_of(row["academic_year"], row["level"], caps)
    if row["amount"] > cap:
        frame.note(at, "loan-over-cap", "amount", row["amount"], cap)
    if is_too_long(row["granted_on"], row["due_on"]):
        frame.note(at, "loan-too-long", "due_on", row["due_on"], LONGEST_YEARS)


LOANS = register(
    IntakeKind(
        code="loans",
        title=_("生源地助学贷款"),
        unit=_("份"),
        resource=LoanResource,
        action="intake.loans.upload",
        apply_action="intake.loans.apply",
        must=("name", "amount"),
        two_person=True,
        many_rows_each=True,
        subject="subsidies.Loan",
        order=95,
        description=_("生源地信用助学贷款合同，每份合同一行；超过当年最高额的提示并列出。"),
        check=_check,
        classify=classify_loans,
        apply=apply_loans,
    )
)
