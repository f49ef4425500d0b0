"""Form pages whose form knows the reader's scope and whose service takes details as one value."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from povedu.scope import ActingRequest
from povedu.screens import ActionScreen, Button, FormScreen
from schools.models import Division

Details = Callable[..., Any]


class ScopedFormScreen(FormScreen):
    """A form page; the form's fields named in ``details`` become the service's ``details``.

    ``apart`` names the fields that the service takes by themselves.
    """

    details: ClassVar[Details | None] = None
    details_argument: ClassVar[str] = "details"
    apart: ClassVar[Sequence[str]] = ()

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form the scope."""
        return {**super().form_arguments(), "scope": self.scope}

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        """Gather the details."""
        given: dict[str, Any] = {"actor": self.request.actor, "now": self.request.now}
        if self.object_argument and self.object is not None:
            given[self.object_argument] = self.object
        values = dict(form.cleaned_data)
        given |= {name: values.pop(name) for name in self.apart}
        if type(self).details is None:
            return {**given, **values}
        return {**given, self.details_argument: type(self).details(**values)}  # type: ignore[misc]  # not None


class ScopedActionScreen(ScopedFormScreen, ActionScreen):
    """The same for a page that names a consequence."""

    form_class: ClassVar[type[forms.BaseForm]]


def allowed(screen: Any, buttons: Sequence[Button]) -> list[Button]:
    """Return the buttons of a tab that the reader may use."""
    return [button for button in buttons if screen.may(button.action)]


def local_day(now: datetime) -> date:
    """Return the local day of an instant."""
    return timezone.localtime(now).date()


def day_in_view(request: ActingRequest) -> date:
    """Return today, or the last day of the term in view where that is over."""
    return min(local_day(request.now), request.term.ends_on - timedelta(days=1))


def place_words(division: Division) -> list[str]:
    """Return a division's name, a village's under its township's."""
    parent = division.parent
    village = parent is not None and division.level == "village"
    return [parent.name, division.name] if parent and village else [division.name]
