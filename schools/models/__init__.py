"""Models of places."""

from schools.models.division import Division
from schools.models.meal import MealReport
from schools.models.project import (
    EquipmentDelivery,
    EquipmentItem,
    Milestone,
    Project,
    ProjectBatch,
    ProjectFunding,
    ProjectPayment,
    ProjectPhoto,
    ProjectStep,
)
from schools.models.school import PupilCount, School, SchoolAlias, SchoolEvent

__all__ = [
    "Division",
    "EquipmentDelivery",
    "EquipmentItem",
    "MealReport",
    "Milestone",
    "Project",
    "ProjectBatch",
    "ProjectFunding",
    "ProjectPayment",
    "ProjectPhoto",
    "ProjectStep",
    "PupilCount",
    "School",
    "SchoolAlias",
    "SchoolEvent",
]
