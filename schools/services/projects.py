"""Writing projects: batches, the projects themselves, their life, money and milestones."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.ledger.choices import FundSource
from povedu.ledger.services import check_open
from povedu.money import ZERO
from povedu.scope import Actor
from schools.choices import ProjectState
from schools.models import (
    Division,
    Milestone,
    Project,
    ProjectBatch,
    ProjectFunding,
    ProjectPayment,
    ProjectStep,
    School,
)
from schools.rules import projects as rules
from schools.rules.life import check_not_future
from schools.services.rows import check_version, locked, require_place, write_row


@dataclass(frozen=True, slots=True)
class BatchDetails:
    """What a batch of projects is."""

    code: str
    name: str
    category: str
    year: int
    document: str = ""


@dataclass(frozen=True, slots=True)
class ProjectDetails:
    """What a project is; ``division`` may be left out where there is a school."""

    number: str
    name: str
    category: str
    school: School | None = None
    division: Division | None = None
    area: Decimal | None = None
    danger_grade: str = ""
    contractor: str = ""
    planned_start_on: date | None = None
    planned_completion_on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A step in a project's life: the state reached, the day, a word about it."""

    to: str
    on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class PaymentDetails:
    """Money paid to a contractor or supplier."""

    paid_on: date
    source: str
    amount: Decimal
    voucher_no: str = ""
    note: str = ""


def create_batch(
    *, county: Division, details: BatchDetails, actor: Actor, now: datetime
) -> ProjectBatch:
    """Open a batch; its code is a line of the annual summary and unique in the county."""
    with transaction.atomic():
        require_place(actor, division=county)
        if ProjectBatch.objects.filter(county=county, code=details.code).exists():
            raise Refusal("batch-code-taken", _("批次代码已被使用。请换一个。"), field="code")
        batch = ProjectBatch.objects.create(county=county, **_values(details))
        record(
            actor=actor,
            now=now,
            verb="batch.create",
            subject=batch,
            changes={"code": ["", batch.code]},
            place=(county.code, ""),
        )
    return batch


def edit_batch(
    *, batch: ProjectBatch, details: BatchDetails, actor: Actor, now: datetime
) -> ProjectBatch:
    """Change a batch."""
    with transaction.atomic():
        row = locked(batch)
        require_place(actor, division=row.county)
        check_version(batch, row)
        others = ProjectBatch.objects.filter(county=row.county, code=details.code)
        if others.exclude(pk=row.pk).exists():
            raise Refusal("batch-code-taken", _("批次代码已被使用。请换一个。"), field="code")
        changes = write_row(row, _values(details))
        if changes:
            record(
                actor=actor,
                now=now,
                verb="batch.edit",
                subject=row,
                changes=changes,
                place=(row.county_id, ""),
            )
    return row


def create_project(
    *, batch: ProjectBatch, details: ProjectDetails, actor: Actor, now: datetime
) -> Project:
    """Enter a planned project."""
    with transaction.atomic():
        values = _placed(details, batch, actor)
        _check_number(batch, details.number)
        project = Project.objects.create(batch=batch, **values)
        _audit("project.create", project, actor, now, {"number": ["", project.number]})
    return project


def edit_project(
    *, project: Project, details: ProjectDetails, actor: Actor, now: datetime
) -> Project:
    """Change what a project is; its state, money and milestones have services of their own."""
    with transaction.atomic():
        row = _writable(project, actor)
        values = _placed(details, row.batch, actor)
        _check_number(row.batch, details.number, except_for=row)
        changes = write_row(row, values)
        if changes:
            _audit("project.edit", row, actor, now, changes)
    return row


