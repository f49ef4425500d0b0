"""A page that names a consequence, with its figures, and a button that brings it about."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from povedu.screens.forms import FormScreen
from povedu.screens.screen import Words


class NoQuestions(forms.Form):
    """An action that asks for nothing more."""


class ActionScreen(FormScreen):
    """Do one thing to one row (or to many, without ``lookup`` in the address).

    GET says what will happen, with counts; POST does it once. Set ``form_class`` where the action
    needs a reason or a date. ``figures`` are (label, number) pairs shown under the sentence.
    """

    template_name = "screens/action.html"
    form_class: ClassVar[type[forms.BaseForm]] = NoQuestions
    button: ClassVar[Words] = _("确定办理")
    success: ClassVar[Words] = _("已办理。")
    sentence: ClassVar[Words] = ""

    def consequence(self) -> Words:
        """Return the sentence that says what will happen."""
        return self.sentence

    def figures(self) -> Sequence[tuple[Words, Any]]:
        """Return the figures that belong to the sentence."""
        return ()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the sentence and its figures."""
        return super().get_context_data(
            consequence=self.consequence(), figures=self.figures(), **kwargs
        )
