"""Table of what changes did to awards."""

import django_tables2 as tables

from povedu.screens.tables import InstantColumn, LongColumn, MoneyColumn, ScreenTable
from subsidies.models import AwardChange


class AwardChangeTable(ScreenTable):
    """What happened to whom, and what followed."""

    student = tables.Column(
        accessor="award__student",
        linkify=("subsidies:award-detail", [tables.A("award__pk")]),
    )
    programme = LongColumn(accessor="award__programme")
    reason = LongColumn()
    from_school = LongColumn()
    to_school = LongColumn()
    stopped_amount = MoneyColumn()
    made_at = InstantColumn()

    class Meta(ScreenTable.Meta):
        model = AwardChange
        fields = (
            "student",
            "programme",
            "kind",
            "effect",
            "reason",
            "from_school",
            "to_school",
            "stopped_amount",
            "made_by",
            "made_at",
        )
        lead = ("student",)