def advance_project(*, project: Project, step: Step, actor: Actor, now: datetime) -> Project:
    """Record the next step of a project's life.

    1. The row is locked and must be as the person saw it.
    2. The rules allow the move and the day.
    3. State and date move together by compare-and-set, and the step is kept.
    """
    with transaction.atomic():
        row = _writable(project, actor)
        latest = row.steps.order_by("-happened_on").values_list("happened_on", flat=True).first()
        rules.check_move(
            state=row.state,
            to=step.to,
            category=row.category,
            on=step.on,
            latest_on=latest,
            today=timezone.localtime(now).date(),
        )
        if step.to == ProjectState.CANCELLED:
            _refuse_paid(row)
        before = row.state
        values = {"state": step.to, **_dates_of(step)}
        moved = Project.objects.filter(pk=row.pk, state=before, version=row.version).update(
            version=row.version + 1, **values
        )
        if not moved:
            raise Conflict("changed-meanwhile", _("这条记录刚被他人修改。请刷新后核对再保存。"))
        ProjectStep.objects.create(
            project=row,
            state=step.to,
            happened_on=step.on,
            note=step.note,
            recorded_by_id=actor.user_id,
            recorded_at=now,
        )
        row.refresh_from_db()
        changes: dict[str, list[Any]] = {
            "state": [before, step.to],
            "happened_on": ["", step.on],
        }
        _audit("project.advance", row, actor, now, changes, reason=step.note)
    return row


def _dates_of(step: Step) -> dict[str, date]:
    names = {
        ProjectState.UNDER_WAY: "started_on",
        ProjectState.COMPLETE: "completed_on",
        ProjectState.IN_USE: "in_use_on",
    }
    name = names.get(ProjectState(step.to))
    return {name: step.on} if name else {}


def _refuse_paid(project: Project) -> None:
    if project.payments.exists():
        raise Refusal(
            "project-has-payments", _("该项目已有支付，不能取消。请先核对支付记录。"), field="to"
        )


def set_funding(
    *, project: Project, amounts: Mapping[str, Decimal], actor: Actor, now: datetime
) -> Project:
    """Say what each source pays; the sum is the project's money. Zero takes a source out.

    A source never falls below what has been paid from it.
    """
    with transaction.atomic():
        row = _writable(project, actor)
        paid = _paid_by_source(row)
        have = {one.source: one for one in row.funding.all()}
        changes: dict[str, list[Any]] = {}
        for source in FundSource:
            amount = amounts.get(source, ZERO)
            rules.check_funding(source=source, amount=amount, paid=paid.get(source, ZERO))
            old = have[source].amount if source in have else ZERO
            if old != amount:
                changes[source.value] = [old, amount]
                _write_source(row, source, amount)
        if changes:
            Project.objects.filter(pk=row.pk).update(version=row.version + 1)
            row.version += 1
            _audit("project.fund", row, actor, now, changes)
    return row


def _write_source(project: Project, source: FundSource, amount: Decimal) -> None:
    if amount:
        ProjectFunding.objects.update_or_create(
            project=project, source=source, defaults={"amount": amount}
        )
    else:
        ProjectFunding.objects.filter(project=project, source=source).delete()


def _paid_by_source(project: Project) -> dict[str, Decimal]:
    rows = project.payments.order_by().values("source").annotate(paid=Sum("amount"))
    return {row["source"]: row["paid"] for row in rows}


def pay_project(
    *, project: Project, payment: PaymentDetails, actor: Actor, now: datetime
) -> ProjectPayment:
    """Record a payment; together the payments of a source never exceed its funding.

    The project's row is held meanwhile, so two payments at once are judged one after the other.
    """
    with transaction.atomic():
        row = locked(project)
        require_place(actor, division=row.division, school=row.school)
        check_not_future(payment.paid_on, timezone.localtime(now).date(), field="paid_on")
        check_open(county_code=project.division_id, days=[payment.paid_on])
        if row.state in (ProjectState.PLANNED, ProjectState.CANCELLED):
            raise Refusal(
                "project-not-payable", _("项目尚未招标或已取消，不能登记支付。请先更新进度。")
            )
        funded = row.funding.filter(source=payment.source).first()
        rules.check_payment(
            source=FundSource(payment.source),
            funded=funded.amount if funded else ZERO,
            paid=_paid_by_source(row).get(payment.source, ZERO),
            amount=payment.amount,
        )
        paid = ProjectPayment.objects.create(project=row, **_values(payment))
        changes: dict[str, list[Any]] = {
            payment.source: ["", payment.amount],
            "paid_on": ["", payment.paid_on],
        }
        _audit("project.pay", row, actor, now, changes, reason=payment.voucher_no)
    return paid


