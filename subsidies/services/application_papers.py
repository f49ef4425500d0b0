"""Papers of an application: pictures and PDFs, sealed in the store, every look written down."""

from datetime import datetime
from functools import partial
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.jobs import store
from povedu.scope import Actor
from students.choices import ApprovalState
from students.rules.evidence import MAX_FILES, read_evidence
from subsidies.choices import PaperDocument
from subsidies.models import ApplicationPaper, Determination


def add_paper(
    *, determination: Determination, kind: str, content: bytes, actor: Actor, now: datetime
) -> ApplicationPaper:
    """Put a picture or PDF to an application that waits; the same content twice is refused.

    Its kind then counts as seen among the application's documents.
    """
    paper = read_evidence(content)
    with transaction.atomic():
        one = _waiting(determination)
        digest = sha256(paper.content).hexdigest()
        kept = ApplicationPaper.objects.filter(determination=one)
        if kept.filter(digest=digest).exists():
            raise Refusal("file-there", _("这份材料已经上传过。"), field="file")
        if kept.count() >= MAX_FILES:
            raise Refusal(
                "too-many-files",
                _("每份申请最多 %(limit)d 份材料。请先删除不用的材料。") % {"limit": MAX_FILES},
                field="file",
            )
        added = ApplicationPaper.objects.create(
            determination=one,
            kind=kind,
            stored_name=store.put(paper.content),
            content_type=paper.content_type,
            bytes_count=len(paper.content),
            digest=digest,
            added_by_id=actor.user_id,
            added_at=now,
        )
        if kind not in one.documents:
            Determination.objects.filter(pk=one.pk).update(documents=[*one.documents, kind])
        _audit("application-paper.add", added, actor, now)
    return added


def remove_paper(*, paper: ApplicationPaper, actor: Actor, now: datetime) -> None:
    """Delete a paper from an application that still waits; only who put it there may."""
    if paper.added_by_id != actor.user_id:
        raise Refusal("not-yours", _("只能删除本人上传的材料。"))
    with transaction.atomic():
        _waiting(paper.determination)
        _audit("application-paper.remove", paper, actor, now)
        transaction.on_commit(partial(store.remove, paper.stored_name))
        paper.delete()


def open_paper(*, paper: ApplicationPaper, actor: Actor, now: datetime) -> bytes:
    """Return a paper's bytes, having written down who looked at it."""
    try:
        content = store.read(paper.stored_name)
    except (FileNotFoundError, ValueError) as gone:
        raise Refusal("evidence-gone", _("材料文件已不在，请重新上传。")) from gone
    with transaction.atomic():
        _audit("application-paper.open", paper, actor, now)
    return content


def _waiting(determination: Determination) -> Determination:
    """Hold an application that is not decided yet; a decision stands on what was there."""
    held = Determination.objects.select_for_update().filter(
        pk=determination.pk, state=ApprovalState.PENDING
    )
    one = held.first()
    if one is None:
        raise Conflict("determination-moved", _("这份申请已经办结，材料不能再增减。"))
    return one


def _audit(verb: str, paper: ApplicationPaper, actor: Actor, now: datetime) -> None:
    school = paper.determination.student.school
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=paper.determination,
        changes={"paper": (None, f"{PaperDocument(paper.kind).label} {paper.digest[:12]}")},
        place=(school.division_id, school.code) if school else ("", ""),
    )
