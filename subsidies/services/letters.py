"""Letters: a county's words, and the asking for a batch."""

import hashlib
import json
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from povedu.audit.services import changed_fields, record
from povedu.errors import Conflict, Refusal
from povedu.jobs import services as jobs
from povedu.jobs.models import Job
from povedu.scope import Actor
from schools.models import Division
from subsidies.models import LetterWording
from subsidies.rules.letters import unknown_placeholders
from subsidies.selectors.letters import JOB, Wanted

_FIELDS = ("title", "opening", "closing", "signature", "contact")


def save_wording(
    *,
    county: Division,
    kind: str,
    title: str,
    opening: str,
    closing: str,
    signature: str,
    contact: str,
    actor: Actor,
    now: datetime,
) -> LetterWording:
    """Write a county's words of a kind of letter; a placeholder that means nothing is refused."""
    values = dict(zip(_FIELDS, (title, opening, closing, signature, contact), strict=True))
    for name in ("title", "opening", "closing"):
        unknown = unknown_placeholders(kind, values[name])
        if unknown:
            raise Refusal(
                "unknown-placeholder",
                _("没有这个占位符：%(names)s。请照页面下方的清单填写。")
                % {"names": _("、").join(unknown)},
                field=name,
            )
    with transaction.atomic():
        own = LetterWording.objects.filter(county=county, kind=kind).first()
        before = {name: getattr(own, name) for name in _FIELDS} if own else {}
        kept = {**values, "edited_by_id": actor.user_id, "edited_at": now}
        if own is None:
            own = LetterWording.objects.create(county=county, kind=kind, **kept)
        elif not LetterWording.objects.filter(pk=own.pk, version=own.version).update(
            version=F("version") + 1, **kept
        ):
            raise Conflict("wording-changed", _("文字刚被他人修改，请刷新后核对。"))
        own.refresh_from_db()
        record(
            actor=actor,
            now=now,
            verb="letter.words",
            subject=own,
            changes=changed_fields(before, values),
            place=(county.pk, ""),
        )
    return own


def ask_for_letters(*, county: Division, wanted: Wanted, actor: Actor, now: datetime) -> Job:
    """Ask for a batch of letters; the job makes them with the rights its owner has then."""
    params = {**wanted.params(), "county": county.pk}
    told = json.dumps([actor.user_id, params], sort_keys=True, ensure_ascii=False)
    return jobs.enqueue(
        kind=JOB,
        params=params,
        digest=hashlib.sha256(told.encode()).hexdigest(),
        actor=actor,
        now=now,
    )
