"""Receive: a file is bounded, hashed, stored sealed under a random name, and known again."""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from povedu.accounts.selectors import OPERATOR
from povedu.audit.services import record
from povedu.errors import Refusal
from povedu.intake import places
from povedu.intake.choices import BatchState
from povedu.intake.kinds import IntakeKind
from povedu.intake.models import ImportBatch
from povedu.intake.reader import fault, limits
from povedu.jobs import store
from povedu.jobs.services import enqueue
from povedu.scope import Actor
from povedu.terms import Term


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a file is uploaded for; blanks are filled from the uploader's own scope."""

    kind: IntakeKind
    school_code: str = ""
    term: str = ""
    as_of: date | None = None
    county_code: str = ""
    is_supplement: bool = False


def display_name(name: str) -> str:
    """Return a file name that is safe to show: its last part, no control or direction marks."""
    last = PurePosixPath(name.replace("\\", "/")).name
    shown = "".join(
        character for character in last if unicodedata.category(character)[0] != "C"
    ).strip()
    return shown[-120:] or "file"


def receive_file(
    *, data: bytes, name: str, purpose: Purpose, actor: Actor, now: datetime
) -> ImportBatch:
    """Keep an uploaded file and open its batch; raise Refusal where it may not be.

    1. The actor must be allowed the kind, and the school or county lie in the actor's scope.
    2. The size, and what one person uploads in a day, are bounded before anything is kept.
    3. The sealed file is on disk before the row that names it.
    4. Where the kind asks for two people, the installation's own operator counts as both: a
       command on the server is no person at a desk.
    """
    if not actor.may(purpose.kind.action):
        raise Refusal("not-allowed", _("您没有导入这类名册的权限。"))
    bounds = limits()
    if len(data) > bounds.file_bytes:
        raise fault("file-too-large", limit=bounds.file_bytes)
    _keep_quota(actor, len(data), now)
    school, county, division = _place(purpose, actor)
    _check_purpose(purpose, school)
    digest = hashlib.sha256(data).hexdigest()
    key = store.put(data)
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            kind=purpose.kind.code,
            file_name=display_name(name),
            file_sha256=digest,
            byte_count=len(data),
            store_key=key,
            target=target_of(purpose, digest, school, county),
            county_code=county,
            division_code=division,
            school_code=school,
            term=purpose.term,
            as_of=purpose.as_of,
            is_supplement=purpose.is_supplement,
            two_person=purpose.kind.two_person and actor.role != OPERATOR,
            uploaded_by_id=actor.user_id,
            uploaded_at=now,
        )
        record(
            actor=actor,
            now=now,
            verb="intake.upload",
            subject=batch,
            changes={"file_sha256": (None, digest)},
            place=(division, school),
        )
    return batch


def _keep_quota(actor: Actor, size: int, now: datetime) -> None:
    """Raise Refusal where a person has uploaded more in a day than one may."""
    since = ImportBatch.objects.filter(
        uploaded_by_id=actor.user_id, uploaded_at__gt=now - timedelta(days=1)
    )
    used = since.aggregate(total=Sum("byte_count"))["total"] or 0
    if used + size > settings.INTAKE_BYTES_PER_DAY:
        raise Refusal(
            "upload-quota",
            _("您一天内上传的文件合计超过上限 %(limit)d MB，请明天再传，或请管理员协助。")
            % {"limit": settings.INTAKE_BYTES_PER_DAY // 2**20},
        )


def target_of(purpose: Purpose, digest: str, school: str, county: str) -> str:
    """Return the digest of a file and what it is for: applied once, it is known again."""
    parts = [purpose.kind.code, digest, school, county, purpose.term, str(purpose.as_of or "")]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def applied_before(batch: ImportBatch) -> ImportBatch | None:
    """Return the batch that already brought the same file in for the same purpose."""
    return (
        ImportBatch.objects.filter(target=batch.target, state=BatchState.APPLIED)
        .exclude(pk=batch.pk)
        .first()
    )


def _place(purpose: Purpose, actor: Actor) -> tuple[str, str, str]:
    """Return (school, county, division) of an import within the actor's scope."""
    school = purpose.school_code or actor.scope.school_code or ""
    if school:
        division = places.division_of(school)
        if division is None or not actor.scope.covers(division_code=division, school_code=school):
            raise Refusal("school-unknown", _("没有这所学校，或它不在您的管辖范围内。"))
        return school, division[:6], division
    county = purpose.county_code or actor.scope.county_code
    if len(county) < 6:
        known = places.counties()
        if len(known) > 1:
            raise Refusal("county-missing", _("本系统有多个县，请指定要导入到哪个县。"))
        county = known[0] if known else ""
    if not actor.scope.covers(division_code=f"{county:0<12}"[:12]) and not county.startswith(
        actor.scope.county_code
    ):
        raise Refusal("county-unknown", _("这个县不在您的管辖范围内。"))
    return "", county, actor.scope.division_prefix or county


def _check_purpose(purpose: Purpose, school: str) -> None:
    needs = purpose.kind.needs
    if "school" in needs and not school:
        raise Refusal("school-missing", _("请选择要导入的学校。"))
    if "term" in needs:
        try:
            Term.parse(purpose.term)
        except ValueError as error:
            raise Refusal("term-missing", _("请指定学期，例如 2016-1。")) from error
    if "as_of" in needs and purpose.as_of is None:
        raise Refusal("date-missing", _("请指定名册的数据日期。"))


def request_stage(*, batch: ImportBatch, actor: Actor, now: datetime) -> None:
    """Ask for a received file to be read by a worker."""
    with transaction.atomic():
        job = enqueue(
            kind="intake.stage",
            params={"batch": batch.pk},
            actor=actor,
            now=now,
            digest=f"stage-{batch.pk}",
        )
        ImportBatch.objects.filter(pk=batch.pk).update(job_id=job.pk)
