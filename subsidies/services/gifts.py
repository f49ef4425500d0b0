"""Donors and gifts: promised, received, delivered by a second person; sponsors and consent."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.ledger.choices import Account, FundSource
from povedu.ledger.services import Leg, post_many
from povedu.money import fen
from povedu.scope import Actor
from povedu.terms import Term
from schools.models import School
from students.models import Student
from subsidies.choices import ProgrammeKind
from subsidies.models import Donor, Gift, Programme, Sponsorship


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
    received_on: date | None = None,
) -> Gift:
    """Record a gift to a student; somebody else records that it was delivered."""
    with transaction.atomic():
        [gift] = enter_gifts(
            programme=programme,
            rows=[(donor, student, given_on, amount, item, None)],
            actor=actor,
            now=now,
        )
        if received_on is not None:
            receive_gift(gift=gift, received_on=received_on, actor=actor, now=now)
    return gift


GiftRow = tuple[Donor, Student, date, Decimal, str, date | None]


def enter_gifts(
    *,
    programme: Programme,
    rows: list[GiftRow],
    actor: Actor,
    now: datetime,
    listed_by: int | None = None,
) -> list[Gift]:
    """Record many gifts of a programme at once; each counts on its own.

    ``listed_by`` is who uploaded a list that somebody else brings in: they count as who entered its
    gifts, so that a day of delivery in the list has two people behind it. Without a list a gift
    cannot be entered as delivered.
    """
    if programme.kind != ProgrammeKind.GIFT:
        raise Refusal(
            "not-a-gift-programme", _("请选择性质为“社会捐助”的项目。"), field="programme"
        )
    if any(student.school_id is None for _donor, student, *_rest in rows):
        raise Refusal("no-school", _("学生没有就读学校，不能登记捐助。"), field="student")
    if listed_by is None and any(settled_on for *_rest, settled_on in rows):
        raise Refusal("delivered-by-maker", _("交付由登记人以外的人登记，请先登记捐助。"))
    maker = listed_by or actor.user_id
    checker = actor.user_id if maker != actor.user_id else None
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
                    delivered_by_id=checker if settled_on else None,
                    entered_by_id=maker,
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


def receive_gift(*, gift: Gift, received_on: date, actor: Actor, now: datetime) -> Gift:
    """Record that the office has the money or the thing, once."""
    _not_ahead(received_on, now, "received_on")
    with transaction.atomic():
        moved = Gift.objects.filter(
            pk=gift.pk, received_on=None, settled_on=None, cancelled_on=None
        ).update(received_on=received_on)
        if not moved:
            raise Conflict("gift-moved", _("这笔捐助刚被他人更新，请刷新后核对。"))
        gift.refresh_from_db()
        _recorded("gift.receive", gift, actor, now, {"received_on": ("", str(received_on))})
    return gift


def cancel_gift(*, gift: Gift, reason: str, actor: Actor, now: datetime) -> Gift:
    """Take back a promise that came to nothing; what was received is delivered, not cancelled."""
    with transaction.atomic():
        moved = Gift.objects.filter(
            pk=gift.pk, received_on=None, settled_on=None, cancelled_on=None
        ).update(cancelled_on=timezone.localtime(now).date(), cancel_reason=reason)
        if not moved:
            raise Conflict("gift-moved", _("已收到或已交付的捐助不能撤销。"))
        gift.refresh_from_db()
        _recorded("gift.cancel", gift, actor, now, {}, reason)
    return gift


def deliver_gift(*, gift: Gift, settled_on: date, actor: Actor, now: datetime) -> Gift:
    """Record that a student has a gift, and post it; not by who entered it."""
    _not_ahead(settled_on, now, "settled_on")
    [delivered] = settle_gifts(
        programme=gift.programme, gifts=[(gift, settled_on)], actor=actor, now=now
    )
    return delivered


def deliver_gifts(*, gifts: list[Gift], settled_on: date, actor: Actor, now: datetime) -> int:
    """Record that many gifts were delivered on a day; return how many."""
    by_programme: dict[int, list[Gift]] = defaultdict(list)
    for gift in gifts:
        by_programme[gift.programme_id].append(gift)
    with transaction.atomic():
        for programme, some in zip(
            Programme.objects.filter(pk__in=by_programme).order_by("pk"),
            (by_programme[key] for key in sorted(by_programme)),
            strict=True,
        ):
            settle_gifts(
                programme=programme,
                gifts=[(gift, settled_on) for gift in some],
                actor=actor,
                now=now,
            )
    return len(gifts)


def settle_gifts(
    *,
    programme: Programme,
    gifts: list[tuple[Gift, date]],
    actor: Actor,
    now: datetime,
    listed_by: int | None = None,
) -> list[Gift]:
    """Record that gifts have been handed over, each on its day, and post them; once.

    Refuses where whoever delivers entered one of them; of a list either of its two people will do.
    Raises Conflict where one of them was settled by somebody else.
    """
    with transaction.atomic():
        waiting = Gift.objects.select_for_update().filter(
            pk__in=[gift.pk for gift, _day in gifts], settled_on=None, cancelled_on=None
        )
        if len(list(waiting.values_list("pk"))) != len(gifts):
            raise Conflict("gift-settled", _("部分捐助刚被他人登记交付，请刷新后核对。"))
        settled = []
        for gift, day in gifts:
            gift.settled_on = day
            gift.delivered_by_id = _second_person(gift, actor.user_id, listed_by)
            settled.append(gift)
        Gift.objects.bulk_update(settled, ["settled_on", "delivered_by"], batch_size=500)
        record(
            actor=actor,
            now=now,
            verb="gift.settle",
            subject=programme,
            count=len(settled),
            place=(programme.county_id, ""),
        )
        _post_gifts(programme, settled, actor, now)
    return settled


def _second_person(gift: Gift, actor_id: int, listed_by: int | None) -> int | None:
    """Return who stands behind a delivery besides who entered the gift."""
    second = next((one for one in (actor_id, listed_by) if one and one != gift.entered_by_id), None)
    if second is None and listed_by is None:
        raise Refusal("maker-is-checker", _("登记人不能登记自己所登记捐助的交付，请由他人办理。"))
    return second


def _not_ahead(day: date, now: datetime, field: str) -> None:
    if day > timezone.localtime(now).date():
        raise Refusal("date-ahead", _("日期尚未到来。请核对。"), field=field)


def _recorded(
    verb: str,
    row: Gift | Sponsorship,
    actor: Actor,
    now: datetime,
    changes: dict[str, tuple[str, str]],
    reason: str = "",
) -> None:
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=row,
        changes=changes,
        reason=reason,
        place=(row.donor.county_id, ""),
    )


def _post_gifts(programme: Programme, gifts: list[Gift], actor: Actor, now: datetime) -> None:
    schools = School.objects.filter(pk__in={gift.school_id for gift in gifts})
    codes = dict(schools.values_list("pk", "code"))
    legs = [
        Leg(
            gift.pk,
            gift.settled_on,
            account,
            sign * fen(gift.amount),
            FundSource.SOCIAL,
            programme.code,
            codes[gift.school_id],
            Term.on(gift.settled_on).code,
            f"gift:{gift.pk}",
        )
        for gift in gifts
        if gift.settled_on is not None
        for account, sign in ((Account.EXPENSE, 1), (Account.INCOME, -1))
    ]
    if legs:
        post_many(county_code=programme.county_id[:6], legs=legs, actor=actor, now=now)


def sponsor(
    *,
    donor: Donor,
    student: Student,
    starts_on: date,
    actor: Actor,
    now: datetime,
    note: str = "",
) -> Sponsorship:
    """Pair a donor with a student; the donor learns no name until a guardian agrees."""
    if donor.county_id != student.county_id:
        raise Refusal("other-county", _("学生不在捐助方所在的县。"), field="student")
    try:
        with transaction.atomic():
            pair = Sponsorship.objects.create(
                donor=donor,
                student=student,
                starts_on=starts_on,
                note=note,
                entered_by_id=actor.user_id,
                entered_at=now,
            )
            _recorded("sponsorship.enter", pair, actor, now, {"starts_on": ("", str(starts_on))})
    except IntegrityError as clash:
        raise Refusal("sponsored", _("该捐助方与该学生已结对。"), field="student") from clash
    return pair


def consent_to_name(
    *,
    sponsorship: Sponsorship,
    consented_on: date,
    consent_guardian: str,
    consent_evidence: str,
    actor: Actor,
    now: datetime,
) -> Sponsorship:
    """Record that a guardian lets the donor know name and school: who, when, on what paper."""
    _not_ahead(consented_on, now, "consented_on")
    new = {
        "consented_on": consented_on,
        "consent_guardian": consent_guardian,
        "consent_evidence": consent_evidence,
        "withdrawn_on": None,
    }
    return _change(sponsorship, {"ends_on": None}, new, ("sponsorship.consent", actor, now))


def withdraw_consent(
    *, sponsorship: Sponsorship, withdrawn_on: date, actor: Actor, now: datetime
) -> Sponsorship:
    """Record that the guardian has taken the consent back: from now on the donor sees a code."""
    _not_ahead(withdrawn_on, now, "withdrawn_on")
    if sponsorship.consented_on is None or withdrawn_on < sponsorship.consented_on:
        raise Refusal(
            "no-consent", _("没有同意记录，或撤回日期早于同意日期。"), field="withdrawn_on"
        )
    only = {"withdrawn_on": None}
    return _change(
        sponsorship, only, {"withdrawn_on": withdrawn_on}, ("sponsorship.withdraw", actor, now)
    )


def end_sponsorship(
    *, sponsorship: Sponsorship, ends_on: date, actor: Actor, now: datetime
) -> Sponsorship:
    """End a pairing; its gifts and the record of consent stay."""
    if ends_on < sponsorship.starts_on:
        raise Refusal("dates-out-of-order", _("结束日期早于开始日期。"), field="ends_on")
    return _change(
        sponsorship, {"ends_on": None}, {"ends_on": ends_on}, ("sponsorship.end", actor, now)
    )


def _change(
    pair: Sponsorship,
    only: dict[str, Any],
    new: dict[str, Any],
    about: tuple[str, Actor, datetime],
) -> Sponsorship:
    verb, actor, now = about
    with transaction.atomic():
        if not Sponsorship.objects.filter(pk=pair.pk, **only).update(**new):
            raise Conflict("sponsorship-moved", _("这条结对刚被他人更新，请刷新后核对。"))
        changes = {name: (str(getattr(pair, name) or ""), str(new[name] or "")) for name in new}
        pair.refresh_from_db()
        _recorded(verb, pair, actor, now, changes)
    return pair
