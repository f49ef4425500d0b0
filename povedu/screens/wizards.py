"""Wizards: named steps, nothing lost by going back, a last step that says what will happen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.errors import Refusal
from povedu.screens.forms import native_input, worded_blank
from povedu.screens.screen import Screen, Words, own_url, url_or_blank
from povedu.screens.services import SentBefore, claim_submission, note_result

CONFIRM = "confirm"


@dataclass(frozen=True)
class Step:
    """A step with a form; the address of a step ends in its name."""

    name: str
    label: Words
    form_class: type[forms.BaseForm]
    hint: Words = ""


@dataclass(frozen=True)
class StepMark:
    """A step as the head of the page shows it."""

    number: int
    label: Words
    url: str
    state: str  # done, here, ahead


class WizardScreen(Screen):
    """Steps at ``…/<step>/``; what was typed stays in the session until the last step is done.

    The last step shows ``consequence(cleaned)`` and ``figures(cleaned)`` and calls ``service`` with
    ``actor``, ``now`` and everything that the steps' forms gave.
    """

    template_name = "screens/wizard.html"
    steps: ClassVar[Sequence[Step]] = ()
    service: ClassVar[Callable[..., Any]]
    confirm_label: ClassVar[Words] = _("确认")
    button: ClassVar[Words] = _("确定办理")
    success: ClassVar[Words] = _("已办理。")
    success_url_name: ClassVar[str] = "home"

    @property
    def state_key(self) -> str:
        """Return where the session keeps what was typed."""
        rest = ":".join(str(value) for key, value in self.kwargs.items() if key != "step")
        return f"wizard:{type(self).__name__}:{rest}"

    def state(self) -> dict[str, str]:
        """Return what was typed: a query string per step."""
        return dict(self.request.session.get(self.state_key, {}))

    def address(self, step: str) -> str:
        """Return the address of a step."""
        match = self.request.resolver_match
        name = match.view_name if match else ""
        return reverse(name, kwargs={**self.kwargs, "step": step})

    def form_for(self, step: Step, data: QueryDict | None = None) -> forms.BaseForm:
        """Return a step's form, filled with what was typed before."""
        kept = self.state().get(step.name)
        given = data if data is not None else (QueryDict(kept) if kept is not None else None)
        form: forms.BaseForm = step.form_class(data=given, **self.form_arguments(step))
        for field in form.fields.values():
            native_input(field)
            worded_blank(field)
        return form

    def form_arguments(self, step: Step) -> dict[str, Any]:
        """Return further arguments of a step's form."""
        return {}

    def consequence(self, cleaned: dict[str, Any]) -> Words:
        """Return the sentence of the last step."""
        raise NotImplementedError

    def figures(self, cleaned: dict[str, Any]) -> Sequence[tuple[Words, Any]]:
        """Return the figures of the last step."""
        return ()

    def success_url(self, result: Any) -> str:
        """Return where to go afterwards."""
        return own_url(result) or url_or_blank(self.success_url_name)

    def cleaned(self) -> tuple[dict[str, Any], Step | None]:
        """Return all cleaned values, and the first step that still has a mistake."""
        values: dict[str, Any] = {}
        for step in self.steps:
            form = self.form_for(step)
            if not form.is_bound or not form.is_valid():
                return values, step
            values |= form.cleaned_data
        return values, None

    def marks(self, here: str) -> list[StepMark]:
        """Return the steps for the head of the page."""
        names = [*(step.name for step in self.steps), CONFIRM]
        labels = [*(step.label for step in self.steps), self.confirm_label]
        at = names.index(here)
        done = self.state()
        return [
            StepMark(
                number + 1,
                label,
                self.address(name) if name in done or number < at else "",
                "here" if number == at else ("done" if name in done else "ahead"),
            )
            for number, (name, label) in enumerate(zip(names, labels, strict=True))
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the step of the address; without one go to the first."""
        asked = self.kwargs.get("step")
        if asked is None:
            raise Http404
        if asked == CONFIRM:
            return self.show_confirm()
        step = self.step_named(asked)
        return self.show(step, self.form_for(step))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep the step and go on; at the last one do the work."""
        asked = self.kwargs.get("step")
        if asked == CONFIRM:
            return self.finish()
        step = self.step_named(asked)
        form = self.form_for(step, request.POST)
        if not form.is_valid():
            return self.show(step, form, status=400)
        kept = request.POST.copy()
        kept.pop("csrfmiddlewaretoken", None)
        request.session[self.state_key] = {**self.state(), step.name: kept.urlencode()}
        names = [*(one.name for one in self.steps), CONFIRM]
        return HttpResponseRedirect(self.address(names[names.index(step.name) + 1]))

    def step_named(self, name: Any) -> Step:
        """Return a step or 404."""
        step = next((one for one in self.steps if one.name == name), None)
        if step is None:
            raise Http404
        return step

    def show(self, step: Step, form: forms.BaseForm, status: int = 200) -> HttpResponse:
        """Show a step."""
        names = [one.name for one in self.steps]
        at = names.index(step.name)
        context = self.get_context_data(
            form=form,
            step=step,
            marks=self.marks(step.name),
            back=self.address(names[at - 1]) if at else "",
        )
        return self.render_to_response(context, status=status)

    def show_confirm(self, refusal: str = "", status: int = 200) -> HttpResponse:
        """Show the last step; an unfinished one before it comes first."""
        values, wrong = self.cleaned()
        if wrong is not None:
            return HttpResponseRedirect(self.address(wrong.name))
        context = self.get_context_data(
            step=None,
            marks=self.marks(CONFIRM),
            consequence=self.consequence(values),
            figures=self.figures(values),
            refusal_text=refusal,
            button=self.button,
            back=self.address(self.steps[-1].name),
        )
        return self.render_to_response(context, status=status)

    def finish(self) -> HttpResponse:
        """Call the service once and forget what was typed."""
        values, wrong = self.cleaned()
        if wrong is not None:
            return HttpResponseRedirect(self.address(wrong.name))
        try:
            with transaction.atomic():
                claimed = claim_submission(
                    token=str(self.request.POST.get("form_token", "")),
                    user_id=self.request.actor.user_id,
                    now=self.request.now,
                )
                service = type(self).service
                result = service(actor=self.request.actor, now=self.request.now, **values)
                url = self.success_url(result)
                note_result(claimed, url)
        except SentBefore as again:
            return HttpResponseRedirect(again.url or url_or_blank("home"))
        except Refusal as refusal:
            return self.show_confirm(str(refusal), refusal.status)
        self.request.session.pop(self.state_key, None)
        messages.success(self.request, str(self.success))
        return HttpResponseRedirect(url)
