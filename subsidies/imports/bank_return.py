"""The bank's result file: each line settles or returns one payment of a released batch."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from povedu.identity import normal_name
from povedu.intake.amounts import AmountColumn
from povedu.intake.dates import DateWidget
from povedu.intake.frame import Frame
from povedu.intake.kinds import Column, Context, IntakeKind, LedgerResource, register
from povedu.intake.problems import Meaning, Outcome, declare
from povedu.intake.reading.cells import Cell
from povedu.intake.widgets import (
    BLANK,
    Cleaned,
    LedgerWidget,
    Lookups,
    NumberWidget,
    OptionalNameWidget,
    text_of,
)
from povedu.money import fen
from povedu.protected import BankAccount, blind_index
from subsidies.imports.bank_answer import NOT_PAID, PAID
from subsidies.rules.bank_files import Book, Stated
from subsidies.selectors.programmes import office_of
from subsidies.selectors.released import sent_payments
from subsidies.services.bank_intake import apply_bank_file, classify_bank_file

_REFUSED = Outcome.REFUSED
_ASK = _("请与银行核对这一行。")
declare(
    {
        "batch-unknown": Meaning(
            _("没有这个已送银行的批次"), _("请核对批次号，或在文件名中写明批次号。"), _REFUSED
        ),
        "line-unknown": Meaning(_("批次中没有这一笔"), _ASK, _REFUSED),
        "amount-differs": Meaning(_("金额与批次中的这一笔不符"), _ASK, _REFUSED),
        "account-differs": Meaning(_("账号与批次中的这一笔不符"), _ASK, _REFUSED),
        "already-answered": Meaning(_("这一笔已有回盘"), _("已入账的不会重复入账。"), _REFUSED),
        "result-missing": Meaning(
            _("没有写明到账还是退回，或无法识别"), _("请写“成功”或“失败”。"), _REFUSED
        ),
        "payee-differs": Meaning(_("户名与批次中的这一笔不同"), _ASK),
    }
)


class _ResultWidget(LedgerWidget):
    """Whether the bank paid: true, false, or nothing said."""

    labels = ("成功", "失败")

    def _clean(self, cell: Cell) -> Cleaned:
        text, fixes = text_of(cell)
        word = "".join(text.lower().split())
        if not word:
            return Cleaned(None)
        if word in PAID or word in NOT_PAID:
            return Cleaned(word in PAID, fixes)
        return Cleaned(None, fixes, ("result-missing",))


class _CardWidget(LedgerWidget):
    """A card number, whole or with stars in its middle as banks print it."""

    def __init__(self) -> None:
        super().__init__(identifier=True)

    def _clean(self, cell: Cell) -> Cleaned:
        cleaned = super()._clean(cell)
        if cleaned.problems or not cleaned.value:
            return cleaned if cleaned.value else BLANK
        number = str(cleaned.value).replace(" ", "").replace("-", "")
        fixes = cleaned.fixes or (("fixed-space",) if number != cleaned.value else ())
        return Cleaned(number, fixes)


class BankReturnResource(LedgerResource):
    """The columns of a result file."""

    batch_number = Column(
        "bank_return__batch__number",
        _("批次号"),
        aliases=("代发批次号", "批次编号", "批号", "业务批次号", "委托批次号"),
        widget=LedgerWidget(identifier=True),
        hint=_("不填的，按文件名中的批次号或账号和金额对应"),
    )
    line_no = Column(
        "line_no",
        _("序号"),
        aliases=("行号", "明细序号", "流水序号", "批次内序号", "笔号"),
        widget=NumberWidget(whole=True),
    )
    payee_name = Column(
        None,
        _("户名"),
        aliases=("收款人", "收款人姓名", "收款人户名", "姓名", "账户名称", "客户名称"),
        widget=OptionalNameWidget(),
        key=True,
    )
    account = Column(
        None,
        _("账号"),
        aliases=("卡号", "银行卡号", "收款账号", "收款人账号", "银行账号", "账户"),
        widget=_CardWidget(),
        key=True,
        protected=True,
    )
    amount = AmountColumn(
        "amount",
        _("金额"),
        aliases=("金额（元）", "发生额", "实发金额", "交易金额", "代发金额", "入账金额"),
        required=True,
        key=True,
        example="500.00",
    )
    is_paid = Column(
        None,
        _("结果"),
        aliases=(
            *("状态", "处理结果", "交易状态", "代发结果", "回盘结果", "处理状态", "入账状态"),
            *("交易结果", "返回码"),
        ),
        widget=_ResultWidget(),
        required=True,
    )
    reason = Column(
        "reason",
        _("原因"),
        aliases=("失败原因", "退回原因", "退票原因", "备注", "说明", "错误信息", "返回信息"),
    )
    settled_on = Column(
        "settled_on",
        _("到账日期"),
        aliases=("交易日期", "入账日期", "处理日期", "记账日期", "交易时间"),
        widget=DateWidget(),
        example="2016-11-10",
        hint=_("到账的必填；整个文件同一天的，可在上传时填写数据日期"),
    )


def _prepare(context: Context) -> Lookups:
    payments = sent_payments(context.county_code, office_of(context.actor))
    return {"book": {"": Book.of(payments)}, "payment": {}}


def _check(frame: Frame, context: Context) -> None:
    """Find each line's payment; refuse what is about none, differs from it, or comes twice."""
    book: Book = context.lookups["book"][""]
    today = context.today
    named = [book.batch_named((name, context.file_name)) for name in frame.sheets]
    batches, lines = list(frame.column("batch_number")), list(frame.column("line_no"))
    days = [day or context.as_of for day in frame.column("settled_on")]
    frame.set_column("settled_on", days)
    taken: dict[int, int] = {}
    for at in range(len(frame)):
        _check_line(frame, at, today)
        if frame.outcome(at) is Outcome.REFUSED:
            continue
        stated = _stated(frame, at, batches[at] or named[frame.places[at][0]])
        payment, why = book.find(stated)
        if payment is None or why:
            frame.note(at, why, _FIELD_OF.get(why, "line_no"))
            continue
        if taken.setdefault(payment.payment_id, at) != at:
            first = frame.places[taken[payment.payment_id]][1] + 1
            frame.note(at, "row-repeated", "line_no", new=first)
            continue
        name = frame.column("payee_name")[at]
        if name and normal_name(name) != normal_name(payment.payee_name):
            frame.note(at, "payee-differs", "payee_name", name)
        batches[at], lines[at] = payment.batch, payment.line_no
    frame.set_column("batch_number", batches)
    frame.set_column("line_no", lines)


