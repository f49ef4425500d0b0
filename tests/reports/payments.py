"""Records that reports are made from."""

from datetime import date
from decimal import Decimal

from tests.factories import (
    AwardFactory,
    EnrolmentFactory,
    InstalmentFactory,
    PaymentFactory,
    PaymentSourceFactory,
    StandardFactory,
)


def pay(programme, student, *, term="2016-1", settled_on=date(2016, 12, 1), parts=None, **award):
    """Settle one payment of an award; ``parts`` are amounts by source."""
    parts = parts or {"central": Decimal(500)}
    total = sum(parts.values())
    period = award.pop("period", term)
    standard = programme.standards.first() or StandardFactory(programme=programme)
    made = programme.awards.filter(student=student, term=term).first()
    if made is None:
        enrolment = EnrolmentFactory(student=student, term=term)
        facts = {"enrolment": enrolment, "term": term, "amount": total, "standard": standard}
        made = AwardFactory(programme=programme, **facts, **award)
    part = InstalmentFactory(award=made, period=period, amount=total)
    paid = PaymentFactory(instalment=part, amount=total, state="settled", settled_on=settled_on)
    for source, amount in parts.items():
        PaymentSourceFactory(payment=paid, source=source, amount=amount)
    return paid
