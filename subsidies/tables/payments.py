"""Tables of batches, payments and the bank's answers."""

import django_tables2 as tables
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens.tables import (
    DayColumn,
    InstantColumn,
    LongColumn,
    MoneyColumn,
    NumberColumn,
    ScreenTable,
    StatusColumn,
    TermColumn,
)
from subsidies.choices import DueProblem
from subsidies.models import (
    BankReturn,
    BankReturnLine,
    DisbursementBatch,
    Payment,
)
from subsidies.tables.periods import PeriodColumn

BATCH_TONES = {
    "draft": "waiting",
    "frozen": "waiting",
    "approved": "doing",
    "released": "doing",
    "closed": "done",
    "voided": "plain",
}
PAYMENT_TONES = {
    "pending": "waiting",
    "sent": "doing",
    "settled": "done",
    "returned": "refused",
    "voided": "plain",
}
OUTCOME_TONES = {
    "settled": "done",
    "returned": "refused",
    "unmatched": "waiting",
    "repeated": "plain",
}


class BatchTable(ScreenTable):
    """Batches."""

    number = tables.Column(linkify=True)
    title = LongColumn()
    term = TermColumn()
    payments_count = NumberColumn()
    amount = MoneyColumn()
    state = StatusColumn(tones=BATCH_TONES)
    made_at = InstantColumn()

    class Meta(ScreenTable.Meta):
        model = DisbursementBatch
        fields = (
            "number",
            "title",
            "term",
            "payments_count",
            "amount",
            "state",
            "made_by",
            "made_at",
            "approved_by",
        )
        lead = ("number",)


class ApprovalTable(ScreenTable):
    """Who has approved which content of a batch."""

    round = NumberColumn(verbose_name=gettext_lazy("冻结次数"))
    level = NumberColumn(verbose_name=gettext_lazy("级次"))
    approved_by = tables.Column(verbose_name=gettext_lazy("审批人"))
    approved_at = InstantColumn(verbose_name=gettext_lazy("审批时间"))
    digest = tables.Column(verbose_name=gettext_lazy("内容摘要"))
    standing = tables.Column(verbose_name=gettext_lazy("效力"))

    class Meta(ScreenTable.Meta):
        orderable = False


class CashTable(ScreenTable):
    """What a batch needs of each source beside what may be spent on it."""

    label = tables.Column(verbose_name=gettext_lazy("资金来源"))
    needed = MoneyColumn(verbose_name=gettext_lazy("本批次需要（元）"))
    available = MoneyColumn(verbose_name=gettext_lazy("可用（元）"))
    missing = MoneyColumn(verbose_name=gettext_lazy("缺口（元）"))

    class Meta(ScreenTable.Meta):
        orderable = False


class BatchLineTable(ScreenTable):
    """Payments of one batch."""

    student = tables.Column(
        verbose_name=gettext_lazy("学生"),
        accessor="instalment__award__student",
        linkify=("subsidies:award-detail", [tables.A("instalment__award_id")]),
    )
    school = LongColumn(verbose_name=gettext_lazy("学校"), accessor="instalment__award__school")
    amount = MoneyColumn()
    state = StatusColumn(tones=PAYMENT_TONES)
    settled_on = DayColumn()
    remove = tables.TemplateColumn(
        template_name="subsidies/line_remove_cell.html",
        verbose_name="",
        orderable=False,
        exclude_from_export=True,
    )

    class Meta(ScreenTable.Meta):
        model = Payment
        fields = (
            "line_no",
            "student",
            "school",
            "payee_name",
            "bank_name",
            "account",
            "amount",
            "state",
            "settled_on",
            "return_reason",
            "remove",
        )


class PaymentTable(ScreenTable):
    """Payments of all batches."""

    student = tables.Column(
        verbose_name=gettext_lazy("学生"),
        accessor="instalment__award__student",
        linkify=("subsidies:award-detail", [tables.A("instalment__award_id")]),
    )
    programme = LongColumn(
        verbose_name=gettext_lazy("资助项目"), accessor="instalment__award__programme"
    )
    school = LongColumn(verbose_name=gettext_lazy("学校"), accessor="instalment__award__school")
    period = PeriodColumn(verbose_name=gettext_lazy("所属期"), accessor="instalment__period")
    batch = tables.Column(accessor="batch__number", verbose_name=gettext_lazy("批次号"))
    amount = MoneyColumn()
    state = StatusColumn(tones=PAYMENT_TONES)
    settled_on = DayColumn()
    recover = tables.TemplateColumn(
        template_name="subsidies/payment_recover_cell.html",
        verbose_name="",
        orderable=False,
        exclude_from_export=True,
    )

    class Meta(ScreenTable.Meta):
        model = Payment
        fields = (
            "student",
            "programme",
            "school",
            "period",
            "amount",
            "state",
            "settled_on",
            "payee_name",
            "account",
            "batch",
            "return_reason",
            "recover",
        )
        lead = ("student",)
        hidden = ("payee_name", "account")


