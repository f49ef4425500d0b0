"""A page with a form that ends in one service call."""

import copy
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from povedu.errors import Conflict, Refusal
from povedu.screens.details import ObjectScreen
from povedu.screens.screen import Words, own_url, url_or_blank
from povedu.screens.services import (
    SentBefore,
    claim_submission,
    note_result,
    refuse_second,
)

if TYPE_CHECKING:
    from django.db.models import Model

_WIDE = (forms.Textarea, forms.CheckboxSelectMultiple)  # what takes the whole width of a form


def native_input(field: forms.Field) -> None:
    """Let the browser's own date, time and number controls do the work."""
    widgets = getattr(field.widget, "widgets", None) or [field.widget]
    for widget in widgets:
        if isinstance(widget, forms.DateTimeInput):
            widget.input_type, widget.format = "datetime-local", "%Y-%m-%dT%H:%M"
        elif isinstance(widget, forms.DateInput):
            widget.input_type, widget.format = "date", "%Y-%m-%d"
        elif isinstance(widget, forms.TextInput) and isinstance(field, forms.DecimalField):
            widget.attrs.setdefault("inputmode", "decimal")


def worded_blank(field: forms.Field) -> None:
    """Ask for a choice in words where Django draws dashes."""
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label:
            field.empty_label = _("（请选择）")
    elif isinstance(field, forms.ChoiceField):
        field.choices = [
            (key, _("（请选择）") if key in ("", None) and str(label).startswith("---") else label)
            for key, label in list(field.choices)  # type: ignore[arg-type]  # the setter has made it iterable
        ]


class FormScreen(ObjectScreen):
    """Create (no ``lookup`` in the address) or update one row through a service.

    The service is called with ``actor``, ``now``, the row under ``object_argument`` when there is
    one, and the cleaned form. A refusal becomes an error of the form, at ``field`` if it names one.
    """

    template_name = "screens/form.html"
    form_class: ClassVar[type[forms.BaseForm]]
    service: ClassVar[Callable[..., Any]]
    object_argument: ClassVar[str] = ""
    version_field: ClassVar[str] = ""  # compared, so that two people do not overwrite each other
    button: ClassVar[Words] = _("保存")
    danger: ClassVar[bool] = False
    success: ClassVar[Words] = _("已保存。")
    success_url_name: ClassVar[str] = ""  # without it: the result's own page
    wide_fields: ClassVar[Sequence[str]] = ()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        self.object = self.found()
        return self.show(self.make_form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check the form and call the service, once however often it is sent."""
        self.object = self.found()
        form = self.make_form()
        try:
            refuse_second(
                token=self.token(), user_id=self.request.actor.user_id, content=self.content()
            )
            if not form.is_valid():
                return self.show(form, status=400)
            url = self.carry_out(form)
        except SentBefore as again:
            url = again.url or self.request.path
        except Refusal as refusal:
            place = refusal.where.get("field")
            form.add_error(place if place in form.fields else None, str(refusal))
            return self.show(form, status=refusal.status)
        return self.leave(url)

    def heading(self) -> Words:
        """Name the page; a form with a title of its own keeps it."""
        return self.title or super().heading()

    def found(self) -> "Model | None":
        """Return the row of the address, None where the page creates one."""
        return self.load() if self.lookup in self.kwargs else None

    def token(self) -> str:
        """Return the token that makes this form count once; a program names it in a header."""
        given = self.request.POST.get("form_token") or self.request.headers.get("Idempotency-Key")
        return str(given or "")

    def content(self) -> str:
        """Return the digest of what was sent: address, answers and files, not the tokens."""
        if not self.token():
            return ""
        state = hashlib.sha256(self.request.path.encode())
        for name in sorted(set(self.request.POST) - {"csrfmiddlewaretoken", "form_token"}):
            state.update(json.dumps([name, self.request.POST.getlist(name)]).encode())
        for name in sorted(self.request.FILES):
            for file in self.request.FILES.getlist(name):
                state.update(hashlib.sha256(b"".join(file.chunks())).digest())
                file.seek(0)
        return state.hexdigest()

    def carry_out(self, form: forms.BaseForm) -> str:
        """Call the service inside the guard against a second click; return where it leads."""
        with transaction.atomic():
            claimed = claim_submission(
                token=self.token(),
                user_id=self.request.actor.user_id,
                now=self.request.now,
                content=self.content(),
            )
            self.check_version()
            result = type(self).service(**self.arguments(form))
            url = self.success_url(result)
            note_result(claimed, url)
        messages.success(self.request, str(self.success_message(result)))
        return url

    def check_version(self) -> None:
        """Refuse where the row has changed since the form was shown."""
        if not self.version_field or self.object is None:
            return
        if self.request.POST.get("form_version", "") != self.version():
            raise Conflict("changed-meanwhile", _("这条记录刚被他人修改。请刷新后核对再保存。"))

    def version(self) -> str:
        """Return what the row's version is now, "" for a new row."""
        if not self.version_field or self.object is None:
            return ""
        return str(getattr(self.object, self.version_field))

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        """Return the service's keyword arguments."""
        given: dict[str, Any] = {"actor": self.request.actor, "now": self.request.now}
        if self.object_argument and self.object is not None:
            given[self.object_argument] = self.object
        return {**given, **form.cleaned_data}

    def form_arguments(self) -> dict[str, Any]:
        """Return what the form is made with."""
        sent = self.request.method == "POST"
        given: dict[str, Any] = {
            "data": self.request.POST if sent else None,
            "files": self.request.FILES if sent else None,
        }
        if not sent:
            given["initial"] = self.initial()
        if issubclass(self.form_class, forms.BaseModelForm):
            # A copy: validation writes into the instance, the service wants the row as it was.
            given["instance"] = copy.copy(self.object)
        return given

    def initial(self) -> dict[str, Any]:
        """Return first values; of an existing row those of the same names."""
        if self.object is None:
            return {}
        names = [name for name in self.form_class.base_fields if hasattr(self.object, name)]  # type: ignore[attr-defined]  # set by the forms metaclass
        return {name: getattr(self.object, name) for name in names}

    def make_form(self) -> forms.BaseForm:
        """Return the form, with native controls."""
        form = self.form_class(**self.form_arguments())
        for name, field in form.fields.items():
            native_input(field)
            worded_blank(field)
            if name in self.wide_fields or isinstance(field.widget, _WIDE):
                field.widget.attrs["data-wide"] = "1"
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = field.widget.attrs.get("data-rows", "3")
        return form

    def show(self, form: forms.BaseForm, status: int = 200) -> HttpResponse:
        """Show the page with the form."""
        context = self.get_context_data(
            form=form,
            form_version=self.version(),
            button=self.button,
            danger=self.danger,
            back=self.back_url(),
        )
        return self.render_to_response(context, status=status)

    def back_url(self) -> str:
        """Return where "cancel" leads: the row's page, else the page above."""
        above = self.parents[-1][1] if self.parents else "home"
        return own_url(self.object) or url_or_blank(above)

    def success_url(self, result: Any) -> str:
        """Return where to go afterwards."""
        if self.success_url_name:
            return url_or_blank(self.success_url_name) or self.request.path
        return own_url(result) or self.back_url()

    def success_message(self, result: Any) -> Words:
        """Return the sentence shown afterwards."""
        return self.success

    def leave(self, url: str) -> HttpResponse:
        """Go on to another page."""
        if getattr(self.request, "htmx", False):
            response = HttpResponse(status=204)
            response["HX-Redirect"] = url
            return response
        return HttpResponseRedirect(url)
