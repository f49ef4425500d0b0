"""Tables of student loans."""

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from povedu.screens.tables import (
    DayColumn,
    LongColumn,
    MoneyColumn,
    NumberColumn,
    ScreenTable,
    StatusColumn,
)
from povedu.screens.templatetags.screens import badge
from subsidies.models import Loan, LoanCap, LoanRelief

LOAN_TONES = {
    "signed": "waiting",
    "granted": "doing",
    "repaying": "doing",
    "overdue": "refused",
    "settled": "done",
    "cancelled": "plain",
}


class LoanTable(ScreenTable):
    """Contracts; an amount above the year's cap is marked."""

    borrower_name = tables.Column(linkify=True)
    college = LongColumn()
    amount = MoneyColumn()
    is_over_cap = tables.BooleanColumn()
    state = StatusColumn(tones=LOAN_TONES)
    granted_on = DayColumn()
    due_on = DayColumn()

    class Meta(ScreenTable.Meta):
        model = Loan
        fields = (
            *("borrower_name", "borrower_id_number", "contract_no", "academic_year", "college"),
            *("level", "is_renewal", "amount", "is_over_cap", "state", "co_borrower_name"),
            *("co_borrower_relation", "phone", "bank", "granted_on", "due_on"),
        )
        lead = ("borrower_name",)
        hidden = ("co_borrower_relation", "phone", "bank", "granted_on")

    def render_is_over_cap(self, value: bool) -> SafeString:  # noqa: FBT001  # the table's signature
        """Mark it with icon and word."""
        return badge(_("超额"), "refused") if value else format_html("{}", "—")

    def value_is_over_cap(self, value: bool) -> str:  # noqa: FBT001  # the table's signature
        """Export yes or no."""
        return _("是") if value else _("否")


RELIEF_TONES = {"pending": "waiting", "approved": "doing", "refused": "refused", "paid": "done"}


class ContractTable(ScreenTable):
    """A borrower's contracts, year by year."""

    contract_no = tables.Column(linkify=True)
    amount = MoneyColumn()
    state = StatusColumn(tones=LOAN_TONES)
    granted_on = DayColumn()
    due_on = DayColumn()

    class Meta(ScreenTable.Meta):
        model = Loan
        fields = (
            *("academic_year", "contract_no", "college", "level", "is_renewal", "amount"),
            *("is_over_cap", "state", "granted_on", "due_on"),
        )


class ReliefTable(ScreenTable):
    """Claims to relief, whoever entered and decided them."""

    loan = tables.Column(linkify=True, verbose_name=_lazy("贷款合同"))
    year = tables.Column(linkify=lambda record: record.get_absolute_url())
    amount = MoneyColumn()
    number = NumberColumn()
    state = StatusColumn(tones=RELIEF_TONES)
    paid_on = DayColumn()
    evidence = LongColumn()

    class Meta(ScreenTable.Meta):
        model = LoanRelief
        fields = (
            *("loan", "year", "kind", "cause", "number", "amount", "state", "entered_by"),
            *("decided_by", "paid_on", "evidence"),
        )
        lead = ("loan",)


class CapTable(ScreenTable):
    """The caps that a county has set."""

    usual_amount = MoneyColumn()
    postgraduate_amount = MoneyColumn()
    document = LongColumn()

    class Meta(ScreenTable.Meta):
        model = LoanCap
        fields = ("since_year", "usual_amount", "postgraduate_amount", "document")
        lead = ("since_year",)
