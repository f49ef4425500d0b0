"""Children, their terms at school, hardships and households."""

from typing import ClassVar

from povedu.screens.viewsets import ReadViewSet, RowSerializer
from students import filters
from students.models import Enrolment, HardshipStatus, Household, Student
from students.selectors import children as reads


class StudentSerializer(RowSerializer):
    """A child."""

    class Meta:
        model = Student
        fields: ClassVar = [
            "id",
            "name",
            "sex",
            "birth_on",
            "ethnicity",
            "id_number",
            "identity_confirmed",
            "state",
            "school",
            "stage",
            "grade",
            "class_name",
            "is_boarder",
            "home_division",
            "version",
        ]


class EnrolmentSerializer(RowSerializer):
    """A child's term at a school."""

    class Meta:
        model = Enrolment
        fields: ClassVar = [
            "id",
            "student",
            "term",
            "school",
            "stage",
            "grade",
            "class_name",
            "major",
            "is_boarder",
            "state",
            "hardship_as_stated",
        ]


class HardshipSerializer(RowSerializer):
    """A confirmed hardship between two dates."""

    class Meta:
        model = HardshipStatus
        fields: ClassVar = [
            "id",
            "student",
            "category",
            "as_stated",
            "source",
            "starts_on",
            "ends_on",
            "risk_removed_on",
            "confirmed_at",
        ]


class HouseholdSerializer(RowSerializer):
    """A registered household."""

    class Meta:
        model = Household
        fields: ClassVar = [
            "id",
            "household_no",
            "division",
            "head_name",
            "status_as_stated",
            "monitored_kind_as_stated",
            "risk_removed",
            "cause",
            "phone",
            "members_count",
            "seen_as_of",
        ]


class StudentViewSet(ReadViewSet):
    """Children."""

    action_name = "students.student.view"
    selector = reads.students
    serializer_class = StudentSerializer
    filterset_class = filters.StudentFilter


class EnrolmentViewSet(ReadViewSet):
    """Terms at school."""

    action_name = "students.enrolment.view"
    selector = reads.enrolments
    serializer_class = EnrolmentSerializer
    filterset_class = filters.EnrolmentFilter


class HardshipViewSet(ReadViewSet):
    """Hardships."""

    action_name = "students.student.view"
    selector = reads.hardships
    serializer_class = HardshipSerializer


class HouseholdViewSet(ReadViewSet):
    """Registered households."""

    action_name = "students.household.view"
    selector = reads.households
    serializer_class = HouseholdSerializer
    filterset_class = filters.HouseholdFilter
