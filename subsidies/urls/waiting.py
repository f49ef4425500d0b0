"""What waits for whom."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.scope import Actor
from povedu.screens.todo import DUE, OVERDUE, Todo, TodoSource
from subsidies.choices import (
    AwardState,
    BatchState,
    NoticeState,
    ObjectionState,
    RecoveryState,
    ReliefState,
)
from subsidies.selectors import giving
from subsidies.selectors import loans as loan_selectors
from subsidies.selectors import payments as selectors
from subsidies.selectors.batches import overdue_batches
from subsidies.selectors.programmes import office_of
from subsidies.selectors.recoveries import recoveries


def _to_approve(actor: Actor, now: datetime) -> Iterable[Todo]:
    """Count what waits for an approver, not what they made themselves."""
    office, today = office_of(actor), timezone.localtime(now).date()
    others = selectors.batches(actor.scope, office).exclude(made_by=actor.user_id)
    frozen = others.filter(state=BatchState.FROZEN).count()
    yield Todo(
        _("待审批的发放批次"), frozen, reverse("subsidies:batch-list") + "?state=frozen", DUE
    )
    late = overdue_batches(actor.scope, office, today).filter(state=BatchState.FROZEN)
    yield Todo(
        _("审批逾期的发放批次"),
        late.exclude(made_by=actor.user_id).count(),
        reverse("subsidies:batch-list") + "?state=frozen&overdue=true",
        OVERDUE,
    )
    mine = selectors.awards(actor.scope, office).exclude(proposed_by=actor.user_id)
    shown = mine.filter(state=AwardState.PUBLICISED, notice__ends_on__lte=today).count()
    plain = mine.filter(state=AwardState.PROPOSED, programme__needs_notice=False).count()
    address = reverse("subsidies:award-list")
    yield Todo(_("公示期满待批准的资助"), shown, f"{address}?state=publicised", DUE)
    yield Todo(_("待批准的资助"), plain, f"{address}?state=proposed")
    papers = selectors.determinations(actor.scope, office).exclude(entered_by=actor.user_id)
    waiting = papers.filter(state="pending", step="bureau").count()
    address = reverse("subsidies:determination-list") + "?state=pending&step=bureau"
    yield Todo(_("待审核的困难认定"), waiting, address)
    asked = recoveries(actor.scope, office).exclude(made_by=actor.user_id)
    yield Todo(
        _("待审批的追回"),
        asked.filter(state=RecoveryState.PROPOSED).count(),
        reverse("subsidies:recovery-list") + "?state=proposed",
        DUE,
    )
    objections = selectors.objections(actor.scope, office).filter(state=ObjectionState.OPEN)
    yield Todo(
        _("待答复的公示异议"),
        objections.count(),
        reverse("subsidies:objection-list") + "?state=open",
        DUE,
    )


def _to_review(actor: Actor, now: datetime) -> Iterable[Todo]:
    """Count the applications that wait for the school's review by somebody else."""
    papers = selectors.determinations(actor.scope).exclude(entered_by=actor.user_id)
    waiting = papers.filter(state="pending", step="school").count()
    address = reverse("subsidies:determination-list") + "?state=pending&step=school"
    yield Todo(_("待学校复核的申请"), waiting, address)


def _to_prepare(actor: Actor, now: datetime) -> Iterable[Todo]:
    """Count what waits for those who prepare."""
    office, today = office_of(actor), timezone.localtime(now).date()
    own = selectors.batches(actor.scope, office)
    address = reverse("subsidies:batch-list")
    yield Todo(
        _("编制中的批次"), own.filter(state=BatchState.DRAFT).count(), f"{address}?state=draft"
    )
    yield Todo(
        _("待送银行的批次"),
        own.filter(state=BatchState.APPROVED).count(),
        f"{address}?state=approved",
        DUE,
    )
    yield Todo(
        _("待回盘的批次"),
        own.filter(state=BatchState.RELEASED).count(),
        f"{address}?state=released",
    )
    late = overdue_batches(actor.scope, office, today).exclude(state=BatchState.FROZEN)
    yield Todo(
        _("逾期未办的发放批次"),
        late.count(),
        f"{address}?overdue=true",
        OVERDUE,
        _("编制、送出、回盘或关闭已超过办理期限"),
    )
    overdue = selectors.notices(actor.scope, office).filter(
        state=NoticeState.PUBLISHED, ends_on__lte=today
    )
    yield Todo(
        _("到期待撤下的公示"),
        overdue.count(),
        reverse("subsidies:notice-list") + "?state=published",
        OVERDUE,
    )
    proposed = selectors.awards(actor.scope, office).filter(
        state=AwardState.PROPOSED, programme__needs_notice=True, notice_line__isnull=True
    )
    yield Todo(
        _("待公示的资助"), proposed.count(), reverse("subsidies:award-list") + "?state=proposed"
    )


def _to_correct(actor: Actor, now: datetime) -> Iterable[Todo]:
    """Count the payments that came back."""
    count = selectors.returned_unresolved(actor.scope, office_of(actor)).count()
    yield Todo(_("退回待更正的款项"), count, reverse("subsidies:returned-list"), DUE)


def _reliefs_to_decide(actor: Actor, now: datetime) -> Iterable[Todo]:
    """Count the claims to relief of loans that others have entered."""
    waiting = loan_selectors.reliefs(actor.scope).filter(state=ReliefState.PENDING)
    count = waiting.exclude(entered_by=actor.user_id).count()
    yield Todo(
        _("待审核的贷款代偿与救助"), count, reverse("subsidies:relief-list") + "?state=pending"
    )


def _gifts_to_deliver(actor: Actor, now: datetime) -> Iterable[Todo]:
    """Count the gifts that others entered, that are here and have not been handed on."""
    waiting = giving.waiting_for(actor.scope, actor.user_id).count()
    yield Todo(_("待交付的社会捐助"), waiting, reverse("subsidies:gift-list") + "?state=received")


TODOS = [
    TodoSource("subsidies.determination.review", _to_review, order=35),
    TodoSource("subsidies.gift.deliver", _gifts_to_deliver, order=29),
    TodoSource("subsidies.loan.approve", _reliefs_to_decide, order=28),
    TodoSource("subsidies.batch.approve", _to_approve, order=20),
    TodoSource("subsidies.batch.prepare", _to_prepare, order=25),
    TodoSource("subsidies.payment.correct", _to_correct, order=30),
]
