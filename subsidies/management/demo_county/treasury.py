"""Taking a demo programme through its year, each step by the service that staff would use."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from povedu.scope import Actor
from povedu.terms import Term
from schools.models import Division
from students.choices import Hardship
from subsidies.models import DisbursementBatch, Programme
from subsidies.services.awards import RunResult, approve_awards, propose_awards
from subsidies.services.batching import make_batch
from subsidies.services.disbursement import (
    approve_batch,
    close_batch,
    freeze_batch,
    release_batch,
)
from subsidies.services.notices import draft_notice, publish_notice, take_down
from subsidies.services.programmes import (
    SourceShare,
    add_standard,
    save_programme,
    set_source_rules,
)
from subsidies.services.receipts import enter_receipt
from subsidies.services.returns import settle_batch

POOR = [str(Hardship.REGISTERED_POOR)]
BEGINNING = date(2015, 9, 1)


def at(day: date) -> datetime:
    """Return the morning of a day."""
    return datetime.combine(day, time(10, 30), timezone.get_default_timezone())


class Treasury:
    """Enter programmes, and take each through its year."""

    def __init__(self, county: Division, actors: dict[str, Actor]) -> None:
        self.county = county
        self.maker = actors["aid"]
        self.checker = actors["aid-head"]
        self.finance = actors["finance"]

    def programme(
        self,
        code: str,
        name: str,
        cadence: str,
        standards: Iterable[dict[str, Any]],
        **fields: Any,
    ) -> Programme:
        """Enter one programme of the county's own with its standards."""
        now = at(BEGINNING)
        programme = save_programme(
            actor=self.maker,
            now=now,
            county=self.county,
            code=code,
            name=name,
            cadence=cadence,
            starts_on=BEGINNING,
            document="青政办发〔2015〕31号",
            **fields,
        )
        for standard in standards:
            add_standard(
                programme=programme, starts_on=BEGINNING, actor=self.maker, now=now, **standard
            )
        return programme

    def sources(self, programme: Programme, year: int, *shares: SourceShare) -> None:
        """Set who pays in a year."""
        set_source_rules(
            programme=programme,
            year=year,
            shares=shares,
            actor=self.maker,
            now=at(date(year, 1, 10)),
        )

    def award(self, programme: Programme, term: str, day: date, reason: str = "") -> RunResult:
        """Propose, publicise where needed, and have somebody else approve."""
        when = Term.parse(term)
        result = propose_awards(programme=programme, term=when, actor=self.maker, now=at(day))
        approved_on = day
        if programme.needs_notice:
            notice = draft_notice(programme=programme, term=when, actor=self.maker, now=at(day))
            notice = publish_notice(notice=notice, actor=self.maker, now=at(day))
            approved_on = notice.ends_on + timedelta(days=1)
            take_down(notice=notice, actor=self.maker, now=at(approved_on))
        approve_awards(
            programme=programme,
            term=when,
            actor=self.checker,
            now=at(approved_on),
            reason=reason,
        )
        for source, amount in result.by_source.items():
            enter_receipt(
                county=self.county,
                programme=programme,
                source=source,
                amount=Decimal(amount),
                received_on=approved_on,
                document=f"青财教〔{day.year}〕{programme.pk}号",
                actor=self.finance,
                now=at(approved_on),
            )
        return result

    def send(self, programme: Programme, term: str, day: date) -> DisbursementBatch:
        """Batch what is due, freeze, have somebody else approve, send to the bank."""
        batch = make_batch(
            programme=programme,
            term=Term.parse(term),
            actor=self.maker,
            now=at(day),
            due_by=day,
        )
        batch = freeze_batch(batch=batch, actor=self.maker, now=at(day))
        batch = approve_batch(batch=batch, actor=self.checker, now=at(day))
        return release_batch(batch=batch, actor=self.maker, now=at(day))

    def settle(
        self, batch: DisbursementBatch, day: date, returned: dict[int, str] | None = None
    ) -> None:
        """Take the bank's answer; close the batch where nothing came back."""
        settle_batch(batch=batch, settled_on=day, actor=self.maker, now=at(day), returned=returned)
        batch.refresh_from_db()
        if not returned:
            close_batch(batch=batch, actor=self.maker, now=at(day))

    def pay(self, programme: Programme, term: str, day: date) -> None:
        """Send and settle on one day."""
        self.settle(self.send(programme, term, day - timedelta(days=3)), day)


def standard(stage: str, year: str, instalment: str, **more: Any) -> dict[str, Any]:
    """Return a programme's standard for the registered poor of a stage, in yuan."""
    return {
        "stage": stage,
        "year_amount": Decimal(year),
        "instalment_amount": Decimal(instalment),
        "categories": POOR,
        **more,
    }
