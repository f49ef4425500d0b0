"""Writing what a run has decided: awards, their instalments and their sources, set-wise."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from povedu.bulk import insert_rows
from povedu.money import yuan
from povedu.scope import Actor
from povedu.terms import Term
from subsidies.choices import AwardState
from subsidies.models import Award, AwardSource, Instalment, Programme
from subsidies.rules.instalments import Part, plan
from subsidies.rules.sources import Draw
from subsidies.selectors.eligibility import Chosen

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


def plans_of(programme: Programme, term: Term, chosen: Sequence[Chosen]) -> dict[int, list[Part]]:
    """Return the instalments that each standard gives."""
    standards = {one.standard.id: one.standard for one in chosen}
    return {
        pk: plan(programme.cadence, standard.instalment_fen, term, programme.skipped_months)
        for pk, standard in standards.items()
    }


Covered = tuple[Chosen, int, Draw]


def write_awards(
    programme: Programme,
    term: Term,
    covered: Sequence[Covered],
    plans: Mapping[int, Sequence[Part]],
    run_id: uuid.UUID,
    actor: Actor,
    now: datetime,
) -> None:
    """Write awards with their sources and instalments, as proposed by a run."""
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
