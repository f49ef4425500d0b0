"""Papers put to findings: pictures and PDFs sealed in the store, and proofs of hardship."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.jobs import store
from povedu.protected import Secret
from povedu.scope import Actor
from students.choices import ApprovalState, FindingKind, FindingState
from students.models import Assignment, EvidenceFile, Finding, HardshipProof
from students.rules.evidence import MAX_FILES, read_evidence
from students.services.rows import held, require
from students.services.settle_assign import answer_assignment, require_cover

ADD = "students.evidence.add"
PROVE = "students.hardship.prove"


@dataclass(frozen=True, slots=True)
class ProofDetails:
    """What a school saw: the paper's kind and number, who issued it and when."""

    kind: str
    number: str = ""
    issued_by: str = ""
    issued_on: date | None = None
    note: str = ""


def add_evidence(
    *, finding: Finding, content: bytes, caption: str, actor: Actor, now: datetime
) -> EvidenceFile:
    """Put a picture or PDF to an open finding; the same content twice is refused."""
    require(actor, ADD)
    paper = read_evidence(content)
    with transaction.atomic():
        current = _open(finding, actor)
        kept = EvidenceFile.objects.filter(finding=current)
        if kept.count() >= MAX_FILES:
            raise Refusal(
                "too-many-files",
                _("每条差异最多 %(limit)d 份佐证材料。请先删除不用的材料。") % {"limit": MAX_FILES},
                field="file",
            )
        digest = sha256(paper.content).hexdigest()
        if kept.filter(digest=digest).exists():
            raise Refusal("file-there", _("这份材料已经上传过。"), field="file")
        file = EvidenceFile.objects.create(
            finding=current,
            caption=caption.strip()[:60],
            stored_name=store.put(paper.content),
            content_type=paper.content_type,
            bytes_count=len(paper.content),
            digest=digest,
            added_by_id=actor.user_id,
            added_at=now,
        )
        _audit("evidence.add", file, actor, now)
    return file


def remove_evidence(*, file: EvidenceFile, actor: Actor, now: datetime) -> None:
    """Delete a paper from an open finding; only who put it there may."""
    require(actor, ADD)
    with transaction.atomic():
        row = held(file)
        _open(row.finding, actor)
        if row.added_by_id != actor.user_id:
            raise Refusal("not-yours", _("只能删除本人上传的材料。"))
        _audit("evidence.remove", row, actor, now)
        transaction.on_commit(partial(store.remove, row.stored_name))
        row.delete()


def open_evidence(*, file: EvidenceFile, actor: Actor, now: datetime) -> bytes:
    """Return a paper's bytes, having written down who looked at it."""
    require(actor, "students.evidence.view")
    require_cover(actor, file.finding)
    try:
        content = store.read(file.stored_name)
    except (FileNotFoundError, ValueError) as gone:
        raise Refusal("evidence-gone", _("材料文件已不在，请重新上传。")) from gone
    with transaction.atomic():
        _audit("evidence.open", file, actor, now)
    return content


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
        current = _open(finding, actor)
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
        if content:
            finding = assignment.finding
            add_evidence(finding=finding, content=content, caption=caption, actor=actor, now=now)
        return answer_assignment(assignment=assignment, words=words, actor=actor, now=now)


def _open(finding: Finding, actor: Actor) -> Finding:
    """Return an open finding in the actor's scope, held until the transaction ends."""
    current = held(finding)
    require_cover(actor, current)
    if current.state != FindingState.OPEN:
        raise Conflict("finding-settled", _("该差异已由他人处理。"))
    return current


def _audit(verb: str, file: EvidenceFile, actor: Actor, now: datetime) -> None:
    finding = file.finding
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=finding,
        changes={"evidence": (None, f"{file.caption} {file.digest[:12]}")},
        place=(finding.division_code, finding.school_code),
    )
