"""Whether migrant workers' children have their share in every programme."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens import Button, Screen
from povedu.screens.screen import Words
from subsidies.selectors.migrants import shares
from subsidies.selectors.programmes import office_of


class MigrantShare(Screen):
    """The share of migrant workers' children at school and in each programme of the term."""

    action = "subsidies.award.view"
    title = gettext_lazy("随迁子女受助情况")
    hint = gettext_lazy("各项目受助人数中随迁子女所占比例，与在校学生中的比例对照。")
    template_name = "subsidies/migrants.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the term in view."""
        whole, lines = shares(self.scope, self.request.term, office_of(self.request.actor))
        return self.render_to_response(self.get_context_data(whole=whole, lines=lines))

    def heading(self) -> Words:
        """Name the term."""
        return f"{self.title} · {self.request.term.label}"

    def buttons(self) -> list[Button]:
        """Lead to the children."""
        return [
            Button(_("随迁子女名单"), reverse("students:migrant-list"), "students.student.view")
        ]
