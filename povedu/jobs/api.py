"""Jobs as programs read them: how an upload or a calculation that they started is getting on."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from povedu.jobs import selectors
from povedu.jobs.models import Job
from povedu.jobs.views import JobFilter
from povedu.screens.viewsets import ReadViewSet, RowSerializer


class JobSerializer(RowSerializer):
    """One job; its parameters stay inside."""

    class Meta:
        model = Job
        fields: ClassVar = [
            "id",
            "kind",
            "state",
            "attempts",
            "progress_done",
            "progress_total",
            "progress_message",
            "result",
            "error_code",
            "error_message",
            "owner_name",
            "created_at",
            "started_at",
            "finished_at",
        ]


class JobViewSet(ReadViewSet):
    """One's own jobs; for administrators those of their scope."""

    action_name = "jobs.job.view"
    serializer_class = JobSerializer
    filterset_class = JobFilter

    def get_queryset(self) -> QuerySet[Any]:
        """Return the jobs that the person may see."""
        if getattr(self, "swagger_fake_view", False):
            return Job.objects.none()
        return selectors.jobs(self.actor)


API_ROUTES = [("jobs/jobs", JobViewSet)]
