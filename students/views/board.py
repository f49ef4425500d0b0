"""The queue counted by township and school: who has how much to settle, and what is overdue."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens import Button, Screen
from povedu.screens.screen import Words, row_or_404
from schools import selectors as places
from schools.models import Division
from students.filters.settling import NONE
from students.selectors.board import Board as Counted
from students.selectors.board import Line, board

VIEW = "students.finding.view"
STATES = (
    ("no", gettext_lazy("未交办")),
    ("waiting", gettext_lazy("等学校答复")),
    ("overdue", gettext_lazy("其中逾期")),
    ("answered", gettext_lazy("已答复待审核")),
)


class Figure(NamedTuple):
    """A number and the address of the findings behind it; "" where there are none to open."""

    number: int
    url: str
    is_late: bool = False


class FindingBoard(Screen):
    """Open findings by township; a township's, and what a township or school sees, by school."""

    action = VIEW
    title = gettext_lazy("差异分布")
    hint = gettext_lazy("待处理的差异在哪些乡镇、哪些学校；点数字处理这一格。")
    template_name = "students/board.html"

    @cached_property
    def township(self) -> Division | None:
        """Return the township of the address, None without one; out of scope is a 404."""
        if set(self.request.GET) - {"township"}:
            raise BadRequest("unknown query parameter")
        code = self.request.GET.get("township")
        if code is None:
            return None
        found = row_or_404(places.townships(self.scope), pk=code)
        assert isinstance(found, Division)  # noqa: S101  # the selector's model
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the counts."""
        today = timezone.localtime(self.request.now).date()
        small = self.scope.school_code is not None or len(self.scope.division_prefix) > 6
        found = board(
            self.scope, today, self.township, by_school=small or self.township is not None
        )
        context = self.get_context_data(
            found=found,
            kinds=[kind.label for kind in found.kinds],
            states=[label for _key, label in STATES],
            lines=[
                (one, self._figures(found, one), self._inside(found, one)) for one in found.lines
            ],
            sums=self._figures(found, None),
        )
        return self.render_to_response(context)

    def _figures(self, found: Counted, line: Line | None) -> Sequence[Figure]:
        """Return a line's figures, or their sums: total, how far they are, by kind."""
        of = line or found.whole
        place = self._place(found, line)
        counts: list[tuple[int, dict[str, str]]] = [(of.total, {})]
        held = (of.unasked, of.waiting, of.overdue, of.answered)
        counts += [(count, {"asked": key}) for count, (key, _l) in zip(held, STATES, strict=True)]
        counts += [(of.kinds[kind], {"kind": str(kind)}) for kind in found.kinds]
        return [
            Figure(
                count,
                _queue(place | more) if count and of.can_open else "",
                bool(count) and more.get("asked") == "overdue",
            )
            for count, more in counts
        ]

    def _place(self, found: Counted, line: Line | None) -> dict[str, str]:
        place = {"township": str(self.township.pk)} if self.township else {}
        if line is None:
            return place
        if found.by_school:
            return place | {"school": line.key or NONE}
        return {"township": line.key.ljust(12, "0") if line.key else NONE}

    def _inside(self, found: Counted, line: Line) -> str:
        """Return the address of a township's schools."""
        if found.by_school or not line.key:
            return ""
        return f"{reverse('students:finding-board')}?township={line.key.ljust(12, '0')}"

    def heading(self) -> Words:
        """Name the township."""
        return f"{self.title} · {self.township.name}" if self.township else self.title

    def buttons(self) -> list[Button]:
        """Lead to the queue, and from a township back to the county."""
        found = [Button(_("差异处理"), _queue(self._here()), VIEW, "bi-ui-checks")]
        if self.township and len(self.scope.division_prefix) <= 6:
            found.append(Button(_("全部乡镇"), reverse("students:finding-board"), VIEW))
        return found

    def _here(self) -> dict[str, str]:
        return {"township": str(self.township.pk)} if self.township else {}


def _queue(asked: dict[str, str]) -> str:
    url = reverse("students:finding-queue")
    return f"{url}?{urlencode(asked)}" if asked else url
