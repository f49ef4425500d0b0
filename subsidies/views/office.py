"""What the pages of money share: rows of one's own office, forms that know who fills them in."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from povedu.jobs import services as jobs
from povedu.jobs.models import Job
from povedu.screens.actions import ActionScreen, NoQuestions
from povedu.screens.details import DetailScreen, ObjectScreen
from povedu.screens.forms import FormScreen
from povedu.screens.lists import ListScreen
from schools.models import Division
from subsidies.forms import county_of
from subsidies.selectors.programmes import office_of

if TYPE_CHECKING:
    from django.db.models import QuerySet


def moment(at: datetime | None) -> str:
    """Return an instant as a page shows it, "" for none."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


def day_words(day: date | None) -> str:
    """Return a day as a page shows it, "" for none."""
    return f"{day:%Y-%m-%d}" if day else ""


class OfficeRows(ObjectScreen):
    """Rows that belong to a programme of one's own office; another office's are a 404."""

    own_selector: ClassVar[Callable[..., "QuerySet[Any]"]]

    def rows(self) -> "QuerySet[Any]":
        """Return the rows of one's office in scope."""
        return type(self).own_selector(self.scope, office_of(self.request.actor))


class OfficeList(ListScreen):
    """A list of rows of one's own office."""

    own_selector: ClassVar[Callable[..., "QuerySet[Any]"]]

    def rows(self) -> "QuerySet[Any]":
        """Return the rows of one's office in scope."""
        return type(self).own_selector(self.scope, office_of(self.request.actor))


class OfficeDetail(OfficeRows, DetailScreen):
    """A page about one row of one's own office."""


class _KnowsActor(FormScreen):
    """Gives the form who fills it in."""

    def form_arguments(self) -> dict[str, Any]:
        """Add the person and the term."""
        given = super().form_arguments()
        if self.form_class is NoQuestions:
            return given
        return {**given, "actor": self.request.actor, "term": self.request.term}

    def county(self) -> Division:
        """Return the county that the person works for; 404 for somebody of several."""
        found = county_of(self.request.actor)
        if found is None:
            raise Http404
        return found


class OfficeForm(OfficeRows, _KnowsActor):
    """A form about one row of one's own office."""


class NewForm(_KnowsActor):
    """A form that makes a new row."""


class OfficeAction(OfficeRows, _KnowsActor, ActionScreen):
    """Something done to one row of one's own office."""


class JobAction(OfficeAction):
    """Something that a job does; the page leads to its progress."""

    kind: ClassVar[str] = ""
    param: ClassVar[str] = ""

    def arguments(self, form: Any) -> dict[str, Any]:
        """Return what the job is asked for with."""
        return {
            "kind": self.kind,
            "params": {self.param: self.object.pk},
            "digest": f"{self.kind} {self.object.pk}",
            "actor": self.request.actor,
            "now": self.request.now,
        }

    service = jobs.enqueue

    def success_url(self, result: Job) -> str:
        """Go to the job."""
        return reverse("jobs:job-detail", args=[result.pk])
