"""Proposing awards set-wise, approving, suspending and cancelling them."""

import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.money import yuan
from povedu.scope import Actor
from povedu.terms import Term
from subsidies.choices import AwardState, NoticeState, ObjectionState, PaymentState, Skip
from subsidies.models import (
    Award,
    Objection,
    Payment,
    Programme,
    QuotaExcess,
)
from subsidies.rules.eligibility import day_that_counts
from subsidies.rules.sources import draw
from subsidies.selectors.eligibility import decide, in_order
from subsidies.selectors.programmes import source_lines, used_sources
from subsidies.selectors.quotas import QuotaUse, quota_use
from subsidies.services.award_rows import Covered, plans_of, write_awards
from subsidies.services.holding import hold_programme


@dataclass(slots=True)
class RunResult:
    """What a run over a programme's term did; money in yuan as text, fit for JSON."""

    programme: str
    term: str
    run_id: str
    proposed: int = 0
    amount: str = "0.00"
    by_source: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    quota: int | None = None
    actual: int = 0
    over_quota: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


def propose_awards(
    *,
    programme: Programme,
    term: Term,
    actor: Actor,
    now: datetime,
    job_id: uuid.UUID | None = None,
    as_of: date | None = None,
    students: Collection[int] | None = None,
) -> RunResult:
    """Compute a programme's awards for a term over the whole county and write them as proposed.

    ``students`` narrows the run to these children (a back-pay); the rules are the same.

    1. Decide about every child (identity confirmed only). 2. Draw the sources in order, the
    registered poor first; whom the money does not reach is left out. 3. Write awards, their
    sources and instalments set-wise. A second run adds only what is missing.

    Raises Refusal where the budget year has no source rules.
    """
    today = timezone.localtime(now).date()
    with transaction.atomic():
        programme = hold_programme(programme.pk)
        counted_on = as_of or day_that_counts(term, today)
        decisions = decide(programme, term, counted_on, students=students)
        lines = source_lines(programme, today.year)
        if decisions.chosen and not lines:
            raise Refusal(
                "no-source-rule",
                _("“%(programme)s”还没有登记 %(year)d 年度的资金分担规则，请先登记。")
                % {"programme": programme, "year": today.year},
            )
        chosen = in_order(programme, decisions.chosen)
        plans = plans_of(programme, term, chosen)
        totals = [sum(part.amount_fen for part in plans[one.standard.id]) for one in chosen]
        draws = draw(totals, lines, used_sources(programme, today.year))
        covered = [
            (one, total, share)
            for one, total, share in zip(chosen, totals, draws, strict=True)
            if share is not None
        ]
        run_id = job_id or uuid.uuid4()
        write_awards(programme, term, covered, plans, run_id, actor, now)
        result = _result(programme, term, run_id, covered, decisions.counts(), today.year)
        missed = len(chosen) - len(covered)
        if missed:
            result.skipped[str(Skip.NO_MONEY)] = missed
        record(
            actor=actor,
            now=now,
            verb="award.propose",
            subject=programme,
            changes={"term": ("", term.code), "amount": ("", result.amount)},
            count=result.proposed,
            job_id=run_id if job_id else None,
            place=(programme.county_id, ""),
        )
    return result


def _result(
    programme: Programme,
    term: Term,
    run_id: uuid.UUID,
    covered: Sequence[Covered],
    skipped: dict[str, int],
    year: int,
) -> RunResult:
    by_source: Counter[str] = Counter()
    for _one, _total, share in covered:
        by_source.update(dict(share))
    use = quota_use(programme, year)
    return RunResult(
        programme=programme.code,
        term=term.code,
        run_id=str(run_id),
        proposed=len(covered),
        amount=str(yuan(sum(total for _one, total, _share in covered))),
        by_source={source: str(yuan(value)) for source, value in sorted(by_source.items())},
        skipped=skipped,
        quota=use.planned,
        actual=use.actual,
        over_quota=use.over,
    )


# --- approving ----------------------------------------------------------------------------------


