"""What a preset says: a programme and its standards, each with document and confidence."""

from datetime import date
from typing import NamedTuple

from students.choices import Hardship
from subsidies.choices import Boarding, Confidence, PayeeKind, ProgrammeKind, Residence

POOR = (
    Hardship.REGISTERED_POOR,
    Hardship.LIFTED,
    Hardship.UNSTABLE,
    Hardship.EDGE,
    Hardship.SUDDEN,
)
FOUR_KINDS = (*POOR, Hardship.RURAL_LOW, Hardship.DISABLED, Hardship.DESTITUTE)
ANY_HARDSHIP = tuple(Hardship)


class PresetStandard(NamedTuple):
    """A standard from a date: yuan a year and yuan an instalment (two a year for cadence term).

    It runs until the next one for the same place starts, or ``ends_on``. ``parts`` say what the
    yearly amount is made of.
    """

    starts_on: date
    stage: str
    year: str
    instalment: str
    document: str
    confidence: str
    boarding: str = Boarding.ANY
    categories: tuple[str, ...] = ANY_HARDSHIP
    tier: str = ""
    grade: int = 0
    major: str = ""
    ends_on: date | None = None
    parts: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> tuple[str, str, str, int, str]:
        """Return whom it is for: one standard at a time runs for a place."""
        return self.stage, self.boarding, self.tier, self.grade, self.major


class PresetSource(NamedTuple):
    """Who pays, in order: so much a head, empty for the rest; installed only by name of a year."""

    source: str
    per_head: str = ""


class Preset(NamedTuple):
    """A programme with its standards, in time order per place.

    ``confidence`` is of the programme itself, for those whose amounts a county fills in.
    ``percent`` is a quota as a percentage of enrolment, "" for none.
    """

    code: str
    name: str
    cadence: str
    starts_on: date
    standards: tuple[PresetStandard, ...]
    kind: str = ProgrammeKind.CASH
    payee_kind: str = PayeeKind.STUDENT
    document: str = ""
    confidence: str = Confidence.HIGH
    description: str = ""
    stacks_on: str = ""
    excludes: tuple[str, ...] = ()
    excludes_risk_removed: bool = False
    needs_application: bool = False
    needs_notice: bool = True
    residence: str = Residence.ANY
    skipped_months: tuple[int, ...] = ()
    sources: tuple[PresetSource, ...] = ()
    percent: str = ""
