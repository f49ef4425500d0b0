"""The tables of places, projects, equipment and meals."""

from schools.tables.linking import (
    linked,
)
from schools.tables.meals import (
    CountyMonthTable,
    MealTable,
    MealYearTable,
    MonthTable,
)
from schools.tables.places import (
    AliasTable,
    DivisionTable,
    EventTable,
    PupilTable,
    SchoolTable,
)
from schools.tables.projects import (
    STATE_TONES,
    BatchTable,
    DeliveryTable,
    ItemTable,
    MilestoneTable,
    PaymentTable,
    ProjectTable,
    ReceivedTable,
    StepTable,
)

__all__ = [
    "STATE_TONES",
    "AliasTable",
    "BatchTable",
    "CountyMonthTable",
    "DeliveryTable",
    "DivisionTable",
    "EventTable",
    "ItemTable",
    "MealTable",
    "MealYearTable",
    "MilestoneTable",
    "MonthTable",
    "PaymentTable",
    "ProjectTable",
    "PupilTable",
    "ReceivedTable",
    "SchoolTable",
    "StepTable",
    "linked",
]