def approve_awards(
    *, programme: Programme, term: Term, actor: Actor, now: datetime, reason: str = ""
) -> int:
    """Approve the awards of a programme's term that have been on show; return how many.

    Where the programme needs a notice, those whose notice is over and undisputed; else those
    proposed. Raises Refusal where there is none, where the approver proposed some of them, and
    where the year's quota is exceeded without a reason.
    """
    today = timezone.localtime(now).date()
    with transaction.atomic():
        programme = hold_programme(programme.pk)
        ready = awaiting_approval(programme, today).filter(term=term.code)
        if not ready.exists():
            raise Refusal("nothing-to-approve", _("没有可批准的资助：须公示的应在公示期满后批准。"))
        if ready.filter(proposed_by=actor.user_id).exists():
            raise Refusal("maker-is-checker", _("经办人不能批准自己拟定的资助，请由他人批准。"))
        excesses = _check_quota(programme, ready, reason)
        old = AwardState.PUBLICISED if programme.needs_notice else AwardState.PROPOSED
        expected = ready.count()
        count = Award.objects.filter(state=old, pk__in=ready.values("pk")).update(
            state=AwardState.GRANTED, granted_by=actor.user_id, granted_at=now
        )
        if count != expected:
            raise Conflict("awards-moved", _("部分资助刚被他人办理，请刷新后重试。"))
        QuotaExcess.objects.bulk_create(
            QuotaExcess(
                programme=programme,
                year=use.year,
                planned_count=use.planned or 0,
                actual_count=use.actual,
                reason=reason[:200],
                approved_by_id=actor.user_id,
                approved_at=now,
            )
            for use in excesses
        )
        record(
            actor=actor,
            now=now,
            verb="award.approve",
            subject=programme,
            changes={"state": (str(old), str(AwardState.GRANTED)), "term": ("", term.code)},
            reason=reason,
            count=count,
            place=(programme.county_id, ""),
        )
    return count


def awaiting_approval(programme: Programme, today: date) -> QuerySet[Award]:
    """Return the awards of a programme that may be approved on a day."""
    rows = Award.objects.filter(programme=programme)
    if not programme.needs_notice:
        return rows.filter(state=AwardState.PROPOSED)
    disputed = Objection.objects.filter(
        notice__programme=programme, state=ObjectionState.OPEN
    ).values("notice_id")
    return rows.filter(
        state=AwardState.PUBLICISED,
        notice__state__in=[NoticeState.PUBLISHED, NoticeState.TAKEN_DOWN],
        notice__ends_on__lte=today,
    ).exclude(notice_id__in=disputed)


def _check_quota(programme: Programme, ready: QuerySet[Award], reason: str) -> list[QuotaUse]:
    """Refuse an excess without a reason; return the years that are exceeded."""
    found = []
    years = ready.order_by("budget_year").values_list("budget_year", flat=True).distinct()
    for year in years:
        use = quota_use(programme, year)
        if use.over and not reason.strip():
            raise Refusal(
                "over-quota",
                _(
                    "%(year)d 年度计划 %(planned)d 人，现有 %(actual)d 人，"
                    "超出 %(over)d 人。请写明理由后再批准。"
                )
                % {
                    "year": year,
                    "planned": use.planned,
                    "actual": use.actual,
                    "over": use.over,
                },
                field="reason",
            )
        if use.over:
            found.append(use)
    return found


# --- changes afterwards -------------------------------------------------------------------------

_PAID = (PaymentState.PENDING, PaymentState.SENT, PaymentState.SETTLED)


def cancel_award(*, award: Award, reason: str, actor: Actor, now: datetime) -> Award:
    """Cancel an award that nothing has been or is being paid of; say why."""
    if not reason.strip():
        raise Refusal("reason-missing", _("请写明取消原因。"), field="reason")
    with transaction.atomic():
        hold_programme(award.programme_id)
        if Payment.objects.filter(instalment__award=award, state__in=_PAID).exists():
            raise Conflict(
                "award-paid", _("该资助已在发放或已发放，不能取消；如有差错请办理追回。")
            )
        moved = (
            Award.objects.filter(pk=award.pk)
            .exclude(state=AwardState.CANCELLED)
            .update(state=AwardState.CANCELLED, cancel_reason=reason[:200])
        )
        _moved(moved)
        _recorded(award, "award.cancel", AwardState.CANCELLED, reason, actor, now)
    award.refresh_from_db()
    return award


def suspend_award(*, award: Award, reason: str, actor: Actor, now: datetime) -> Award:
    """Stop paying a granted award for a while (suspension from school); say why."""
    return _swing(award, AwardState.GRANTED, AwardState.SUSPENDED, reason, actor, now)


def resume_award(*, award: Award, reason: str, actor: Actor, now: datetime) -> Award:
    """Go on paying a suspended award."""
    return _swing(award, AwardState.SUSPENDED, AwardState.GRANTED, reason, actor, now)


def _swing(
    award: Award, old: AwardState, new: AwardState, reason: str, actor: Actor, now: datetime
) -> Award:
    if not reason.strip():
        raise Refusal("reason-missing", _("请写明原因。"), field="reason")
    with transaction.atomic():
        _moved(Award.objects.filter(pk=award.pk, state=old).update(state=new))
        verb = "award.suspend" if new == AwardState.SUSPENDED else "award.resume"
        _recorded(award, verb, new, reason, actor, now)
    award.refresh_from_db()
    return award


def _moved(count: int) -> None:
    if not count:
        raise Conflict("award-moved", _("这条资助刚被他人办理，请刷新后核对。"))


def _recorded(
    award: Award, verb: str, new: AwardState, reason: str, actor: Actor, now: datetime
) -> None:
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=award,
        changes={"state": (award.state, str(new))},
        reason=reason,
        place=(award.school.division_id, award.school.code),
    )
