"""Work queues: list left, comparison right, one key per decision, undo for a minute."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from povedu.errors import Refusal
from povedu.screens.lists import FilteredRows
from povedu.screens.screen import Words
from povedu.screens.services import SentBefore, claim_submission
from povedu.screens.weights import Weights

if TYPE_CHECKING:
    from django.db.models import QuerySet

UNDO_SECONDS = 60
BEFORE, AFTER = 20, 60  # neighbours shown in the left pane


@dataclass(frozen=True)
class Decision:
    """One way to settle an item: a big button and its key (1, 2, 3 …).

    ``tone`` is primary, plain or danger; ``asks_reason`` opens a line for the reason first.
    """

    name: str
    label: Words
    tone: str = "plain"
    hint: Words = ""
    asks_reason: bool = False


@dataclass(frozen=True)
class Comparison:
    """A line of the comparison: the same thing as two sources have it."""

    label: Words
    left: Any
    right: Any
    note: Words = ""

    @property
    def differs(self) -> bool:
        """Say whether the two differ."""
        return str(self.left or "") != str(self.right or "")

    @property
    def pieces(self) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
        """Return both texts cut into (text, differs) pieces."""
        return differing(str(self.left or ""), str(self.right or ""))


def differing(left: str, right: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Cut two texts into pieces that agree and pieces that do not."""
    ours: list[tuple[str, bool]] = []
    theirs: list[tuple[str, bool]] = []
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for tag, from_left, to_left, from_right, to_right in matcher.get_opcodes():
        changed = tag != "equal"
        if to_left > from_left:
            ours.append((left[from_left:to_left], changed))
        if to_right > from_right:
            theirs.append((right[from_right:to_right], changed))
    return ours, theirs


@dataclass(frozen=True)
class QueueItem:
    """What the right pane shows of one item; a side without a title is left out."""

    heading: Words
    kind: Words = ""
    left_title: Words = ""
    right_title: Words = ""
    comparisons: Sequence[Comparison] = ()
    evidence: Sequence[Words] = ()
    notes: Sequence[tuple[Words, Words]] = field(default_factory=tuple)
    weights: Weights | None = None


