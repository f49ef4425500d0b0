"""Tables of reports."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from povedu.screens.tables import InstantColumn, LongColumn, ScreenTable, StatusColumn
from reports.models import SummaryEdition

TONES = {"draft": "doing", "issued": "done", "superseded": "plain"}


class EditionTable(ScreenTable):
    """Editions of the annual summary, newest first."""

    year = tables.Column(linkify=True)
    number = tables.Column(linkify=True)
    title = LongColumn()
    state = StatusColumn(tones=TONES)
    made_by = tables.Column(orderable=False)
    made_at = InstantColumn()
    issued_by = tables.Column(orderable=False)
    issued_at = InstantColumn()
    locks_period = tables.BooleanColumn(verbose_name=_("锁定年度数据"), yesno="✓,")

    class Meta(ScreenTable.Meta):
        model = SummaryEdition
        fields = (
            "year",
            "number",
            "title",
            "state",
            "made_by",
            "made_at",
            "issued_by",
            "issued_at",
            "locks_period",
        )
        lead = ("year", "number")
