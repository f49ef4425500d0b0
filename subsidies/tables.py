"""Tables of programmes and money."""

import django_tables2 as tables
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.ledger.choices import FundSource
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
from students.choices import Hardship
from students.tables import grade_words
from subsidies.choices import DueProblem
from subsidies.models import (
    Award,
    BankReturn,
    BankReturnLine,
    Determination,
    DisbursementBatch,
    Donor,
    FundReceipt,
    Gift,
    Instalment,
    NoticeLine,
    Objection,
    Payment,
    Programme,
    PublicNotice,
    Quota,
    SourceRule,
    Standard,
)

A = tables.A
AWARD_TONES = {
    "proposed": "waiting",
    "publicised": "doing",
    "granted": "done",
    "suspended": "refused",
    "cancelled": "plain",
}
NOTICE_TONES = {"draft": "waiting", "published": "doing", "taken_down": "plain"}
OBJECTION_TONES = {"open": "waiting", "upheld": "refused", "rejected": "done"}
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
APPROVAL_TONES = {
    "pending": "waiting",
    "approved": "done",
    "refused": "refused",
    "ended": "plain",
}


class ProgrammeTable(ScreenTable):
    """Programmes of a county."""

    name = tables.Column(linkify=True)

    class Meta(ScreenTable.Meta):
        model = Programme
        fields = (
            "name",
            "code",
            "office",
            "kind",
            "cadence",
            "payee_kind",
            "needs_notice",
            "starts_on",
            "ends_on",
        )
        lead = ("name",)
        hidden = ("starts_on", "ends_on")


class StandardTable(ScreenTable):
    """Standards of a programme, the newest first."""

    year_amount = MoneyColumn()
    instalment_amount = MoneyColumn()
    starts_on = DayColumn()
    ends_on = DayColumn()
    end = tables.Column(
        verbose_name=gettext_lazy("操作"),
        accessor="pk",
        orderable=False,
        linkify=("subsidies:standard-end", [A("pk")]),
    )

    class Meta(ScreenTable.Meta):
        model = Standard
        fields = (
            "starts_on",
            "ends_on",
            "stage",
            "boarding",
            "tier",
            "grade",
            "major",
            "categories",
            "year_amount",
            "instalment_amount",
            "document",
            "confidence",
            "end",
        )

    def render_categories(self, value: list[str]) -> str:
        """Name the categories."""
        labels = dict(Hardship.choices)
        return "、".join(str(labels.get(one, one)) for one in value) or _("不限")

    def render_grade(self, value: int) -> str:
        """Say nothing for any grade."""
        return str(value) if value else "—"

    def render_end(self) -> str:
        """Offer to end it."""
        return _("停用")


class SourceRuleTable(ScreenTable):
    """Who pays, year by year."""

    amount_per_head = MoneyColumn()
    money_cap = MoneyColumn()
    head_cap = NumberColumn()

    class Meta(ScreenTable.Meta):
        model = SourceRule
        fields = ("year", "position", "source", "amount_per_head", "head_cap", "money_cap")


class QuotaTable(ScreenTable):
    """Planned places."""

    heads_count = NumberColumn()

    class Meta(ScreenTable.Meta):
        model = Quota
        fields = ("year", "school", "heads_count", "document")


class AwardTable(ScreenTable):
    """Awards."""

    student = tables.Column(linkify=("subsidies:award-detail", [A("pk")]))
    programme = LongColumn()
    term = TermColumn()
    school = LongColumn()
    amount = MoneyColumn()
    state = StatusColumn(tones=AWARD_TONES)
    granted_at = InstantColumn()

    class Meta(ScreenTable.Meta):
        model = Award
        fields = (
            "student",
            "programme",
            "term",
            "school",
            "stage",
            "grade",
            "class_name",
            "is_boarder",
            "tier",
            "amount",
            "state",
            "granted_at",
        )
        lead = ("student",)
        hidden = ("tier", "granted_at")

    def render_grade(self, value: int, record: Award) -> str:
        """Say the grade in words."""
        return grade_words(record.stage, value)


class InstalmentTable(ScreenTable):
    """Instalments of an award and how they were paid."""

    due_on = DayColumn()
    amount = MoneyColumn()
    paid = tables.Column(verbose_name=gettext_lazy("发放情况"), accessor="pk", orderable=False)

    class Meta(ScreenTable.Meta):
        model = Instalment
        fields = ("period", "due_on", "amount", "paid")

    def render_paid(self, record: Instalment) -> str:
        """Name each attempt with its state and day."""
        told = [
            f"{one.batch.number} {one.get_state_display()} {one.settled_on or one.return_reason}"
            for one in record.payments.all()
        ]
        return "；".join(part.strip() for part in told) or _("未发放")


class DeterminationTable(ScreenTable):
    """Paper determinations."""

    student = tables.Column(linkify=("subsidies:determination-decide", [A("pk")]))
    programme = LongColumn()
    evidence = LongColumn()
    state = StatusColumn(tones=APPROVAL_TONES)
    entered_at = InstantColumn()

    class Meta(ScreenTable.Meta):
        model = Determination
        fields = (
            "student",
            "academic_year",
            "programme",
            "tier",
            "evidence",
            "state",
            "entered_by",
            "entered_at",
            "approved_by",
            "note",
        )
        lead = ("student",)


