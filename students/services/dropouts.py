"""Keeping dropout cases by hand."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.scope import Actor
from students.choices import DropoutState, Place
from students.models import DropoutCase, DropoutVisit
from students.selectors.dropouts import cases
from students.services.dropout_ledgers import follow_case
from students.services.rows import held, require, write


@dataclass(frozen=True, slots=True)
class ReturnDetails:
    """A child's return to a school, or to another place of learning."""

    returned_on: date
    returned_school: str
    placement: str = ""


@dataclass(frozen=True, slots=True)
class VisitDetails:
    """One attempt to bring a child back."""

    visited_on: date
    people: str
    way: str
    result: str


def record_visit(
    *, case: DropoutCase, details: VisitDetails, actor: Actor, now: datetime
) -> DropoutVisit:
    """Add an attempt to a case that is still open; it is never changed afterwards."""
    _check_day(details.visited_on, "visited_on", now)
    with transaction.atomic():
        current = _open_case(case, actor, "students.dropout.visit")
        visit = DropoutVisit.objects.create(
            case=current,
            visited_on=details.visited_on,
            people=details.people,
            way=details.way,
            result=details.result,
            recorded_by_id=actor.user_id,
            recorded_at=now,
        )
        _audit("dropout.visit", current, actor, now, {"visited_on": ["", details.visited_on]})
    return visit


def record_return(
    *, case: DropoutCase, details: ReturnDetails, actor: Actor, now: datetime
) -> DropoutCase:
    """Say that a child is back; the case stays open until it is closed on evidence."""
    _check_day(details.returned_on, "returned_on", now)
    with transaction.atomic():
        current = _open_case(case, actor, "students.dropout.settle")
        values = {"state": DropoutState.RETURNED, **asdict(details)}
        _audit("dropout.return", current, actor, now, _changed(current, case, values))
        follow_case(case=current, place=Place.HERE, actor=actor, now=now)
    return current


def close_case(
    *, case: DropoutCase, closed_on: date, closed_evidence: str, actor: Actor, now: datetime
) -> DropoutCase:
    """Close a case on evidence (销号); its attempts stay."""
    _check_day(closed_on, "closed_on", now)
    if not closed_evidence.strip():
        raise Refusal("evidence-missing", _("请写明销号依据。"), field="closed_evidence")
    with transaction.atomic():
        current = _open_case(case, actor, "students.dropout.settle")
        if closed_on < current.found_on:
            raise Refusal(
                "dates-crossed", _("销号时间不能早于列入台账日期。请核对。"), field="closed_on"
            )
        values = {
            "state": DropoutState.CLOSED,
            "closed_on": closed_on,
            "closed_evidence": closed_evidence.strip(),
        }
        _audit("dropout.close", current, actor, now, _changed(current, case, values))
    return current


def _check_day(day: date, field: str, now: datetime) -> None:
    if day > timezone.localtime(now).date():
        raise Refusal("date-ahead", _("日期不能晚于今天。请核对。"), field=field)


def _open_case(case: DropoutCase, actor: Actor, action: str) -> DropoutCase:
    """Return an open case of the actor's, held until the transaction ends."""
    require(actor, action)
    current = held(case)
    if not cases(actor.scope).filter(pk=current.pk).exists():
        raise Refusal("out-of-scope", _("该生不在您的管辖范围内。"))
    if current.state == DropoutState.CLOSED:
        raise Refusal("case-closed", _("该个案已销号，不能再改动。"))
    return current


def _changed(
    current: DropoutCase, shown: DropoutCase, values: dict[str, Any]
) -> dict[str, list[Any]]:
    """Write what differs, unless somebody else has changed the case since it was shown."""
    if current.version != shown.version:
        raise Conflict("changed-meanwhile", _("这条记录刚被他人修改。请刷新后核对再保存。"))
    changes = write(current, values)
    if changes:
        DropoutCase.objects.filter(pk=current.pk).update(version=current.version + 1)
        current.version += 1
    return changes


def _audit(
    verb: str, case: DropoutCase, actor: Actor, now: datetime, changes: dict[str, list[Any]]
) -> None:
    record(actor=actor, now=now, verb=verb, subject=case, changes=changes, place=_place_of(case))


def _place_of(case: DropoutCase) -> tuple[str, str]:
    if case.school is not None:
        return case.school.division_id, case.school.code
    return case.division_id or case.county_id, ""
