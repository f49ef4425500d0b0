"""Tables of children who study away, and of the proofs of it."""

from typing import Any

import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from povedu.screens.tables import DayColumn, LongColumn, ScreenTable, SelectColumn, StatusColumn
from povedu.screens.templatetags.screens import badge
from students.choices import ProofState
from students.models import PlacedChild, StudyProof
from students.tables.placing import PLACE_TONES, PlacedTable

PROOF_TONES = {"requested": "waiting", "received": "doing", "checked": "done"}


class AwayTable(PlacedTable):
    """Children who study away from home, each with how far its proof is."""

    select = SelectColumn()
    school = LongColumn(empty_values=(), verbose_name=gettext_lazy("就读学校"), orderable=False)
    proof_state = tables.Column(
        verbose_name=gettext_lazy("在读证明"),
        orderable=False,
        linkify=lambda record: (
            StudyProof(pk=record.proof).get_absolute_url() if record.proof else None
        ),
    )
    proof_due_on = DayColumn(verbose_name=gettext_lazy("应交日期"), orderable=False)
    proof_received_on = DayColumn(verbose_name=gettext_lazy("收到日期"), orderable=False)
    proof_document_no = tables.Column(verbose_name=gettext_lazy("证明编号"), orderable=False)

    class Meta(PlacedTable.Meta):
        model = PlacedChild
        fields = (
            *("select", "name", "sex", "birth_on", "number", "home", "place", "school", "grade"),
            *("proof_state", "proof_due_on", "proof_received_on", "proof_document_no", "source"),
        )
        lead = ("name",)
        hidden = ("sex", "birth_on", "source", "proof_received_on")
        exclude = ("returned", "stage")

    def render_school(self, record: Any) -> str:
        """Name the school that the proof names, else that of the record."""
        return record.proof_school or super().render_school(record)

    def render_proof_state(self, value: str) -> SafeString:
        """Draw the state of the proof."""
        return badge(ProofState(value).label, PROOF_TONES[value])

    def value_proof_state(self, value: str) -> str:
        """Export the state in words."""
        return str(ProofState(value).label)


class ProofTable(ScreenTable):
    """Proofs asked for."""

    name = tables.Column(linkify=True)
    place = StatusColumn(tones=PLACE_TONES)
    state = StatusColumn(tones=PROOF_TONES)
    requested_on = DayColumn()
    due_on = DayColumn()
    received_on = DayColumn()

    class Meta(ScreenTable.Meta):
        model = StudyProof
        fields = (
            *("name", "place", "state", "requested_on", "due_on", "received_on"),
            *("school_name", "document_no", "received_by", "checked_by", "note"),
        )
        lead = ("name",)
        hidden = ("requested_on", "note")
