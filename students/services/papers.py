"""Papers: pictures and PDFs put to findings and to proofs of study, sealed in the store."""

from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.jobs import store
from povedu.scope import Actor
from students.choices import FindingState, ProofState
from students.models import EvidenceFile, Finding, StudyProof
from students.rules.evidence import MAX_FILES, read_evidence
from students.services.rows import held, require

ADD = "students.evidence.add"
Subject = TypeVar("Subject", bound=Finding | StudyProof)


def add_evidence(
    *, finding: Finding, content: bytes, caption: str, actor: Actor, now: datetime
) -> EvidenceFile:
    """Put a picture or PDF to an open finding; the same content twice is refused."""
    return _add(finding, content, caption, actor, now)


def add_proof_paper(
    *, proof: StudyProof, content: bytes, caption: str, actor: Actor, now: datetime
) -> EvidenceFile:
    """Put a picture or PDF to a proof of study that nobody has checked yet."""
    return _add(proof, content, caption, actor, now)


def _add(
    subject: Finding | StudyProof, content: bytes, caption: str, actor: Actor, now: datetime
) -> EvidenceFile:
    require(actor, ADD)
    paper = read_evidence(content)
    with transaction.atomic():
        current = hold_open(subject, actor)
        owner = {"finding" if isinstance(current, Finding) else "study_proof": current}
        kept = EvidenceFile.objects.filter(**owner)
        if kept.count() >= MAX_FILES:
            raise Refusal(
                "too-many-files",
                _("最多 %(limit)d 份材料。请先删除不用的材料。") % {"limit": MAX_FILES},
                field="file",
            )
        digest = sha256(paper.content).hexdigest()
        if kept.filter(digest=digest).exists():
            raise Refusal("file-there", _("这份材料已经上传过。"), field="file")
        file = EvidenceFile.objects.create(
            **owner,
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
    """Delete a paper from an open finding or an unchecked proof; only who put it there may."""
    require(actor, ADD)
    with transaction.atomic():
        row = held(file)
        hold_open(row.subject, actor)
        if row.added_by_id != actor.user_id:
            raise Refusal("not-yours", _("只能删除本人上传的材料。"))
        _audit("evidence.remove", row, actor, now)
        transaction.on_commit(partial(store.remove, row.stored_name))
        row.delete()


def open_evidence(*, file: EvidenceFile, actor: Actor, now: datetime) -> bytes:
    """Return a paper's bytes, having written down who looked at it."""
    require(actor, "students.evidence.view")
    _require_cover(actor, file.subject)
    try:
        content = store.read(file.stored_name)
    except (FileNotFoundError, ValueError) as gone:
        raise Refusal("evidence-gone", _("材料文件已不在，请重新上传。")) from gone
    with transaction.atomic():
        _audit("evidence.open", file, actor, now)
    return content


def hold_open(subject: Subject, actor: Actor) -> Subject:
    """Return what papers may be put to, in the actor's scope, held until the transaction ends."""
    current = held(subject)
    _require_cover(actor, current)
    if isinstance(current, Finding) and current.state != FindingState.OPEN:
        raise Conflict("finding-settled", _("该差异已由他人处理。"))
    if isinstance(current, StudyProof) and current.state == ProofState.CHECKED:
        raise Conflict("proof-checked", _("该证明已经核实，材料不能再改。"))
    return current


def _require_cover(actor: Actor, subject: Finding | StudyProof) -> None:
    if not actor.scope.covers(division_code=subject.division_code, school_code=subject.school_code):
        raise Refusal("out-of-scope", _("不在您的管辖范围内。"))


def _audit(verb: str, file: EvidenceFile, actor: Actor, now: datetime) -> None:
    subject = file.subject
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=subject,
        changes={"evidence": (None, f"{file.caption} {file.digest[:12]}")},
        place=(subject.division_code, subject.school_code),
    )
