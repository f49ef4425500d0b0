"""Awards that a change has overtaken: what happened and what follows; and what was done."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from povedu.money import fen
from povedu.scope import Scope
from povedu.terms import Term
from students.choices import EnrolmentState
from students.models import Enrolment, HardshipStatus
from subsidies.choices import AwardChangeKind, AwardState, PaymentState
from subsidies.models import Award, AwardChange, Instalment, Payment
from subsidies.rules.changes import Consequence, Standing, consequence
from subsidies.selectors.programmes import for_office

_LIVE = (PaymentState.PENDING, PaymentState.SENT, PaymentState.SETTLED)
_OPEN = (AwardState.PROPOSED, AwardState.PUBLICISED, AwardState.GRANTED, AwardState.SUSPENDED)


class Overtaken(NamedTuple):
    """An award with what follows for it; ``unpaid`` are its parts that nothing pays, with fen."""

    award_id: int
    state: str
    school_id: int
    now_school_id: int | None
    now_enrolment_id: int | None
    unpaid: tuple[tuple[int, int], ...]
    in_batch: bool
    consequence: Consequence


class _AwardRow(NamedTuple):
    pk: int
    state: str
    student_id: int
    student_state: str
    school_id: int
    term: str
    programme_id: int
    ends_on: date | None
    excludes_risk_removed: bool
    hardship_id: int | None
    categories: list[str]


class _Part(NamedTuple):
    pk: int
    amount: Decimal
    due_on: date
    school_id: int | None


def award_changes(scope: Scope, office: str = "") -> QuerySet[AwardChange]:
    """Return what changes did to awards of the schools in scope, at either school of a transfer."""
    here = scope.q(division="from_school__division_id", school="from_school__code")
    there = scope.q(division="to_school__division_id", school="to_school__code")
    return (
        AwardChange.objects.filter(here | there, for_office(office, "award__programme__office"))
        .select_related("award__student", "award__programme", "from_school", "to_school", "made_by")
        .order_by("-made_at", "-pk")
    )


def overtaken(county_id: str) -> list[Overtaken]:
    """Return the awards of a county that a change has overtaken and that nobody has followed up.

    Awards with a part still to be paid, or still to be granted. A fixed number of queries.
    """
    unpaid = Instalment.objects.filter(
        ~Exists(Payment.objects.filter(instalment=OuterRef("pk"), state__in=_LIVE)),
        stopped_at__isnull=True,
    )
    rows = Award.objects.filter(
        Exists(unpaid.filter(award=OuterRef("pk"))),
        programme__county=county_id,
        state__in=_OPEN,
    )
    awards = [_AwardRow(*row) for row in rows.order_by("pk").values_list(*_COLUMNS)]
    return _Facts(awards, rows, unpaid).overtaken()


_COLUMNS = (
    "pk",
    "state",
    "student_id",
    "student__state",
    "school_id",
    "term",
    "programme_id",
    "programme__ends_on",
    "programme__excludes_risk_removed",
    "hardship_id",
    "standard__categories",
)


class _Facts:
    """What matters about many awards, read in columns."""

    def __init__(
        self, awards: list[_AwardRow], rows: QuerySet[Award], unpaid: QuerySet[Instalment]
    ) -> None:
        self.awards = awards
        mine = rows.values("pk")
        students = rows.values("student_id")
        self.parts: dict[int, list[_Part]] = {}
        for award, pk, amount, due_on, school in unpaid.filter(award__in=mine).values_list(
            "award_id", "pk", "amount", "due_on", "school_id"
        ):
            self.parts.setdefault(award, []).append(_Part(pk, amount, due_on, school))
        live = Payment.objects.filter(instalment__award__in=mine, state__in=_LIVE)
        self.paid = set(live.values_list("instalment__award_id", flat=True))
        pending = live.filter(state=PaymentState.PENDING)
        self.in_batch = set(pending.values_list("instalment__award_id", flat=True))
        self.seats: dict[tuple[int, str], list[tuple[int, int, str]]] = {}
        terms = {one.term for one in awards}
        for student, term, pk, school, state in (
            Enrolment.objects.filter(student__in=students, term__in=terms)
            .order_by("pk")
            .values_list("student_id", "term", "pk", "school_id", "state")
        ):
            self.seats.setdefault((student, term), []).append((pk, school, state))
        self.held: dict[int, list[HardshipStatus]] = {}
        for status in HardshipStatus.objects.filter(student__in=students).order_by("pk"):
            self.held.setdefault(status.student_id, []).append(status)
        changes = AwardChange.objects.filter(award__in=mine).order_by("pk")
        self.last_kind = dict(changes.values_list("award_id", "kind"))
        self.once_lost = set(
            changes.filter(kind=AwardChangeKind.HARDSHIP_ENDED).values_list("award_id", flat=True)
        )

    def overtaken(self) -> list[Overtaken]:
        """Ask the rule about each award."""
        found = []
        for one in self.awards:
            seat = self._now(one)
            follows = consequence(self._standing(one, seat[1] if seat else None))
            if follows is None:
                continue
            parts = self.parts.get(one.pk, [])
            if follows.kind == AwardChangeKind.PROGRAMME_ENDED and one.ends_on is not None:
                parts = [part for part in parts if part.due_on >= one.ends_on]
            if follows.kind == AwardChangeKind.TRANSFERRED and seat is not None:
                parts = [part for part in parts if part.school_id != seat[1]]
                if not parts:  # they have followed the child already
                    continue
            found.append(
                Overtaken(
                    one.pk,
                    one.state,
                    one.school_id,
                    seat[1] if seat else None,
                    seat[0] if seat else None,
                    tuple((part.pk, fen(part.amount)) for part in parts),
                    one.pk in self.in_batch,
                    follows,
                )
            )
        return found

    def _now(self, one: _AwardRow) -> tuple[int, int] | None:
        """Return the enrolment and school where the child studies in the term instead."""
        for pk, school, state in self.seats.get((one.student_id, one.term), ()):
            if school != one.school_id and state == EnrolmentState.STUDYING:
                return pk, school
        return None

    def _standing(self, one: _AwardRow, now_school: int | None) -> Standing:
        own = [
            state
            for _pk, school, state in self.seats.get((one.student_id, one.term), ())
            if school == one.school_id
        ]
        opening = Term.parse(one.term).starts_on
        counted = set(one.categories)
        held = [
            status
            for status in self.held.get(one.student_id, ())
            if not counted or status.category in counted
        ]
        live = [status for status in held if status.ends_on is None or status.ends_on > opening]
        at_risk = [
            status
            for status in live
            if status.risk_removed_on is None or status.risk_removed_on > opening
        ]
        by_register = one.hardship_id is not None
        parts = self.parts.get(one.pk, ())
        ended = [part for part in parts if one.ends_on and part.due_on >= one.ends_on]
        whole_end = len(ended) == len(parts) and one.pk not in self.paid
        over = bool(ended)
        return Standing(
            one.state,
            one.student_state,
            own[-1] if own else "",
            now_school,
            self.last_kind.get(one.pk) == AwardChangeKind.SUSPENDED,
            by_register and one.excludes_risk_removed and bool(live) and not at_risk,
            # Once somebody has looked at it and paid on, it is not asked again.
            by_register and not live and one.pk not in self.once_lost,
            over,
            whole_end if over else one.pk not in self.paid,
        )


def due_count(rows: Iterable[Overtaken]) -> dict[str, int]:
    """Return how many awards each kind of change has overtaken."""
    found: dict[str, int] = {}
    for one in rows:
        kind = str(one.consequence.kind)
        found[kind] = found.get(kind, 0) + 1
    return dict(sorted(found.items()))
