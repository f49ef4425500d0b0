"""Proposing awards set-wise, approving, suspending and cancelling them."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.bulk import insert_rows
from povedu.errors import Conflict, Refusal
from povedu.money import yuan
from povedu.scope import Actor
from povedu.terms import Term
from subsidies.choices import AwardState, NoticeState, ObjectionState, PaymentState, Skip
from subsidies.models import Award, AwardSource, Instalment, Objection, Payment, Programme
from subsidies.rules.instalments import Part, plan
from subsidies.rules.sources import Draw, draw
from subsidies.selectors.eligibility import Chosen, decide
from subsidies.selectors.programmes import quota_use, source_lines, used_sources

_AWARD_FIELDS = (
    "student",
    "programme",
    "term",
    "school",
    "enrolment",
    "stage",
    "grade",
    "class_name",
    "major",
    "is_boarder",
    "tier",
    "hardship",
    "determination",
    "standard",
    "amount",
    "budget_year",
    "state",
    "explanation",
    "job_id",
    "proposed_by",
    "proposed_at",
    "cancel_reason",
)


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


def day_that_counts(term: Term, today: date) -> date:
    """Return the day whose hardships and standards count: today, kept within the term."""
    return min(max(today, term.starts_on), term.ends_on - timedelta(days=1))


def propose_awards(
    *,
    programme: Programme,
    term: Term,
    actor: Actor,
    now: datetime,
    job_id: uuid.UUID | None = None,
    as_of: date | None = None,
) -> RunResult:
    """Compute a programme's awards for a term over the whole county and write them as proposed.

    1. Decide about every child (identity confirmed only). 2. Draw the sources in order, the
    registered poor first; whom the money does not reach is left out. 3. Write awards, their
    sources and instalments set-wise. A second run adds only what is missing.

    Raises Refusal where the budget year has no source rules.
    """
    today = timezone.localtime(now).date()
    with transaction.atomic():
        programme = Programme.objects.select_for_update().get(pk=programme.pk)
        decisions = decide(programme, term, as_of or day_that_counts(term, today))
        lines = source_lines(programme, today.year)
        if decisions.chosen and not lines:
            raise Refusal(
                "no-source-rule",
                _("“%(programme)s”还没有登记 %(year)d 年度的资金分担规则，请先登记。")
                % {"programme": programme, "year": today.year},
            )
        chosen = sorted(
            decisions.chosen,
            key=lambda one: (not one.is_poor, one.candidate.school_code, one.candidate.student_id),
        )
        plans = _plans(programme, term, chosen)
        totals = [sum(part.amount_fen for part in plans[one.standard.id]) for one in chosen]
        draws = draw(totals, lines, used_sources(programme, today.year))
        covered = [
            (one, total, share)
            for one, total, share in zip(chosen, totals, draws, strict=True)
            if share is not None
        ]
        run_id = job_id or uuid.uuid4()
        _write(programme, term, covered, plans, run_id, actor, now)
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


def _plans(programme: Programme, term: Term, chosen: Sequence[Chosen]) -> dict[int, list[Part]]:
    """Return the instalments that each standard gives."""
    standards = {one.standard.id: one.standard for one in chosen}
    return {
        pk: plan(programme.cadence, standard.instalment_fen, term)
        for pk, standard in standards.items()
    }


Covered = tuple[Chosen, int, Draw]


def _write(
    programme: Programme,
    term: Term,
    covered: Sequence[Covered],
    plans: Mapping[int, Sequence[Part]],
    run_id: uuid.UUID,
    actor: Actor,
    now: datetime,
) -> None:
    year = timezone.localtime(now).year
    money = {total: yuan(total) for _one, total, _share in covered}
    insert_rows(
        Award,
        _AWARD_FIELDS,
        (
            (
                one.candidate.student_id,
                programme.pk,
                term.code,
                one.candidate.school_id,
                one.candidate.enrolment_id,
                one.candidate.stage,
                one.candidate.grade,
                one.candidate.class_name,
                one.candidate.major,
                one.candidate.is_boarder,
                one.standard.tier,
                one.hardship_id,
                one.determination_id,
                one.standard.id,
                money[total],
                year,
                AwardState.PROPOSED,
                one.explanation,
                run_id,
                actor.user_id,
                now,
                "",
            )
            for one, total, _share in covered
        ),
    )
    numbers = dict(Award.objects.filter(job_id=run_id).values_list("student_id", "pk"))
    parts = {
        pk: [(part.period, part.due_on, yuan(part.amount_fen)) for part in one]
        for pk, one in plans.items()
    }
    insert_rows(
        Instalment,
        ("award", "period", "due_on", "amount"),
        (
            (numbers[one.candidate.student_id], *part)
            for one, _total, _share in covered
            for part in parts[one.standard.id]
        ),
    )
    insert_rows(
        AwardSource,
        ("award", "source", "amount"),
        (
            (numbers[one.candidate.student_id], source, yuan(amount))
            for one, _total, share in covered
            for source, amount in share
        ),
    )


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
        programme = Programme.objects.select_for_update().get(pk=programme.pk)
        ready = awaiting_approval(programme, today).filter(term=term.code)
        if not ready.exists():
            raise Refusal("nothing-to-approve", _("没有可批准的资助：须公示的应在公示期满后批准。"))
        if ready.filter(proposed_by=actor.user_id).exists():
            raise Refusal("maker-is-checker", _("经办人不能批准自己拟定的资助，请由他人批准。"))
        _check_quota(programme, ready, reason)
        old = AwardState.PUBLICISED if programme.needs_notice else AwardState.PROPOSED
        expected = ready.count()
        count = Award.objects.filter(state=old, pk__in=ready.values("pk")).update(
            state=AwardState.GRANTED, granted_by=actor.user_id, granted_at=now
        )
        if count != expected:
            raise Conflict("awards-moved", _("部分资助刚被他人办理，请刷新后重试。"))
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


def _check_quota(programme: Programme, ready: QuerySet[Award], reason: str) -> None:
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


# --- changes afterwards -------------------------------------------------------------------------

_PAID = (PaymentState.PENDING, PaymentState.SENT, PaymentState.SETTLED)


def cancel_award(*, award: Award, reason: str, actor: Actor, now: datetime) -> Award:
    """Cancel an award that nothing has been or is being paid of; say why."""
    if not reason.strip():
        raise Refusal("reason-missing", _("请写明取消原因。"), field="reason")
    with transaction.atomic():
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
