"""Collecting the proofs of children who study away: asked for, received, checked by a second."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.bulk import chunked, insert_rows
from povedu.errors import Conflict, Refusal
from povedu.scope import Actor
from povedu.terms import Term
from students.choices import ProofState
from students.models import PlacedChild, StudyProof
from students.selectors.away import away, proofs
from students.services.papers import add_proof_paper
from students.services.rows import held, require, write

_FIELDS = (
    *("county", "term", "student", "id_index", "name", "normal_name", "birth_on"),
    *("division_code", "school_code", "place", "state", "requested_on", "due_on"),
)


@dataclass(frozen=True, slots=True)
class Received:
    """What came back: when, from which school, under which number."""

    received_on: date
    school_name: str
    document_no: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """The proof itself, photographed or scanned, and what it is called."""

    content: bytes
    caption: str


def request_proofs(
    *, children: Iterable[int], term: Term, due_on: date, actor: Actor, now: datetime
) -> int:
    """Ask for the proofs of placed children in scope that have none yet; return how many."""
    require(actor, "students.proof.collect")
    today = _today(now)
    if due_on < today:
        raise Refusal("date-behind", _("应交日期不能早于今天。请核对。"), field="due_on")
    wanted = sorted(set(children))
    with transaction.atomic():
        rows = []
        for some in chunked(wanted, 500):
            # Held first, so that whoever else asks for them is waited for and then seen.
            placed = PlacedChild.objects.select_for_update().filter(pk__in=some)
            list(placed.order_by("pk").values_list("pk"))
            unasked = away(actor.scope, term).filter(pk__in=some, proof=None)
            rows += [one for one in unasked if one.student or one.entry]
        insert_rows(
            StudyProof,
            _FIELDS,
            (_columns(one, term.code, today, due_on) for one in rows),
        )
        if rows:
            record(
                actor=actor,
                now=now,
                verb="proof.request",
                changes={"due_on": (None, due_on)},
                count=len(rows),
            )
    return len(rows)


def _columns(one: PlacedChild, term: str, today: date, due_on: date) -> tuple[Any, ...]:
    who: Any = one.student or one.entry
    school = one.student.school.code if one.student and one.student.school else ""
    return (
        *(one.reconciliation.county_id, term, one.student_id, who.id_index),
        *(who.name, who.normal_name, who.birth_on, one.division_code, school, one.place),
        *(ProofState.REQUESTED, today, due_on),
    )


def receive_proof(
    *,
    proof: StudyProof,
    received: Received,
    actor: Actor,
    now: datetime,
    paper: Paper | None = None,
) -> StudyProof:
    """Record that a proof came, with the paper itself where there is one.

    Without a paper the document's number, or where it is kept, must be there. It waits for a second
    person to check it.
    """
    if received.received_on > _today(now):
        raise Refusal("date-ahead", _("日期不能晚于今天。请核对。"), field="received_on")
    if paper is None and not received.document_no.strip():
        raise Refusal(
            "proof-without-trace", _("请写证明编号，或上传证明原件照片。"), field="document_no"
        )
    values = {
        "state": ProofState.RECEIVED,
        "received_on": received.received_on,
        "school_name": received.school_name.strip(),
        "document_no": received.document_no.strip(),
        "note": received.note.strip(),
        "received_by_id": actor.user_id,
    }
    collect = "students.proof.collect"
    with transaction.atomic():
        done = _move(proof, ProofState.REQUESTED, values, collect, "proof.receive", actor, now)
        if paper is not None:
            add_proof_paper(
                proof=done, content=paper.content, caption=paper.caption, actor=actor, now=now
            )
    return done


def check_proof(*, proof: StudyProof, actor: Actor, now: datetime) -> StudyProof:
    """Confirm a proof that somebody else took in."""
    values = {
        "state": ProofState.CHECKED,
        "checked_by_id": actor.user_id,
        "checked_at": now,
    }
    check = "students.proof.check"
    with transaction.atomic():
        current = held(proof)
        if current.received_by_id == actor.user_id:
            raise Refusal("maker-checks", _("收件人不能核实自己收到的证明，请由他人核实。"))
        return _move(current, ProofState.RECEIVED, values, check, "proof.check", actor, now)


def return_proof(
    *, proof: StudyProof, due_on: date, note: str, actor: Actor, now: datetime
) -> StudyProof:
    """Ask for another proof: this one does not show what it should."""
    if not note.strip():
        raise Refusal("reason-missing", _("请写明退回原因。"), field="note")
    if due_on < max(_today(now), proof.requested_on):
        raise Refusal("date-behind", _("应交日期不能早于今天。请核对。"), field="due_on")
    values = {
        "state": ProofState.REQUESTED,
        "received_on": None,
        "received_by_id": None,
        "due_on": due_on,
        "note": note.strip(),
    }
    return _move(
        proof, ProofState.RECEIVED, values, "students.proof.check", "proof.return", actor, now
    )


def _move(
    proof: StudyProof,
    state: ProofState,
    values: dict[str, Any],
    action: str,
    verb: str,
    actor: Actor,
    now: datetime,
) -> StudyProof:
    require(actor, action)
    with transaction.atomic():
        current = held(proof)
        if not proofs(actor.scope).filter(pk=current.pk).exists():
            raise Refusal("out-of-scope", _("该生不在您的管辖范围内。"))
        if current.state != state:
            raise Conflict("changed-meanwhile", _("这条记录刚被他人修改。请刷新后核对再保存。"))
        changes = write(current, values)
        record(
            actor=actor,
            now=now,
            verb=verb,
            subject=current,
            changes=changes,
            place=(current.division_code, current.school_code),
        )
    return current


def _today(now: datetime) -> date:
    return timezone.localtime(now).date()
