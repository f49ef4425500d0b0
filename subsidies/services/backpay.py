"""Back-pay: forgotten cells become late awards or a late batch, by the ordinary way."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.errors import Refusal
from povedu.scope import Actor
from povedu.terms import Term
from subsidies.choices import BackPayKind, CellReason, CellState
from subsidies.models import AidCell, BackPay, Programme
from subsidies.services.awards import propose_awards
from subsidies.services.batching import make_batch
from subsidies.services.numbers import next_number

# Which cells a back-pay can help, and how: no award yet, or money that never went out.
_TO_AWARD = (CellState.MISSED,)
_TO_PAY = (CellState.OVERDUE, CellState.RETURNED)


def way_of(cell: AidCell) -> str:
    """Return how a back-pay helps a cell, "" where it does not.

    A quota is a soft limit: those beyond it may be awarded, with a reason at approval.
    """
    if cell.state in _TO_AWARD or cell.reason == CellReason.QUOTA_FULL:
        return BackPayKind.AWARDS
    return BackPayKind.PAYMENTS if cell.state in _TO_PAY else ""


def make_back_pays(
    *, cells: Iterable[AidCell], reason: str, actor: Actor, now: datetime
) -> list[BackPay]:
    """Make late awards or late batches of the cells that can be helped; one per programme and way.

    Late awards are proposed by the rules of a run, narrowed to these children, and go on to
    notice and approval by somebody else; late batches are drafts to be frozen and approved. All
    or nothing. Raises Refusal where no cell can be helped, or a programme's money or cards are
    not there.
    """
    if not reason.strip():
        raise Refusal("reason-missing", _("请写明补发事由。"), field="reason")
    groups: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    for cell in cells:
        way = way_of(cell)
        if way:
            groups[(cell.programme_id, cell.matrix.term, way)].append(cell.student_id)
    if not groups:
        raise Refusal(
            "nothing-to-back-pay",
            _("所选的格都不能补发：只有“应助未助”“漏发”“退回待更正”和指标已满的可以补发。"),
        )
    with transaction.atomic():
        return [
            _make(Programme.objects.get(pk=programme), term, way, students, reason, actor, now)
            for (programme, term, way), students in sorted(groups.items())
        ]


def _make(
    programme: Programme,
    term: str,
    way: str,
    students: list[int],
    reason: str,
    actor: Actor,
    now: datetime,
) -> BackPay:
    today = timezone.localtime(now).date()
    made = BackPay(
        number=next_number(BackPay, "BF", programme.county_id, today),
        county_id=programme.county_id,
        programme=programme,
        term=term,
        kind=way,
        reason=reason[:200],
        made_by_id=actor.user_id,
        made_at=now,
    )
    when = Term.parse(term)
    if way == BackPayKind.AWARDS:
        made.run_id = uuid.uuid4()
        run = propose_awards(
            programme=programme,
            term=when,
            actor=actor,
            now=now,
            job_id=made.run_id,
            students=students,
        )
        if not run.proposed:
            raise Refusal(
                "nothing-to-back-pay",
                _("“%(programme)s”：按现在的资料，所选学生都不能再作资助决定，请重新计算资助矩阵。")
                % {"programme": programme},
            )
        made.students_count, made.amount = run.proposed, Decimal(run.amount)
    else:
        title = _("补发：%(programme)s %(term)s") % {"programme": programme, "term": when.label}
        batch = make_batch(
            programme=programme, term=when, actor=actor, now=now, title=title, students=students
        )
        made.batch, made.amount = batch, batch.amount
        paid = batch.payments.values("instalment__award__student").distinct()
        made.students_count = paid.count()
    made.save()
    record(
        actor=actor,
        now=now,
        verb="back-pay.make",
        subject=made,
        changes={"kind": ("", way), "amount": ("", str(made.amount))},
        reason=reason,
        count=made.students_count,
        place=(programme.county_id, ""),
    )
    return made