class ReturnedTable(PaymentTable):
    """Payments that came back, with what can be done."""

    student = tables.Column(
        verbose_name=gettext_lazy("学生"),
        accessor="instalment__award__student",
        linkify=("students:student-detail", [tables.A("instalment__award__student_id")]),
    )
    correct = tables.Column(
        verbose_name="",
        accessor="pk",
        orderable=False,
        exclude_from_export=True,
        linkify=("students:payee-add", [tables.A("instalment__award__student_id")]),
    )
    give_up = tables.Column(
        verbose_name="",
        accessor="pk",
        orderable=False,
        exclude_from_export=True,
        linkify=("subsidies:payment-give-up", [tables.A("pk")]),
    )

    class Meta(ScreenTable.Meta):
        model = Payment
        fields = (
            "student",
            "programme",
            "school",
            "period",
            "amount",
            "payee_name",
            "account",
            "return_reason",
            "batch",
            "correct",
            "give_up",
        )
        exclude = ("recover", "state", "settled_on")
        lead = ("student",)

    def render_correct(self) -> str:
        """Offer to enter the right card."""
        return _("更正账户")

    def render_give_up(self) -> str:
        """Offer to write it off."""
        return _("不再补发")


class DueProblemTable(ScreenTable):
    """Due instalments that cannot be paid."""

    problem = tables.Column(verbose_name=gettext_lazy("问题"))
    student = tables.Column(verbose_name=gettext_lazy("学生"))
    school = LongColumn(verbose_name=gettext_lazy("学校"))
    amount = MoneyColumn(verbose_name=gettext_lazy("金额（元）"))

    class Meta(ScreenTable.Meta):
        orderable = False

    def render_problem(self, value: str) -> str:
        """Name the problem."""
        return str(DueProblem(value).label)


class FlagTable(ScreenTable):
    """Lines of a batch that deserve a look."""

    line_no = tables.Column(verbose_name=gettext_lazy("序号"))
    problem = tables.Column(verbose_name=gettext_lazy("问题"))
    student = tables.Column(verbose_name=gettext_lazy("学生"))
    school = LongColumn(verbose_name=gettext_lazy("学校"))
    payee_name = tables.Column(verbose_name=gettext_lazy("户名"))
    account = tables.Column(verbose_name=gettext_lazy("账号"))

    class Meta(ScreenTable.Meta):
        orderable = False


class BankReturnTable(ScreenTable):
    """Answers of the bank."""

    file_name = tables.Column(linkify=True)
    received_at = InstantColumn()
    applied_at = InstantColumn()

    class Meta(ScreenTable.Meta):
        model = BankReturn
        fields = ("file_name", "received_at", "entered_by", "applied_at")
        lead = ("file_name",)


class AnswerTable(BankReturnTable):
    """Answers to all batches, with what they moved."""

    batch = tables.Column(accessor="batch__number", verbose_name=gettext_lazy("批次号"))
    programme = LongColumn(accessor="batch__programme", verbose_name=gettext_lazy("资助项目"))
    settled_count = NumberColumn(verbose_name=gettext_lazy("到账（笔）"))
    returned_count = NumberColumn(verbose_name=gettext_lazy("退回（笔）"))
    open_count = NumberColumn(verbose_name=gettext_lazy("对不上（笔）"))

    class Meta(ScreenTable.Meta):
        model = BankReturn
        fields = (
            *("file_name", "batch", "programme", "received_at", "entered_by", "applied_at"),
            *("settled_count", "returned_count", "open_count"),
        )
        lead = ("file_name",)


class ReturnLineTable(ScreenTable):
    """Lines of a bank's answer."""

    amount = MoneyColumn()
    settled_on = DayColumn()
    outcome = StatusColumn(tones=OUTCOME_TONES)
    reason = LongColumn()

    class Meta(ScreenTable.Meta):
        model = BankReturnLine
        fields = ("row_number", "line_no", "amount", "settled_on", "outcome", "reason")

    def render_reason(self, value: str) -> str:
        """Say in words why a line did not match."""
        words = {
            "unknown-line": _("批次中没有这个序号"),
            "amount-differs": _("金额与批次不符"),
            "no-result": _("结果不能识别"),
            "no-date": _("缺到账日期"),
            "already-answered": _("该笔已有回盘"),
            "twice-in-file": _("文件内重复"),
        }
        return words.get(value, value)
