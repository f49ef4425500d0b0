"""Reading gifts: a donor's view without names, and public totals without small groups."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from povedu.money import ZERO
from povedu.protected import blind_index
from povedu.scope import Scope
from schools.choices import Stage
from subsidies.choices import DonorKind, GiftState
from subsidies.models import Donor, Gift, Sponsorship
from subsidies.rules.small_cells import hidden_cells, is_small
from subsidies.selectors.lines import settled_gifts


def live_consents() -> Q:
    """Return the filter of sponsorships whose guardian agrees to the name being told."""
    return Q(consented_on__isnull=False, withdrawn_on__isnull=True)


def sponsorships(scope: Scope) -> QuerySet[Sponsorship]:
    """Return the pairings with students of the schools in scope."""
    return (
        Sponsorship.objects.filter(
            scope.q(division="student__school__division_id", school="student__school__code")
        )
        .select_related("donor", "student__school", "entered_by")
        .order_by("-starts_on", "-pk")
    )


def gifts_in_state(rows: QuerySet[Gift], state: str) -> QuerySet[Gift]:
    """Keep the gifts that stand at a step of their life."""
    if state == GiftState.CANCELLED:
        return rows.filter(cancelled_on__isnull=False)
    if state == GiftState.DELIVERED:
        return rows.filter(settled_on__isnull=False)
    waiting = rows.filter(settled_on__isnull=True, cancelled_on__isnull=True)
    return waiting.filter(received_on__isnull=state == GiftState.PROMISED)


def waiting_for(scope: Scope, actor_id: int) -> QuerySet[Gift]:
    """Return the gifts that were received and that somebody other than the actor entered."""
    inside = scope.q(division="school__division_id", school="school__code")
    rows = Gift.objects.filter(inside).exclude(entered_by=actor_id)
    return gifts_in_state(rows, GiftState.RECEIVED)


def code_of(donor_id: int, student_id: int) -> str:
    """Return what a donor calls a student: stable for the two, unlike for every other donor."""
    mark = blind_index("sponsored", f"{donor_id}:{student_id}").upper()
    return f"{mark[:4]}-{mark[4:8]}"


def report_to(donor: Donor) -> QuerySet[Gift]:
    """Return a donor's gifts; ``may_name`` where a guardian agrees that the donor knows who."""
    agreed = Sponsorship.objects.filter(
        live_consents(), donor=donor, student=OuterRef("student"), ends_on__isnull=True
    )
    return (
        Gift.objects.filter(donor=donor, cancelled_on__isnull=True)
        .annotate(may_name=Exists(agreed))
        .select_related("programme", "student__school")
        .order_by("-given_on", "-pk")
    )


@dataclass(frozen=True, slots=True)
class Total:
    """A row of the public totals; None where the group is too small to be shown."""

    label: str
    persons: int | None
    gifts: int | None
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Totals:
    """A year's gifts for the public: tables that hide small groups, and what they sum to."""

    tables: list[tuple[str, list[Total]]]
    whole: Total
    donors: int | None
    in_kind: int | None


def public_totals(scope: Scope, year: int, labels: dict[str, str]) -> Totals:
    """Return the totals of a year's delivered gifts by programme, stage and kind of donor.

    ``labels`` names the three tables and the whole; a fixed number of queries.
    """
    given = settled_gifts(scope, year).order_by()
    stages, kinds = dict(Stage.choices), dict(DonorKind.choices)
    tables = [
        (labels["programme"], _table(given, "programme__name", {})),
        (labels["stage"], _table(given, "student__stage", stages)),
        (labels["donor"], _table(given, "donor__kind", kinds)),
    ]
    told = given.aggregate(
        persons=Count("student", distinct=True),
        gifts=Count("pk"),
        total=Sum("amount"),
        donors=Count("donor", distinct=True),
        in_kind=Count("pk", filter=~Q(item="")),
    )
    if is_small(told["persons"]):
        return Totals([], Total(labels["whole"], None, None, None), None, None)
    whole = Total(labels["whole"], told["persons"], told["gifts"], told["total"] or ZERO)
    return Totals(tables, whole, told["donors"], told["in_kind"])


def _table(given: QuerySet[Gift], by: str, words: dict[Any, Any]) -> list[Total]:
    rows = list(
        given.values_list(by)
        .annotate(persons=Count("student", distinct=True), gifts=Count("pk"), total=Sum("amount"))
        .order_by(by)
    )
    order = {key: at for at, key in enumerate(words)}
    rows.sort(key=lambda one: (order.get(one[0], len(order)), str(one[0])))
    hidden = hidden_cells({key: persons for key, persons, _gifts, _total in rows})
    return list(_totals(rows, hidden, words))


def _totals(
    rows: Iterable[tuple[str, int, int, Decimal]], hidden: set[str], words: dict[Any, Any]
) -> Iterable[Total]:
    for key, persons, gifts, total in rows:
        label = str(words.get(key, key))
        if key in hidden:
            yield Total(label, None, None, None)
        else:
            yield Total(label, persons, gifts, total)
