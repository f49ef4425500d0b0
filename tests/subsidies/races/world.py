"""A county in which every race is prepared, and the list of the races."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from povedu.scope import Actor
from students.models import Student
from subsidies.models import Award, DisbursementBatch, Payment, Programme
from subsidies.services import batching, disbursement, returns
from tests.factories import actor_of
from tests.subsidies.county import AUTUMN, SHANGHAI_NOON, County
from tests.subsidies.races.harness import THREADS

NOW = SHANGHAI_NOON
DAY = NOW.date()
CHILDREN = 3
Act = Callable[[int], object]


class World:
    """A county, its children, twelve approvers, and what a race asks to be there."""

    def __init__(self) -> None:
        self.county = County()
        self.maker: dict[str, Any] = {"actor": self.county.maker, "now": NOW}
        self.checker: dict[str, Any] = {"actor": self.county.checker, "now": NOW}
        self.people: list[Actor] = [actor_of("approver", office="aid") for _ in range(THREADS)]
        self.children: list[Student] = self.county.children(CHILDREN)
        self.number = 0

    def by(self, number: int) -> dict[str, Any]:
        """Return who the so-manieth thread acts as."""
        return {"actor": self.people[number], "now": NOW}

    def fresh(self) -> int:
        """Return a number that no race has had."""
        self.number += 1
        return self.number

    def programme(self, **fields: Any) -> Programme:
        return self.county.programme(f"race{self.fresh()}", "500", **fields)

    def proposed(self, **fields: Any) -> Programme:
        made = self.programme(**fields)
        self.county.propose(made)
        return made

    def granted(self) -> Programme:
        made = self.programme()
        self.county.granted(made)
        return made

    def award(self, state: str = "granted") -> Award:
        programme = self.proposed() if state == "proposed" else self.granted()
        return Award.objects.filter(programme=programme).order_by("pk")[0]

    def draft(self) -> DisbursementBatch:
        return batching.make_batch(programme=self.granted(), term=AUTUMN, **self.maker)

    def frozen(self) -> DisbursementBatch:
        return disbursement.freeze_batch(batch=self.draft(), **self.maker)

    def approved(self) -> DisbursementBatch:
        return disbursement.approve_batch(batch=self.frozen(), **self.checker)

    def released(self) -> DisbursementBatch:
        return disbursement.release_batch(batch=self.approved(), **self.maker)

    def answered(self, returned: dict[int, str] | None = None) -> DisbursementBatch:
        batch = self.released()
        returns.settle_batch(batch=batch, settled_on=DAY, returned=returned, **self.maker)
        return batch

    def payment(self, *, settled: bool = True) -> Payment:
        batch = self.answered(None if settled else {1: "shut"})
        return batch.payments.select_related("batch__programme").get(line_no=1)


@dataclass(frozen=True)
class Race:
    """An action of money: how it is prepared, and how many of twelve may do it."""

    prepare: Callable[[World], Act]
    winners: int = field(default=1)


RACES: dict[str, Race] = {}


def race(name: str, winners: int = 1) -> Callable[[Callable[[World], Act]], Callable[[World], Act]]:
    """Enter a race; what is decorated prepares it and returns what each of the twelve does."""

    def enter(prepare: Callable[[World], Act]) -> Callable[[World], Act]:
        assert name not in RACES
        RACES[name] = Race(prepare, winners)
        return prepare

    return enter


def anew(row: Any, *related: str) -> Any:
    """Return a row as a request of its own would read it."""
    rows = type(row)._default_manager.all()
    return rows.select_related(*related).get(pk=row.pk) if related else rows.get(pk=row.pk)