class QueueScreen(FilteredRows):
    """A queue of rows to settle one by one, at ``queue/`` and ``queue/<pk>/``.

    ``selector`` returns the open and settled rows in working order; ``pending`` narrows to the
    open ones. ``service(actor, now, <object_argument>, decision, reason)`` settles, ``undo_service
    (actor, now, <object_argument>)`` takes the last settlement back.
    """

    template_name = "screens/queue.html"
    decisions: ClassVar[Sequence[Decision]] = ()
    service: ClassVar[Callable[..., Any]]
    undo_service: ClassVar[Callable[..., Any] | None] = None
    object_argument: ClassVar[str] = "item"
    url_name: ClassVar[str] = ""  # of the page with a pk; the one without is this page's own
    empty_reason: ClassVar[Words] = ""

    def pending(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """Return the rows still open."""
        raise NotImplementedError

    def describe(self, row: Any) -> QueueItem:
        """Return what the right pane shows."""
        raise NotImplementedError

    def line(self, row: Any) -> tuple[Words, Words]:
        """Return the two lines of a row in the left pane."""
        return str(row), ""

    def decisions_for(self, row: Any) -> Sequence[Decision]:
        """Return the decisions offered for a row; position decides the key."""
        return self.decisions

    def progress(self) -> tuple[int, int]:
        """Return (settled, all) of the filtered rows."""
        rows = self.filtered()
        total = rows.count()
        return total - self.pending(rows).count(), total

    # Addresses.

    @property
    def place_key(self) -> str:
        """Return where the session remembers the place in this queue."""
        return f"queue:{type(self).__name__}"

    def address(self, pk: Any = None) -> str:
        """Return the address of an item, or of the queue, with the filters kept."""
        arguments = {key: value for key, value in self.kwargs.items() if key != "pk"}
        match = self.request.resolver_match
        name = self.url_name or (match.view_name if match else "")
        if pk is not None:
            arguments["pk"] = pk
        else:
            name = name.removesuffix("-item")
        text = self.request.GET.urlencode()
        return reverse(name, kwargs=arguments) + (f"?{text}" if text else "")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the item of the address; without one go to where the person stopped."""
        self.check_parameters()
        if "pk" not in self.kwargs:
            return self.resume()
        row = self.row_at(self.kwargs["pk"])
        request.session[self.place_key] = str(row.pk)
        done, total = self.progress()
        before, after = self.neighbours(row)
        position = [*before, row, *after]
        previous, following = (before[-1] if before else None), (after[0] if after else None)
        context = self.get_context_data(
            **self.bar(),
            row=row,
            item=self.describe(row),
            is_pending=self.pending(self.rows()).filter(pk=row.pk).exists(),
            lines=[(one, *self.line(one), self.address(one.pk)) for one in position],
            decisions=self.decisions_for(row),
            done=done,
            total=total,
            percent=int(done * 100 / total) if total else 100,
            previous_url=self.address(previous.pk) if previous else "",
            next_url=self.address(following.pk) if following else "",
            undo=self.undoable(),
        )
        return self.render_to_response(context)

    def resume(self) -> HttpResponse:
        """Go to the item where the person stopped, else to the first open one."""
        open_rows = self.pending(self.filtered())
        last = self.request.session.get(self.place_key)
        row = open_rows.filter(pk=last).first() if last else None
        row = row or open_rows.first()
        if row is not None:
            return HttpResponseRedirect(self.address(row.pk))
        done, total = self.progress()
        context = self.get_context_data(
            **self.bar(), row=None, done=done, total=total, percent=100, undo=self.undoable()
        )
        return self.render_to_response(context)

    def row_at(self, pk: Any) -> Any:
        """Return the row of an address; one that the filters leave out is still itself."""
        try:
            row = self.rows().filter(pk=pk).first()
        except (ValueError, TypeError):
            row = None
        if row is None:
            raise Http404
        return row

    def neighbours(self, row: Any) -> tuple[list[Any], list[Any]]:
        """Return the open rows around one, by the queue's order."""
        keys = list(self.pending(self.filtered()).values_list("pk", flat=True)[:5000])
        at = keys.index(row.pk) if row.pk in keys else 0
        around = keys[max(0, at - BEFORE) : at + AFTER + 1]
        rows = {one.pk: one for one in self.rows().filter(pk__in=around)}
        split = around.index(row.pk) if row.pk in around else 0
        before = [rows[key] for key in around[:split] if key in rows]
        rest = around[split + 1 :] if row.pk in around else around
        return before, [rows[key] for key in rest if key in rows]

    # Decisions.

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Settle the item, or take the last settlement back, or search."""
        self.check_parameters()
        if request.POST.get("do") == "search":
            return self.take_search()
        if request.POST.get("do") == "undo":
            return self.take_back()
        if "pk" not in self.kwargs:
            raise BadRequest("a decision needs its item")
        row = self.row_at(self.kwargs["pk"])
        chosen = {one.name: one for one in self.decisions_for(row)}
        decision = chosen.get(request.POST.get("decision", ""))
        if decision is None:
            raise BadRequest("unknown decision")
        reason = request.POST.get("reason", "").strip()
        if decision.asks_reason and not reason:
            raise Refusal("reason-missing", _("这项决定须写明理由。"))
        _before, after = self.neighbours(row)
        try:
            with transaction.atomic():
                self.claim()
                self.settle(row, decision, reason)
        except SentBefore:
            return HttpResponseRedirect(self.next_address(after))
        request.session[f"{self.place_key}:undo"] = {
            "pk": str(row.pk),
            "label": str(decision.label),
            "at": int(self.request.now.timestamp()),
        }
        return HttpResponseRedirect(self.next_address(after))

    def claim(self) -> None:
        """Let one form count once."""
        claim_submission(
            token=str(self.request.POST.get("form_token", "")),
            user_id=self.request.actor.user_id,
            now=self.request.now,
        )

    def settle(self, row: Any, decision: Decision, reason: str) -> None:
        """Call the service."""
        type(self).service(
            actor=self.request.actor,
            now=self.request.now,
            decision=decision.name,
            reason=reason,
            **{self.object_argument: row},
        )

    def next_address(self, after: list[Any]) -> str:
        """Return where to go after a decision: the next open item, else the queue."""
        self.request.session.pop(self.place_key, None)
        return self.address(after[0].pk) if after else self.address()

    def undoable(self) -> dict[str, Any] | None:
        """Return what can still be taken back: label and seconds left."""
        state = self.request.session.get(f"{self.place_key}:undo")
        if type(self).undo_service is None or not isinstance(state, dict):
            return None
        left = UNDO_SECONDS - (int(self.request.now.timestamp()) - int(state["at"]))
        return {**state, "left": left} if left > 0 else None

    def take_back(self) -> HttpResponse:
        """Undo the last decision and return to its item."""
        undo, state = type(self).undo_service, self.undoable()
        if undo is None or state is None:
            raise Refusal("undo-too-late", _("撤销时限（一分钟）已过，请在该条记录上重新办理。"))
        row = self.row_at(state["pk"])
        undo(actor=self.request.actor, now=self.request.now, **{self.object_argument: row})
        del self.request.session[f"{self.place_key}:undo"]
        return HttpResponseRedirect(self.address(row.pk))
