"""Tables of awards, notices and what a student received."""

import django_tables2 as tables
from django.template.defaultfilters import filesizeformat
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
    ApplicationPaper,
    Award,
    Determination,
    DeterminationStep,
    Instalment,
    NoticeLine,
    Objection,
    PublicNotice,
)
from subsidies.tables.periods import PeriodColumn

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

    period = PeriodColumn()
    due_on = DayColumn()
    amount = MoneyColumn()
    paid = tables.Column(verbose_name=gettext_lazy("发放情况"), accessor="pk", orderable=False)
    recover = tables.TemplateColumn(
        template_name="subsidies/instalment_recover_cell.html",
        verbose_name="",
        orderable=False,
        exclude_from_export=True,
    )

    class Meta(ScreenTable.Meta):
        model = Instalment
        fields = ("period", "due_on", "amount", "paid", "recover")

    def render_paid(self, record: Instalment) -> str:
        """Name each attempt with its state and day."""
        told = [
            f"{one.batch.number} {one.get_state_display()} {one.settled_on or one.return_reason}"
            for one in record.payments.all()
        ]
        return "；".join(part.strip() for part in told) or _("未发放")


class DeterminationTable(ScreenTable):
    """Paper determinations."""

    student = tables.Column(linkify=("subsidies:determination-detail", [tables.A("pk")]))
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


class ApplicationPaperTable(ScreenTable):
    """Papers of one application."""

    kind = tables.Column(linkify=("subsidies:paper-open", [tables.A("pk")]))
    content_type = tables.Column()
    bytes_count = tables.Column()
    added_at = InstantColumn()
    remove = tables.TemplateColumn(
        template_name="subsidies/paper_remove_cell.html",
        verbose_name=gettext_lazy("操作"),
        orderable=False,
    )

    class Meta(ScreenTable.Meta):
        model = ApplicationPaper
        fields = ("kind", "content_type", "bytes_count", "added_by", "added_at", "remove")
        lead = ("kind",)

    def render_content_type(self, value: str) -> str:
        """Say it as people do."""
        return "PDF" if value.endswith("pdf") else _("图片")

    def render_bytes_count(self, value: int) -> str:
        """Say how large."""
        return filesizeformat(value)


class DeterminationStepTable(ScreenTable):
    """What class, school and bureau said."""

    signed_on = DayColumn()
    entered_at = InstantColumn()

    class Meta(ScreenTable.Meta):
        model = DeterminationStep
        fields = (
            "step",
            "agreed",
            "signed_name",
            "signed_on",
            "opinion",
            "entered_by",
            "entered_at",
        )
        orderable = False


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
    period = PeriodColumn(verbose_name=gettext_lazy("所属期"))
    sources = tables.Column(verbose_name=gettext_lazy("资金来源"))
    amount = MoneyColumn(verbose_name=gettext_lazy("金额（元）"))
    state = tables.Column(verbose_name=gettext_lazy("状态"))

    class Meta(ScreenTable.Meta):
        orderable = False

    def render_sources(self, value: list[tuple[str, object]]) -> str:
        """Name each source with its part."""
        labels = dict(FundSource.choices)
        return "；".join(f"{labels.get(source, source)} {amount}" for source, amount in value)
