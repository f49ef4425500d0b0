"""Giving people a jurisdiction, by two persons, and taking it away, by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.accounts.choices import GrantState, Role
from povedu.accounts.models import Grant, Jurisdiction, User
from povedu.accounts.rules import conflicting_role
from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.scope import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantTerms:
    """What is to be given: a role in an office over a place, between two dates.

    With ``on_behalf_of`` it is an acting appointment and must end; with ``takes_over`` the named
    jurisdiction of the predecessor ends on the day this one begins.
    """

    role: str
    division_prefix: str
    starts_on: date
    office: str = ""
    school_code: str = ""
    ends_on: date | None = None
    on_behalf_of: User | None = None
    takes_over: Jurisdiction | None = None


def request_grant(
    *, actor: Actor, now: datetime, user: User, terms: GrantTerms, reason: str
) -> Grant:
    """Ask that somebody be given a jurisdiction; nothing changes until a second person agrees."""
    _refuse_faulty(actor, user, terms, timezone.localtime(now).date())
    try:
        with transaction.atomic():
            grant = Grant.objects.create(
                user=user,
                role=terms.role,
                office=terms.office,
                division_prefix=terms.division_prefix,
                school_code=terms.school_code,
                starts_on=terms.starts_on,
                ends_on=terms.ends_on,
                on_behalf_of=terms.on_behalf_of,
                takes_over=terms.takes_over,
                reason=reason.strip(),
                requested_by_id=actor.user_id,
                requested_at=now,
            )
            record(
                actor=actor,
                now=now,
                verb="grant.request",
                subject=user,
                changes={"jurisdiction": [None, str(grant)]},
                reason=reason,
            )
    except IntegrityError:
        raise Conflict("grant-waits", _("同样的授权申请正在等待复核。")) from None
    return grant


def hand_over(
    *, actor: Actor, now: datetime, leaver: User, successor: User, starts_on: date, reason: str
) -> list[Grant]:
    """Ask that a successor take over all that a leaver answers for; one request for each part."""
    live = Jurisdiction.objects.filter(user=leaver).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=starts_on)
    )
    if not live:
        raise Refusal("nothing-to-hand-over", _("该人员没有可移交的管辖范围。"))
    with transaction.atomic():
        return [
            request_grant(
                actor=actor,
                now=now,
                user=successor,
                reason=reason,
                terms=GrantTerms(
                    role=one.role,
                    office=one.office,
                    division_prefix=one.division_prefix,
                    school_code=one.school_code,
                    starts_on=starts_on,
                    ends_on=one.ends_on,
                    on_behalf_of=one.on_behalf_of,
                    takes_over=one,
                ),
            )
            for one in live
        ]


def decide_grant(
    *, actor: Actor, now: datetime, grant: Grant, agree: bool, reason: str = ""
) -> Grant:
    """Agree to a request, which makes the jurisdiction, or send it back.

    Raises Refusal where the person asked for it or would receive it, Conflict where somebody else
    has decided in the meantime.
    """
    if actor.user_id in (grant.requested_by_id, grant.user_id):
        raise Refusal("grant-own", _("申请人和被授权人都不能复核，请由另一人办理。"))
    held = _held(grant.user, timezone.localtime(now).date())
    if agree:
        _refuse_conflict(held, grant.role)
    state = GrantState.APPROVED if agree else GrantState.REFUSED
    with transaction.atomic():
        won = Grant.objects.filter(pk=grant.pk, state=GrantState.WAITING).update(
            state=state, decided_by=actor.user_id, decided_at=now
        )
        if not won:
            raise Conflict("grant-decided", _("该申请已由他人处理，请刷新后查看。"))
        if agree:
            Grant.objects.filter(pk=grant.pk).update(jurisdiction=_give(grant))
        record(
            actor=actor,
            now=now,
            verb="grant.approve" if agree else "grant.refuse",
            subject=grant.user,
            changes={"jurisdiction": [None, str(grant)]},
            reason=reason,
        )
    grant.refresh_from_db()
    return grant


@transaction.atomic
def withdraw_grant(*, actor: Actor, now: datetime, grant: Grant) -> None:
    """Take back a request that nobody has decided yet; only whoever made it may."""
    won = Grant.objects.filter(
        pk=grant.pk, state=GrantState.WAITING, requested_by=actor.user_id
    ).update(state=GrantState.WITHDRAWN)
    if not won:
        raise Conflict("grant-decided", _("该申请已由他人处理，请刷新后查看。"))
    record(actor=actor, now=now, verb="grant.withdraw", subject=grant.user)


@transaction.atomic
def end_jurisdiction(
    *, actor: Actor, now: datetime, jurisdiction: Jurisdiction, reason: str
) -> None:
    """Take a jurisdiction away from today; the very next request of the person shows it."""
    if jurisdiction.user_id == actor.user_id:
        raise Refusal("own-account", _("不能变更自己的管辖范围，请由另一位安全管理员办理。"))
    today = timezone.localtime(now).date()
    ends_on = max(today, jurisdiction.starts_on)
    before = jurisdiction.ends_on
    _end(jurisdiction, ends_on)
    record(
        actor=actor,
        now=now,
        verb="jurisdiction.end",
        subject=jurisdiction.user,
        changes={str(jurisdiction): [before, ends_on]},
        reason=reason,
    )


def _give(grant: Grant) -> Jurisdiction:
    """Make the jurisdiction of an approved grant, and end the one it takes over."""
    if grant.takes_over is not None:
        _end(grant.takes_over, max(grant.starts_on, grant.takes_over.starts_on))
    given, _made = Jurisdiction.objects.update_or_create(
        user=grant.user,
        role=grant.role,
        office=grant.office,
        division_prefix=grant.division_prefix,
        school_code=grant.school_code,
        starts_on=grant.starts_on,
        defaults={"ends_on": grant.ends_on, "on_behalf_of": grant.on_behalf_of},
    )
    return given


def _end(jurisdiction: Jurisdiction, day: date) -> None:
    Jurisdiction.objects.filter(pk=jurisdiction.pk).update(ends_on=day)


def _held(user: User, day: date) -> Sequence[str]:
    """Return the roles that a person holds on a day or later."""
    live = Jurisdiction.objects.filter(user=user).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=day)
    )
    return list(live.values_list("role", flat=True))


def _refuse_conflict(held: Sequence[str], role: str) -> None:
    conflict = conflicting_role(held, role)
    if conflict is not None:
        raise Refusal(
            "roles-conflict",
            _("“%(wanted)s”不能与此人已有的“%(held)s”由同一人担任。")
            % {"wanted": Role(role).label, "held": Role(conflict).label},
        )


def _refuse_faulty(actor: Actor, user: User, terms: GrantTerms, today: date) -> None:
    """Refuse what the form or a program should not have asked for."""
    if user.pk == actor.user_id:
        raise Refusal("grant-own", _("不能为自己申请授权，请由另一位安全管理员办理。"))
    if not actor.scope.covers(
        division_code=terms.division_prefix, school_code=terms.school_code or None
    ):
        raise Refusal("grant-out-of-scope", _("只能授予您所管区划之内的管辖范围。"))
    if terms.role == Role.SCHOOL_CLERK and not terms.school_code:
        raise Refusal("school-missing", _("学校资助专干须写明学校代码。"))
    if terms.role in (Role.OFFICE_STAFF, Role.APPROVER) and not terms.office:
        raise Refusal("office-missing", _("股室经办和审批人须选择股室。"))
    if terms.ends_on is not None and terms.ends_on <= terms.starts_on:
        raise Refusal("dates-reversed", _("结束日期须晚于开始日期。"))
    if terms.on_behalf_of is not None and (
        terms.ends_on is None or terms.on_behalf_of.pk == user.pk
    ):
        raise Refusal("acting-dated", _("代理须写明结束日期，且不能代理自己。"))
    _refuse_conflict(_held(user, today), terms.role)
