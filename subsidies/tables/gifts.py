"""Tables of donors, gifts and sponsorships; what a donor may see is a table of its own."""

import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens.tables import (
    DASH,
    DayColumn,
    LongColumn,
    MoneyColumn,
    ScreenTable,
)
from povedu.screens.templatetags.screens import badge
from subsidies.models import Donor, Gift, Sponsorship
from subsidies.selectors.giving import code_of

GIFT_TONES = {
    "promised": "waiting",
    "received": "doing",
    "delivered": "done",
    "cancelled": "plain",
}


class DonorTable(ScreenTable):
    """Donors."""

    name = tables.Column(linkify=True)

    class Meta(ScreenTable.Meta):
        model = Donor
        fields = ("name", "kind", "phone", "is_anonymous")
        lead = ("name",)


class GiftTable(ScreenTable):
    """Gifts."""

    student = tables.Column(linkify=lambda record: record.get_absolute_url())
    programme = LongColumn()
    school = LongColumn()
    state = tables.Column(verbose_name=gettext_lazy("状态"), orderable=False)
    given_on = DayColumn()
    received_on = DayColumn()
    settled_on = DayColumn(verbose_name=gettext_lazy("交付日期"))
    amount = MoneyColumn()

    class Meta(ScreenTable.Meta):
        model = Gift
        fields = (
            *("student", "donor", "programme", "school", "state", "given_on", "amount", "item"),
            *("received_on", "settled_on", "entered_by", "delivered_by"),
        )
        lead = ("student",)
        hidden = ("entered_by", "delivered_by")

    def render_state(self, record: Gift) -> SafeString:
        """Draw the badge."""
        return badge(record.state.label, GIFT_TONES[record.state])

    def value_state(self, record: Gift) -> str:
        """Export the word."""
        return str(record.state.label)


class SponsorshipTable(ScreenTable):
    """Whom donors stand by, and whether they may know the name."""

    student = tables.Column(linkify=True)
    donor = tables.Column(linkify=True)
    starts_on = DayColumn()
    ends_on = DayColumn()
    consented_on = DayColumn()
    withdrawn_on = DayColumn()
    note = LongColumn()
    consent = tables.Column(
        verbose_name=gettext_lazy("办理"),
        accessor="pk",
        orderable=False,
        exclude_from_export=True,
        linkify=("subsidies:sponsorship-detail", [tables.A("pk")]),
    )

    class Meta(ScreenTable.Meta):
        model = Sponsorship
        fields = (
            *("donor", "student", "starts_on", "ends_on", "consented_on", "consent_guardian"),
            *("withdrawn_on", "note"),
        )
        lead = ("donor",)

    def render_consent(self) -> str:
        """Name the link."""
        return _("查看")


class DonorReportTable(ScreenTable):
    """What a donor may be given: a code and a stage; name, school and grade only with consent.

    These columns are all there are: nothing else of a student can come into a donor's file.
    """

    code = tables.Column(verbose_name=gettext_lazy("学生代码"), accessor="pk", orderable=False)
    stage = tables.Column(verbose_name=gettext_lazy("学段"), accessor="student__get_stage_display")
    student_name = tables.Column(
        verbose_name=gettext_lazy("姓名（监护人同意的）"), accessor="may_name", orderable=False
    )
    school_name = tables.Column(
        verbose_name=gettext_lazy("学校（监护人同意的）"), accessor="may_name", orderable=False
    )
    given_on = DayColumn()
    amount = MoneyColumn()
    state = tables.Column(verbose_name=gettext_lazy("状态"), orderable=False)
    settled_on = DayColumn(verbose_name=gettext_lazy("交付日期"))

    class Meta(ScreenTable.Meta):
        model = Gift
        fields = (
            *("code", "stage", "student_name", "school_name", "programme", "given_on"),
            *("amount", "item", "state", "settled_on"),
        )
        lead = ("code",)

    def render_code(self, record: Gift) -> str:
        """Show the code."""
        return code_of(record.donor_id, record.student_id)

    def render_student_name(self, record: Gift, value: bool) -> str:  # noqa: FBT001  # the table's signature
        """Show the name where a guardian agreed."""
        return record.student.name if value else DASH

    def render_school_name(self, record: Gift, value: bool) -> str:  # noqa: FBT001  # the table's signature
        """Show the school where a guardian agreed."""
        return str(record.student.school or DASH) if value else DASH

    def render_state(self, record: Gift) -> str:
        """Show how far the gift is."""
        return str(record.state.label)

    value_code, value_state = render_code, render_state
    value_student_name, value_school_name = render_student_name, render_school_name
