"""Why a child gets what it gets, programme by programme: a page for clerk and parent."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens.details import ObjectScreen
from povedu.screens.screen import Words
from students.selectors.children import students
from subsidies.choices import ProgrammeKind
from subsidies.selectors.explaining import answers_for
from subsidies.selectors.programmes import office_of, programmes


class StudentReasons(ObjectScreen):
    """One student in the term in view: every programme with its answer; printable."""

    action = "subsidies.award.view"
    title = gettext_lazy("资助情况说明")
    selector = students
    template_name = "subsidies/reasons.html"

    def heading(self) -> Words:
        """Name the student and the term."""
        return _("%(student)s：%(term)s资助情况说明") % {
            "student": self.object,
            "term": self.request.term.label,
        }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the answers."""
        self.object = self.load()
        rows = programmes(self.scope, office_of(self.request.actor))
        answers = answers_for(
            self.scope,
            self.object,
            rows.exclude(kind=ProgrammeKind.GIFT),
            self.request.term,
            today=timezone.localtime(self.request.now).date(),
        )
        return self.render_to_response(self.get_context_data(answers=answers))