_FIELD_OF: Mapping[str, str] = {
    "batch-unknown": "batch_number",
    "amount-differs": "amount",
    "account-differs": "account",
}


def _stated(frame: Frame, at: int, batch: str) -> Stated:
    card = str(frame.column("account")[at] or "")
    whole = card.isdecimal() and "id-digits-lost" not in frame.codes(at)
    return Stated(
        batch,
        frame.column("line_no")[at],
        fen(frame.column("amount")[at]),
        blind_index(BankAccount.kind, card) if whole else "",
    )


def _check_line(frame: Frame, at: int, today: date) -> None:
    row: dict[str, Any] = {
        name: frame.column(name)[at] for name in ("amount", "is_paid", "settled_on")
    }
    if row["amount"] is None:
        frame.note_fault(at, "amount-missing", "amount")
        frame.refuse(at)
    if row["is_paid"] is None:
        frame.note_fault(at, "result-missing", "is_paid")
        frame.refuse(at)
    if row["is_paid"] and row["settled_on"] is None:
        frame.note_fault(at, "date-missing", "settled_on")
        frame.refuse(at)
    if row["settled_on"] is not None and row["settled_on"] > today:
        frame.note(at, "date-ahead", "settled_on")


BANK_RETURN = register(
    IntakeKind(
        code="bank-return",
        title=_("银行回盘"),
        unit=_("笔"),
        resource=BankReturnResource,
        action="intake.bank_return.upload",
        apply_action="intake.bank_return.apply",
        must=("amount", "is_paid"),
        asks=frozenset({"as_of"}),
        two_person=True,
        irreversible=_("回盘入账后款项已记入资金台账，不能回退；如有差错，请以更正办理。"),
        order=85,
        description=_("银行对已送批次的处理结果；对不上、金额不符和重复的行退回，不会入账。"),
        prepare=_prepare,
        check=_check,
        classify=classify_bank_file,
        apply=apply_bank_file,
    )
)
