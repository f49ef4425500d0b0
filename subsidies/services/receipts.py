"""Money that arrives, gifts and who gives them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.errors import Refusal
from povedu.ledger.choices import Account, FundSource
from povedu.ledger.services import Leg, post, post_many
from povedu.money import fen
from povedu.scope import Actor
from povedu.terms import Term
from schools.models import Division
from students.models import Student
from subsidies.choices import ProgrammeKind
from subsidies.models import Donor, FundReceipt, Gift, Programme


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


def save_donor(*, actor: Actor, now: datetime, donor: Donor | None = None, **fields: Any) -> Donor:
    """Enter or change a donor."""
    with transaction.atomic():
        kept = donor or Donor()
        before = {name: getattr(kept, name, None) for name in fields} if donor else {}
        for name, value in fields.items():
            setattr(kept, name, value)
        kept.save()
        changes = {
            name: (before.get(name, ""), fields[name]) for name in fields if name != "county"
        }
        record(
            actor=actor,
            now=now,
            verb="donor.save",
            subject=kept,
            changes=changes,
            place=(kept.county_id, ""),
        )
    return kept


def enter_gift(
    *,
    programme: Programme,
    donor: Donor,
    student: Student,
    given_on: date,
    amount: Decimal,
    actor: Actor,
    now: datetime,
    item: str = "",
    settled_on: date | None = None,
) -> Gift:
    """Record a gift to a student; settled, it is posted as social money that came and went."""
    gifts = enter_gifts(
        programme=programme,
        rows=[(donor, student, given_on, amount, item, settled_on)],
        actor=actor,
        now=now,
    )
    return gifts[0]


GiftRow = tuple[Donor, Student, date, Decimal, str, date | None]


def enter_gifts(
    *, programme: Programme, rows: list[GiftRow], actor: Actor, now: datetime
) -> list[Gift]:
    """Record many gifts of a programme at once; each counts on its own."""
    if programme.kind != ProgrammeKind.GIFT:
        raise Refusal(
            "not-a-gift-programme", _("请选择性质为“社会捐助”的项目。"), field="programme"
        )
    homeless = [student for _donor, student, *_rest in rows if student.school_id is None]
    if homeless:
        raise Refusal("no-school", _("学生没有就读学校，不能登记捐助。"), field="student")
    with transaction.atomic():
        gifts = Gift.objects.bulk_create(
            [
                Gift(
                    programme=programme,
                    donor=donor,
                    student=student,
                    school_id=student.school_id or 0,
                    given_on=given_on,
                    amount=amount,
                    item=item,
                    settled_on=settled_on,
                    entered_by_id=actor.user_id,
                )
                for donor, student, given_on, amount, item, settled_on in rows
            ],
            batch_size=1000,
        )
        record(
            actor=actor,
            now=now,
            verb="gift.enter",
            subject=programme,
            count=len(gifts),
            place=(programme.county_id, ""),
        )
        _post_gifts(programme, gifts, actor, now)
    return gifts


def _post_gifts(programme: Programme, gifts: list[Gift], actor: Actor, now: datetime) -> None:
    schools = dict(
        Student.objects.filter(
            county=programme.county_id, school__isnull=False, gifts__programme=programme
        ).values_list("school_id", "school__code")
    )
    legs = [
        Leg(
            gift.pk,
            gift.settled_on,
            account,
            sign * fen(gift.amount),
            FundSource.SOCIAL,
            programme.code,
            schools.get(gift.school_id, ""),
            Term.on(gift.settled_on).code,
            f"gift:{gift.pk}",
        )
        for gift in gifts
        if gift.settled_on is not None
        for account, sign in ((Account.EXPENSE, 1), (Account.INCOME, -1))
    ]
    if legs:
        post_many(county_code=programme.county_id[:6], legs=legs, actor=actor, now=now)
