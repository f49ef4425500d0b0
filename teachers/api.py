"""Teachers and postings as programs read them; identity numbers and telephones come masked."""

from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import serializers

from povedu.scope import Scope
from povedu.screens.viewsets import ReadViewSet, RowSerializer
from teachers import filters, selectors
from teachers.models import Posting, Teacher


class TeacherSerializer(RowSerializer):
    """A teacher of the register."""

    school = serializers.CharField(source="school.code", read_only=True)
    is_away = serializers.BooleanField(read_only=True)

    class Meta:
        model = Teacher
        fields: ClassVar = [
            *("id", "number", "name", "sex", "birth_on", "id_number", "phone", "school", "post"),
            *("stage", "subject", "title", "employment_kind", "education", "hired_on"),
            *("school_since_on", "left_on", "leave_reason", "is_away"),
        ]


class PostingSerializer(RowSerializer):
    """A posting; ``ends_on`` is the first day no longer served."""

    school = serializers.CharField(source="school.code", read_only=True)
    home_school = serializers.CharField(source="home_school.code", read_only=True)

    class Meta:
        model = Posting
        fields: ClassVar = [
            *("id", "teacher", "school", "home_school", "kind", "post", "subject"),
            *("is_full_time", "starts_on", "ends_on", "document"),
        ]


class TeacherViewSet(ReadViewSet):
    """Teachers, those who left included."""

    action_name = "teachers.teacher.view"
    selector = selectors.teachers
    serializer_class = TeacherSerializer
    filterset_class = filters.TeacherFilter

    def get_queryset(self) -> Any:
        """Say who serves elsewhere today."""
        if getattr(self, "swagger_fake_view", False):
            return selectors.teachers(Scope.nothing())
        return selectors.teachers_on(self.actor.scope, timezone.localtime(self.now).date())


class PostingViewSet(ReadViewSet):
    """Postings from or to the schools in scope."""

    action_name = "teachers.posting.view"
    selector = selectors.postings
    serializer_class = PostingSerializer
    filterset_class = filters.PostingFilter


API_ROUTES = [("teachers/teachers", TeacherViewSet), ("teachers/postings", PostingViewSet)]
