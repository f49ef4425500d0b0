"""Places, projects and meals as programs read them."""

from typing import Any, ClassVar

from rest_framework import serializers

from povedu.screens.viewsets import ReadViewSet, RowSerializer, YuanField
from schools import filters, selectors
from schools.models import (
    Division,
    EquipmentItem,
    MealReport,
    Project,
    ProjectBatch,
    ProjectFunding,
    School,
)


class DivisionSerializer(RowSerializer):
    """A division by its 12-digit code."""

    class Meta:
        model = Division
        fields: ClassVar = ["code", "name", "level", "parent", "is_poor_village", "closed_on"]


class SchoolSerializer(RowSerializer):
    """A school of the register."""

    stages = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = School
        fields: ClassVar = [
            *("id", "code", "name", "short_name", "kind", "stages", "ownership", "setting"),
            *("division", "has_boarding", "has_canteen", "has_meals", "opened_on", "closed_on"),
        ]


class BatchSerializer(RowSerializer):
    """A batch of projects."""

    class Meta:
        model = ProjectBatch
        fields: ClassVar = ["id", "code", "name", "county", "category", "year", "document"]


class FundingSerializer(RowSerializer):
    """What one source pays."""

    class Meta:
        model = ProjectFunding
        fields: ClassVar = ["source", "amount"]


class ProjectSerializer(RowSerializer):
    """A project with its money by source."""

    batch = serializers.CharField(source="batch.code", read_only=True)
    school = serializers.CharField(source="school.code", read_only=True, allow_null=True)
    funding = FundingSerializer(many=True, read_only=True)
    funded = YuanField()
    paid = YuanField()

    class Meta:
        model = Project
        fields: ClassVar = [
            *("id", "batch", "number", "name", "category", "state", "division", "school"),
            *("area", "danger_grade", "contractor", "planned_start_on"),
            *("planned_completion_on", "started_on", "completed_on", "in_use_on"),
            *("funding", "funded", "paid"),
        ]


class ItemSerializer(RowSerializer):
    """A line of a purchase; one with ``part_of`` adds nothing to a sum."""

    delivered = serializers.IntegerField(read_only=True)

    class Meta:
        model = EquipmentItem
        fields: ClassVar = [
            *("id", "project", "name", "model_no", "quantity", "unit", "unit_price"),
            *("part_of", "delivered"),
        ]


class MealSerializer(RowSerializer):
    """A school's month: pupils are persons, meals are person-times."""

    school = serializers.CharField(source="school.code", read_only=True)

    class Meta:
        model = MealReport
        fields: ClassVar = [
            *("id", "school", "month", "mode", "pupils_count", "feeding_days", "meals_count"),
            *("standard", "amount", "reported_at"),
        ]


class DivisionViewSet(ReadViewSet):
    """Divisions."""

    action_name = "schools.division.view"
    selector = selectors.divisions
    serializer_class = DivisionSerializer
    filterset_class = filters.DivisionFilter


class SchoolViewSet(ReadViewSet):
    """Schools, closed ones included."""

    action_name = "schools.school.view"
    selector = selectors.schools
    serializer_class = SchoolSerializer
    filterset_class = filters.SchoolFilter


class BatchViewSet(ReadViewSet):
    """Batches of projects."""

    action_name = "schools.project.view"
    selector = selectors.batches
    serializer_class = BatchSerializer
    filterset_class = filters.BatchFilter


class ProjectViewSet(ReadViewSet):
    """Projects."""

    action_name = "schools.project.view"
    selector = selectors.projects_with_money
    serializer_class = ProjectSerializer
    filterset_class = filters.ProjectFilter

    def get_queryset(self) -> Any:
        """Fetch the money with the projects."""
        return super().get_queryset().prefetch_related("funding")


class ItemViewSet(ReadViewSet):
    """Equipment, line by line."""

    action_name = "schools.project.view"
    selector = selectors.items
    serializer_class = ItemSerializer
    filterset_class = filters.ItemFilter


class MealViewSet(ReadViewSet):
    """Monthly meal reports."""

    action_name = "schools.meal.view"
    selector = selectors.meal_reports
    serializer_class = MealSerializer
    filterset_class = filters.MealFilter


API_ROUTES = [
    ("schools/divisions", DivisionViewSet),
    ("schools/schools", SchoolViewSet),
    ("schools/batches", BatchViewSet),
    ("schools/projects", ProjectViewSet),
    ("schools/equipment", ItemViewSet),
    ("schools/meals", MealViewSet),
]
