"""Writing what a run holds: only what the run before held otherwise, or not at all."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model, QuerySet

from povedu.bulk import insert_rows, update_rows
from schools.models import Division
from students.choices import LinkStage
from students.models import Link, PlacedChild, Reconciliation
from students.rules.matching import Pair
from students.rules.placing import Placed
from students.selectors.held import (
    RUNS_KEPT,
    links_of_term,
    places_of_term,
)
from students.selectors.partition import newest_run

_LINK = ("student", "entry", "stage", "automatic", "probability", "reason")
_PLACE = ("student", "entry", "place", "division_code", "stage", "returned", "case")


Rows = Sequence[tuple[Any, ...]]


def links_now(run: Reconciliation) -> QuerySet[Any]:
    """Return what ``write_links`` takes: the links that hold now, as rows with their keys."""
    return links_of_term(run).filter(missed_by=None).order_by().values_list(*_LINK, "pk")


def places_now(run: Reconciliation) -> QuerySet[Any]:
    """Return what ``write_places`` takes: the places that hold now, as rows with their keys."""
    return places_of_term(run).filter(missed_by=None).order_by().values_list(*_PLACE, "pk")


def write_links(run: Reconciliation, known: Rows, pairs: Iterable[Pair]) -> None:
    """Bring the links that hold now into line with a run's pairs."""
    _write(run, Link, _LINK, known, (pair[: len(_LINK)] for pair in pairs))


def write_places(run: Reconciliation, known: Rows, placed: Iterable[Placed]) -> None:
    """Bring the places that hold now into line with a run's."""
    _write(run, PlacedChild, _PLACE, known, placed)


def _write(
    run: Reconciliation,
    model: type[Model],
    names: Sequence[str],
    known: Rows,
    rows: Iterable[tuple[Any, ...]],
) -> None:
    held = {row[:-1]: row[-1] for row in known}
    fresh = [row for row in rows if held.pop(row, None) is None]
    _end(run, model, held.values())
    _begin(run, model, names, fresh)


def _end(run: Reconciliation, model: type[Model], keys: Iterable[int]) -> None:
    update_rows(model, ["missed_by"], [(key, run.pk) for key in keys])


def _begin(
    run: Reconciliation, model: type[Model], names: Sequence[str], rows: list[tuple[Any, ...]]
) -> None:
    insert_rows(
        model,
        ["reconciliation", "term", *names],
        ((run.pk, run.term, *row) for row in rows),
        streamed=True,
    )


def hold(run: Reconciliation) -> Reconciliation:
    """Wait for whoever writes the same rows; return the newest run of the county's term by then.

    Inside the caller's transaction, and the last that it waits for: whoever writes here already
    holds the findings and cases that the rows follow.
    """
    Division.objects.select_for_update(no_key=True).get(pk=run.county_id)
    return newest_run(run.county_id, run.term) or run


def replace_places(
    run: Reconciliation, rows: Sequence[tuple[int, str, int | None, bool]]
) -> Reconciliation:
    """Set place, case and return of children whom the newest run holds, by key of their rows.

    What earlier runs hold as well stays theirs: the newest then has a row of its own. Whom a run
    that ended meanwhile has placed anew stays there. Returns the newest run.
    """
    newest, changes = hold(run), {row[0]: row for row in rows}
    live = places_of_term(newest).filter(missed_by=None, pk__in=changes)
    found = list(live.values_list("pk", "reconciliation_id", *_PLACE))
    own = [row[0] for row in found if row[1] == newest.pk]
    carried = [row for row in found if row[1] != newest.pk]
    update_rows(PlacedChild, ["place", "case", "returned"], [changes[pk] for pk in own])
    _end(newest, PlacedChild, [row[0] for row in carried])
    fresh = []
    for pk, _first, student, entry, _place, division, stage, _returned, _case in carried:
        _pk, place, case, returned = changes[pk]
        fresh.append((student, entry, place, division, stage, returned, case))
    _begin(newest, PlacedChild, _PLACE, fresh)
    return newest


def mark_decided(run: Reconciliation, student: int, entry: int) -> list[int]:
    """Note on the newest run's link of two that a person joined them; return the link's key.

    What earlier runs hold as well stays theirs, as in ``replace_places``.
    """
    newest = hold(run)
    found = links_of_term(newest).filter(missed_by=None, student=student, entry=entry).first()
    if found is None:
        return []
    if found.reconciliation_id != newest.pk:
        _end(newest, Link, [found.pk])
        found.pk, found.reconciliation = None, newest
    found.stage = LinkStage.DECIDED
    found.save()
    return [found.pk]


def drop_detail_of_old_runs(run: Reconciliation) -> None:
    """Delete links and places that none of the runs holds that keep them."""
    alike = Reconciliation.objects.filter(county=run.county, term=run.term).order_by("-pk")
    oldest = alike.values_list("pk", flat=True)[RUNS_KEPT - 1 : RUNS_KEPT].first()
    if oldest is not None:
        links_of_term(run).filter(missed_by__lte=oldest).delete()
        places_of_term(run).filter(missed_by__lte=oldest).delete()
