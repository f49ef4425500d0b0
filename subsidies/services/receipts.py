"""Money that arrives."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from povedu.audit.services import record
from povedu.ledger.choices import Account
from povedu.ledger.services import Leg, post
from povedu.money import fen
from povedu.scope import Actor
from schools.models import Division
from subsidies.models import FundReceipt, Programme


def enter_receipt(
    *,
    county: Division,
    source: str,
    amount: Decimal,
    received_on: date,
    actor: Actor,
    now: datetime,
    programme: Programme | None = None,
    document: str = "",
) -> FundReceipt:
    """Record money that arrived from a source and post it to the ledger."""
    with transaction.atomic():
        receipt = FundReceipt.objects.create(
            county=county,
            programme=programme,
            source=source,
            amount=amount,
            received_on=received_on,
            document=document,
            entered_by_id=actor.user_id,
        )
        record(
            actor=actor,
            now=now,
            verb="receipt.enter",
            subject=receipt,
            changes={"amount": ("", str(amount)), "source": ("", source)},
            place=(county.pk, ""),
        )
        code = programme.code if programme else ""
        subject, value = f"receipt:{receipt.pk}", fen(amount)
        legs = [
            Leg(1, received_on, Account.CASH, value, source, code, subject=subject),
            Leg(1, received_on, Account.INCOME, -value, source, code, subject=subject),
        ]
        post(county_code=county.pk[:6], legs=legs, actor=actor, now=now)
    return receipt
