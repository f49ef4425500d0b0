"""Tables of awards, notices and what a student received."""

import django_tables2 as tables
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.ledger.choices import FundSource
from povedu.screens.tables import (
    DayColumn,
    InstantColumn,
    LongColumn,
    MoneyColumn,
    ScreenTable,
    StatusColumn,
    TermColumn,
)
from students.tables import grade_words
from subsidies.models import (
    Award,
    Determination,
    Instalment,
    NoticeLine,
    Objection,
    PublicNotice,
)

AWARD_TONES = {
    "proposed": "waiting",
    "publicised": "doing",
    "granted": "done",
    "suspended": "refused",
    "cancelled": "plain",
}
NOTICE_TONES = {"draft": "waiting", "published": "doing", "taken_down": "plain"}
OBJECTION_TONES = {"open": "waiting", "upheld": "refused", "rejected": "done"}
APPROVAL_TONES = {
    "pending": "waiting",
    "approved": "done",
    "refused": "refused",
    "ended": "plain",
}


class AwardTable(ScreenTable):
    """Awards."""

    student = tables.Column(linkify=("subsidies:award-detail", [tables.A("pk")]))
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

    student = tables.Column(linkify=("subsidies:determination-decide", [tables.A("pk")]))
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
            "score",
            "level",
            "tier",
            "evidence",
            "step",
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

    content = LongColumn(linkify=("subsidies:objection-answer", [tables.A("pk")]))
    state = StatusColumn(tones=OBJECTION_TONES)
    received_on = DayColumn()

    class Meta(ScreenTable.Meta):
        model = Objection
        fields = ("content", "notice", "line", "received_on", "state", "answer")
        lead = ("content",)


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