def add_milestone(
    *, project: Project, name: str, due_on: date, actor: Actor, now: datetime
) -> Milestone:
    """Set a date by which a step is due."""
    with transaction.atomic():
        row = locked(project)
        require_place(actor, division=row.division, school=row.school)
        milestone = Milestone.objects.create(project=row, name=name, due_on=due_on)
        changes: dict[str, list[Any]] = {"name": ["", name], "due_on": ["", due_on]}
        _audit("milestone.add", row, actor, now, changes)
    return milestone


def finish_milestone(
    *, milestone: Milestone, done_on: date, actor: Actor, now: datetime
) -> Milestone:
    """Record the day on which a step was done."""
    with transaction.atomic():
        row = locked(milestone)
        project = row.project
        require_place(actor, division=project.division, school=project.school)
        check_not_future(done_on, timezone.localtime(now).date(), field="done_on")
        if row.done_on is not None:
            raise Conflict("milestone-done", _("该节点已登记完成。请刷新后核对。"))
        changes = write_row(row, {"done_on": done_on})
        _audit("milestone.done", project, actor, now, {row.name: changes["done_on"]})
    return row


def remove_milestone(*, milestone: Milestone, actor: Actor, now: datetime) -> None:
    """Take away a step that is no longer planned; one that is done stays."""
    with transaction.atomic():
        row = locked(milestone)
        project = row.project
        require_place(actor, division=project.division, school=project.school)
        if row.done_on is not None:
            raise Conflict("milestone-done", _("该节点已登记完成，不能删除。"))
        _audit("milestone.remove", project, actor, now, {"name": [row.name, ""]})
        row.delete()


def _values(details: Any) -> dict[str, Any]:
    return {name: getattr(details, name) for name in details.__dataclass_fields__}


def _placed(details: ProjectDetails, batch: ProjectBatch, actor: Actor) -> dict[str, Any]:
    """Return the fields with a division: the school's own, else the one given, else the county."""
    division = details.school.division if details.school else details.division or batch.county
    if division.code[:6] != batch.county_id[:6]:
        raise Refusal(
            "project-other-county", _("所选学校或区划不属于该批次所在的县。"), field="school"
        )
    require_place(actor, division=division, school=details.school)
    start, end = details.planned_start_on, details.planned_completion_on
    if start and end and end < start:
        raise Refusal(
            "plan-out-of-order",
            _("计划完工早于计划开工。请核对。"),
            field="planned_completion_on",
        )
    return {**_values(details), "division": division}


def _check_number(batch: ProjectBatch, number: str, *, except_for: Project | None = None) -> None:
    others = Project.objects.filter(batch=batch, number=number)
    if except_for is not None:
        others = others.exclude(pk=except_for.pk)
    if others.exists():
        raise Refusal(
            "project-number-taken", _("该批次内已有此项目编号。请换一个。"), field="number"
        )


def _writable(project: Project, actor: Actor) -> Project:
    row = locked(project)
    require_place(actor, division=row.division, school=row.school)
    check_version(project, row)
    return row


def _audit(
    verb: str,
    project: Project,
    actor: Actor,
    now: datetime,
    changes: Mapping[str, list[Any]],
    *,
    reason: str = "",
) -> None:
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=project,
        changes=changes,
        reason=reason,
        place=(project.division_id, project.school.code if project.school else ""),
    )
