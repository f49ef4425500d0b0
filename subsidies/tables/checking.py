"""Tables of doubts, back-pays, recoveries and samples."""

from collections.abc import Mapping
from datetime import date

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from povedu.screens.tables import (
    DayColumn,
    InstantColumn,
    LongColumn,
    MoneyColumn,
    NumberColumn,
    ScreenTable,
    SelectColumn,
    StatusColumn,
    TermColumn,
)
from subsidies.models import BackPay, Doubt, Payment, Recovery, RecoveryReceipt, Sample, SampleItem
from subsidies.selectors.doubt_words import evidence_line

DOUBT_TONES: Mapping[str, str] = {
    "open": "waiting",
    "confirmed": "overdue",
    "dismissed": "done",
    "gone": "plain",
}
RECOVERY_TONES: Mapping[str, str] = {
    "proposed": "waiting",
    "approved": "doing",
    "refused": "plain",
    "collected": "done",
    "written-off": "refused",
}
SAMPLE_TONES: Mapping[str, str] = {"framed": "waiting", "drawn": "doing", "closed": "done"}
RESULT_TONES: Mapping[str, str] = {
    "open": "waiting",
    "matches": "done",
    "differs": "overdue",
    "unreachable": "refused",
}
STUDENT = ("subsidies:aid-account", [tables.A("student_id")])


class DoubtTable(ScreenTable):
    """Doubts with their evidence in a line."""

    select = SelectColumn()
    kind = LongColumn(linkify=True)
    student = tables.Column(linkify=STUDENT)
    school = LongColumn()
    programme = LongColumn()
    amount = MoneyColumn()
    evidence = LongColumn(empty_values=(), orderable=False)
    state = StatusColumn(tones=DOUBT_TONES)
    found_at = InstantColumn()

    class Meta(ScreenTable.Meta):
        model = Doubt
        fields = (
            *("select", "kind", "student", "school", "programme", "amount", "evidence"),
            *("state", "found_at"),
        )
        lead = ("kind", "student", "evidence")

    def render_evidence(self, record: Doubt) -> str:
        """Say in a line why."""
        return evidence_line(record)

    value_evidence = render_evidence


class BackPayTable(ScreenTable):
    """Back-pays and what they made."""

    programme = LongColumn()
    term = TermColumn()
    students_count = NumberColumn()
    amount = MoneyColumn()
    batch = tables.Column(
        accessor="batch__number",
        linkify=("subsidies:batch-detail", [tables.A("batch_id")]),
        verbose_name=_("发放批次"),
    )
    reason = LongColumn()
    made_at = InstantColumn()

    class Meta(ScreenTable.Meta):
        model = BackPay
        fields = (
            *("number", "programme", "term", "kind", "students_count", "amount", "batch"),
            *("reason", "made_by", "made_at"),
        )
        lead = ("number",)


class RecoveryTable(ScreenTable):
    """Recoveries, how much came back of each."""

    number = tables.Column(linkify=True)
    student = tables.Column(
        accessor="payment__instalment__award__student",
        verbose_name=_("学生"),
        linkify=("subsidies:aid-account", [tables.A("payment__instalment__award__student_id")]),
    )
    programme = LongColumn(
        accessor="payment__instalment__award__programme", verbose_name=_("资助项目")
    )
    amount = MoneyColumn()
    received = MoneyColumn(verbose_name=_("已收回（元）"))
    state = StatusColumn(tones=RECOVERY_TONES)
    made_at = InstantColumn()

    class Meta(ScreenTable.Meta):
        model = Recovery
        fields = (
            *("number", "student", "programme", "payer_name", "cause", "amount", "received"),
            *("state", "made_by", "approved_by", "made_at"),
        )
        lead = ("number",)


class RecoveryReceiptTable(ScreenTable):
    """What came back of one recovery."""

    received_on = DayColumn()
    amount = MoneyColumn()

    class Meta(ScreenTable.Meta):
        model = RecoveryReceipt
        fields = ("received_on", "amount", "document", "entered_by")


class SampleTable(ScreenTable):
    """Samples."""

    number = tables.Column(linkify=True)
    title = LongColumn()
    frame_count = NumberColumn()
    size = NumberColumn()
    open_count = NumberColumn(verbose_name=_("待核查（笔）"))
    state = StatusColumn(tones=SAMPLE_TONES)
    framed_at = InstantColumn()

    class Meta(ScreenTable.Meta):
        model = Sample
        fields = (
            *("number", "title", "stratum", "frame_count", "size", "open_count", "state"),
            *("framed_by", "framed_at", "drawn_by"),
        )
        lead = ("number",)


class SampleItemTable(ScreenTable):
    """Drawn payments in order of the draw."""

    rank = tables.Column(linkify=("subsidies:sample-item", [tables.A("pk")]))
    student = tables.Column(accessor="payment__instalment__award__student", verbose_name=_("学生"))
    school = LongColumn(accessor="payment__instalment__award__school", verbose_name=_("学校"))
    programme = LongColumn(
        accessor="payment__instalment__award__programme", verbose_name=_("资助项目")
    )
    amount = MoneyColumn(accessor="payment__amount", verbose_name=_("金额（元）"))
    settled_on = DayColumn(accessor="payment__settled_on", verbose_name=_("到账日期"))
    result = StatusColumn(tones=RESULT_TONES)
    found_amount = MoneyColumn()
    note = LongColumn()

    class Meta(ScreenTable.Meta):
        model = SampleItem
        fields = (
            *("rank", "payment_key", "student", "school", "programme", "amount", "settled_on"),
            *("result", "method", "found_amount", "document", "note", "checked_by", "checked_on"),
            "draw_hash",
        )
        lead = ("rank", "payment_key")
        hidden = ("draw_hash", "document")


class SampleFrameTable(ScreenTable):
    """A frame: key, stratum, fen, day; what ``tools/redraw_sample.py`` reads."""

    key = tables.Column(verbose_name=_("明细编号"), orderable=False)
    stratum = tables.Column(verbose_name=_("层"), orderable=False, default="")
    fen = tables.Column(verbose_name=_("金额（分）"), orderable=False)
    settled_on = DayColumn(orderable=False)

    class Meta(ScreenTable.Meta):
        model = Payment
        fields = ("key", "stratum", "fen", "settled_on")
        lead = ("key", "stratum", "fen", "settled_on")

    def value_settled_on(self, value: date) -> str:
        """Write the day as the digest has it."""
        return value.isoformat()
