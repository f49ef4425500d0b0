"""Proofs of hardship that schools saw, and answers with a paper."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.protected import Secret
from povedu.scope import Actor
from students.choices import ApprovalState, FindingKind
from students.models import Assignment, Finding, HardshipProof
from students.services.papers import add_evidence, hold_open
from students.services.rows import require
from students.services.settle_assign import answer_assignment

PROVE = "students.hardship.prove"


@dataclass(frozen=True, slots=True)
class ProofDetails:
    """What a school saw: the paper's kind and number, who issued it and when."""

    kind: str
    number: str = ""
    issued_by: str = ""
    issued_on: date | None = None
    note: str = ""


def record_proof(
    *,
    finding: Finding,
    details: ProofDetails,
    content: bytes,
    caption: str,
    actor: Actor,
    now: datetime,
) -> HardshipProof:
    """Write down which paper a school saw for a hardship that no register knows, and keep it.

    It waits for somebody else, who accepts or refuses it by settling the finding.
    """
    require(actor, PROVE)
    if details.issued_on and details.issued_on > timezone.localtime(now).date():
        raise Refusal("date-ahead", _("日期不能晚于今天。请核对。"), field="issued_on")
    with transaction.atomic():
        current = hold_open(finding, actor)
        if current.kind != FindingKind.NOT_ON_REGISTER:
            raise Refusal("proof-unfit", _("只有“自报困难但名册中查无”的差异需要登记证明。"))
        if HardshipProof.objects.filter(finding=current, state=ApprovalState.PENDING).exists():
            raise Conflict("proof-waits", _("已有一份证明等待审核。"))
        add_evidence(finding=current, content=content, caption=caption, actor=actor, now=now)
        proof = HardshipProof.objects.create(
            finding=current,
            kind=details.kind,
            number=Secret(details.number.strip()),
            issued_by=details.issued_by.strip()[:60],
            issued_on=details.issued_on,
            note=details.note.strip()[:200],
            recorded_by_id=actor.user_id,
            recorded_at=now,
        )
        record(
            actor=actor,
            now=now,
            verb="hardship.prove",
            subject=current,
            changes={"proof": (None, str(proof.get_kind_display()))},
            place=(current.division_code, current.school_code),
        )
    return proof


def answer_with_paper(
    *,
    assignment: Assignment,
    words: str,
    actor: Actor,
    now: datetime,
    content: bytes = b"",
    caption: str = "",
) -> Assignment:
    """Answer for the school, and put a paper to the finding where there is one."""
    with transaction.atomic():
        done = answer_assignment(assignment=assignment, words=words, actor=actor, now=now)
        if content:  # last: a stored file does not go back with the transaction
            finding = assignment.finding
            add_evidence(finding=finding, content=content, caption=caption, actor=actor, now=now)
    return done