class NoticeTable(ScreenTable):
    """Public notices."""

    heading = tables.Column(linkify=True)
    programme = LongColumn()
    term = TermColumn()
    state = StatusColumn(tones=NOTICE_TONES)
    starts_on = DayColumn()
    ends_on = DayColumn()

    class Meta(ScreenTable.Meta):
        model = PublicNotice
        fields = ("heading", "number", "programme", "term", "starts_on", "ends_on", "state")
        lead = ("heading",)


class NoticeLineTable(ScreenTable):
    """Lines of a notice: the allowed columns."""

    class Meta(ScreenTable.Meta):
        model = NoticeLine
        fields = ("name", "school_name", "grade_label", "class_name", "major")


class ObjectionTable(ScreenTable):
    """Objections."""

    content = LongColumn(linkify=("subsidies:objection-answer", [A("pk")]))
    state = StatusColumn(tones=OBJECTION_TONES)
    received_on = DayColumn()

    class Meta(ScreenTable.Meta):
        model = Objection
        fields = ("content", "notice", "line", "received_on", "state", "answer")
        lead = ("content",)


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


class BatchLineTable(ScreenTable):
    """Payments of one batch."""

    student = tables.Column(
        verbose_name=gettext_lazy("学生"),
        accessor="instalment__award__student",
        linkify=("subsidies:award-detail", [A("instalment__award_id")]),
    )
    school = LongColumn(verbose_name=gettext_lazy("学校"), accessor="instalment__award__school")
    amount = MoneyColumn()
    state = StatusColumn(tones=PAYMENT_TONES)
    settled_on = DayColumn()

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
        )


class PaymentTable(ScreenTable):
    """Payments of all batches."""

    student = tables.Column(
        verbose_name=gettext_lazy("学生"),
        accessor="instalment__award__student",
        linkify=("subsidies:award-detail", [A("instalment__award_id")]),
    )
    programme = LongColumn(
        verbose_name=gettext_lazy("资助项目"), accessor="instalment__award__programme"
    )
    school = LongColumn(verbose_name=gettext_lazy("学校"), accessor="instalment__award__school")
    period = tables.Column(verbose_name=gettext_lazy("所属期"), accessor="instalment__period")
    batch = tables.Column(accessor="batch__number", verbose_name=gettext_lazy("批次号"))
    amount = MoneyColumn()
    state = StatusColumn(tones=PAYMENT_TONES)
    settled_on = DayColumn()

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
        )
        lead = ("student",)
        hidden = ("payee_name", "account")


class ReturnedTable(PaymentTable):
    """Payments that came back, with what can be done."""

    give_up = tables.Column(
        verbose_name=gettext_lazy("操作"),
        accessor="pk",
        orderable=False,
        linkify=("subsidies:payment-give-up", [A("pk")]),
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
            "give_up",
        )
        lead = ("student",)

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


class ReceiptTable(ScreenTable):
    """Money that arrived."""

    received_on = DayColumn()
    amount = MoneyColumn()
    programme = LongColumn()

    class Meta(ScreenTable.Meta):
        model = FundReceipt
        fields = ("received_on", "source", "programme", "amount", "document", "entered_by")


class DonorTable(ScreenTable):
    """Donors."""

    name = tables.Column(linkify=("subsidies:donor-edit", [A("pk")]))

    class Meta(ScreenTable.Meta):
        model = Donor
        fields = ("name", "kind", "phone", "is_anonymous")
        lead = ("name",)


class GiftTable(ScreenTable):
    """Gifts."""

    programme = LongColumn()
    school = LongColumn()
    given_on = DayColumn()
    settled_on = DayColumn()
    amount = MoneyColumn()

    class Meta(ScreenTable.Meta):
        model = Gift
        fields = (
            "student",
            "donor",
            "programme",
            "school",
            "given_on",
            "amount",
            "item",
            "settled_on",
        )
        lead = ("student",)


class AccountLineTable(ScreenTable):
    """What one student received: a line per payment or gift."""

    settled_on = DayColumn(verbose_name=gettext_lazy("到账日期"))
    programme = LongColumn(verbose_name=gettext_lazy("资助项目"))
    term = tables.Column(verbose_name=gettext_lazy("学期"))
    period = tables.Column(verbose_name=gettext_lazy("所属期"))
    sources = tables.Column(verbose_name=gettext_lazy("资金来源"))
    amount = MoneyColumn(verbose_name=gettext_lazy("金额（元）"))
    state = tables.Column(verbose_name=gettext_lazy("状态"))

    class Meta(ScreenTable.Meta):
        orderable = False

    def render_sources(self, value: list[tuple[str, object]]) -> str:
        """Name each source with its part."""
        labels = dict(FundSource.choices)
        return "；".join(f"{labels.get(source, source)} {amount}" for source, amount in value)
