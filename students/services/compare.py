"""Comparing two states of one list, and keeping what changed so that it can be read at leisure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.bulk import insert_rows
from povedu.errors import Refusal
from povedu.scope import Actor
from povedu.terms import Term
from schools.models import Division
from students.choices import Basis, ChangeKind
from students.models import Change, Comparison, Reconciliation, RegisterSnapshot
from students.rules.comparing import (
    Difference,
    register_differences,
    roster_differences,
    run_differences,
)
from students.selectors import comparisons as reads

Side = RegisterSnapshot | Term | Reconciliation
_FIELDS = (
    *("comparison", "kind", "name", "division_code", "before", "after", "from_division_code"),
    *("school_code", "stage", "household_no", "student_key"),
)
_BASES: dict[type, Basis] = {
    RegisterSnapshot: Basis.SNAPSHOTS,
    Term: Basis.TERMS,
    Reconciliation: Basis.RUNS,
}


@dataclass(frozen=True, slots=True)
class Compared:
    """Two sides compared and not yet written."""

    county: Division
    before: Side
    after: Side
    sizes: tuple[int, int]
    differences: list[Difference]


def read_sides(*, county: Division, before: Side, after: Side) -> Compared:
    """Read both sides in a fixed number of queries and compare them; nothing is written.

    The later side stands last, whichever was named first. Refuses two sides that are one, and
    sides that are not states of the same list.
    """
    _check_sides(before, after, county)
    if _order(after) < _order(before):
        before, after = after, before
    if isinstance(before, RegisterSnapshot) and isinstance(after, RegisterSnapshot):
        old, new = reads.listed_in(before), reads.listed_in(after)
        changed = register_differences(old, new)
        return _compared(county, before, after, (len(old), len(new)), changed)
    if isinstance(before, Term) and isinstance(after, Term):
        first, last = reads.rostered_in(county, before), reads.rostered_in(county, after)
        found = roster_differences(first, last, years=after.year - before.year)
        return _compared(county, before, after, (len(first), len(last)), found)
    if isinstance(before, Reconciliation) and isinstance(after, Reconciliation):
        was, now = reads.placed_in(before), reads.placed_in(after)
        return _compared(county, before, after, (len(was), len(now)), run_differences(was, now))
    raise Refusal("sides-differ", _("所选两期不是同一种名单，不能对照。"))


def sides_named(*, county: Division, basis: str, keys: tuple[str, str]) -> tuple[Side, Side]:
    """Return the two sides that keys name; one that is not there, or another county's, refuses."""
    found = [_side(county, basis, key) for key in keys]
    if found[0] is None or found[1] is None:
        raise Refusal("side-gone", _("所选的一期已不存在，请重新选择。"))
    return found[0], found[1]


def _side(county: Division, basis: str, key: str) -> Side | None:
    if basis == Basis.TERMS:
        return Term.parse(key)
    if not key.isdigit():
        return None
    if basis == Basis.SNAPSHOTS:
        return RegisterSnapshot.objects.filter(county=county, pk=int(key)).first()
    return Reconciliation.objects.filter(county=county, pk=int(key)).first()


def compare(
    *, county: Division, before: Side, after: Side, actor: Actor, now: datetime
) -> Comparison:
    """Compare two sides and keep the outcome in place of an earlier one of the same two."""
    compared = read_sides(county=county, before=before, after=after)
    with transaction.atomic():
        return keep(compared=compared, actor=actor, now=now)


def keep(*, compared: Compared, actor: Actor, now: datetime) -> Comparison:
    """Write a comparison inside the caller's transaction."""
    before, after = compared.before, compared.after
    counts = Counter(str(one.kind) for one in compared.differences)
    named = {
        "county": compared.county,
        "basis": _BASES[type(before)],
        "before_key": _key(before),
        "after_key": _key(after),
    }
    Comparison.objects.filter(**named).delete()
    comparison = Comparison.objects.create(
        **named,
        register=before.kind if isinstance(before, RegisterSnapshot) else "",
        before_on=reads.day_of(before),
        after_on=reads.day_of(after),
        before_count=compared.sizes[0],
        after_count=compared.sizes[1],
        changes_count={kind: counts[kind] for kind in ChangeKind.values if counts[kind]},
        made_at=now,
    )
    order = {kind: place for place, kind in enumerate(ChangeKind)}
    differences = sorted(
        compared.differences,
        key=lambda one: (order[one.kind], one.division, one.household_no, one.name),
    )
    insert_rows(Change, _FIELDS, ((comparison.pk, *_columns(one)) for one in differences))
    record(
        actor=actor,
        now=now,
        verb="comparison.make",
        subject=comparison,
        count=len(differences),
        place=(compared.county.pk, ""),
    )
    return comparison


def _columns(one: Difference) -> tuple[object, ...]:
    cut = one._replace(kind=ChangeKind(one.kind), before=one.before[:120], after=one.after[:120])
    return (str(cut.kind), *cut[1:])


def _compared(
    county: Division,
    before: Side,
    after: Side,
    sizes: tuple[int, int],
    found: Iterable[Difference],
) -> Compared:
    return Compared(county, before, after, sizes, list(found))


def _check_sides(before: Side, after: Side, county: Division) -> None:
    if type(before) is not type(after) or (
        isinstance(before, RegisterSnapshot)
        and isinstance(after, RegisterSnapshot)
        and before.kind != after.kind
    ):
        raise Refusal("sides-differ", _("所选两期不是同一种名单，不能对照。"), field="after")
    if _key(before) == _key(after):
        raise Refusal("sides-same", _("所选两期是同一份，请另选一期。"), field="after")
    for side in (before, after):
        if not isinstance(side, Term) and side.county_id != county.pk:
            raise Refusal("sides-differ", _("所选两期不属于同一个县，不能对照。"), field="after")


def _order(side: Side) -> tuple[date, int]:
    return reads.day_of(side), 0 if isinstance(side, Term) else side.pk


def _key(side: Side) -> str:
    return side.code if isinstance(side, Term) else str(side.pk)
