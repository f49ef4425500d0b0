"""How a county pays: set by its administrator, one row per county."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from povedu.audit.services import changed_fields, record
from povedu.errors import Refusal
from povedu.scope import Actor
from schools.models import Division
from subsidies.models import PaymentRules
from subsidies.selectors.payment_rules import rules_of

FIELDS = (
    "second_from",
    "third_from",
    "checks_cash",
    "encoding",
    "freeze_days",
    "approve_days",
    "release_days",
    "return_days",
    "close_days",
)


def set_payment_rules(
    *, county: Division, actor: Actor, now: datetime, **fields: Any
) -> PaymentRules:
    """Set a county's rules of paying; batches already frozen keep the levels they were given.

    Raises Refusal where the third level does not begin above the second.
    """
    second, third = fields.get("second_from"), fields.get("third_from")
    if third is not None and (second is None or third <= second):
        raise Refusal(
            "levels-not-rising", _("三级审批的起点须高于二级审批的起点。"), field="third_from"
        )
    with transaction.atomic():
        kept = rules_of(county.pk)
        before = {name: getattr(kept, name) for name in FIELDS}
        for name in FIELDS:
            setattr(kept, name, fields.get(name, before[name]))
        kept.save()
        record(
            actor=actor,
            now=now,
            verb="payment-rules.set",
            subject=kept,
            changes=changed_fields(before, {name: getattr(kept, name) for name in FIELDS}),
            place=(county.pk, ""),
        )
    return kept
