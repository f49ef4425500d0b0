"""Reading the audit trail, and proving that nobody has touched it."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max, QuerySet, Sum
from django.utils.translation import gettext as _

from povedu import triggers
from povedu.audit import chain
from povedu.audit.models import AuditEntry, AuditSeal
from povedu.audit.verbs import verb_labels
from povedu.scope import Scope

REVEAL = "secret.reveal"
# An entry may wait this long for its seal: the longest transaction plus the sealer's rhythm.
SEAL_GRACE = timedelta(hours=24)
_CHUNK = 2000


def entries(scope: Scope) -> QuerySet[AuditEntry]:
    """Return the trail of a part of the county, newest first."""
    return AuditEntry.objects.filter(scope.q(division="division_code", school="school_code"))


def history_of(scope: Scope, subject_type: str, subject_id: str) -> QuerySet[AuditEntry]:
    """Return what was done to one record, and who looked at it, newest first."""
    return entries(scope).filter(subject_type=subject_type, subject_id=subject_id)


def reveals_of(scope: Scope, subject_type: str, subject_id: str) -> QuerySet[AuditEntry]:
    """Return who has looked at one record's protected values, newest first."""
    return history_of(scope, subject_type, subject_id).filter(verb=REVEAL)


def reveal_count(actor_id: int, *, since: datetime) -> int:
    """Return how many protected values a person has opened since an instant."""
    return AuditEntry.objects.filter(actor_id=actor_id, verb=REVEAL, at__gte=since).count()


def counted_by_subject(subject_type: str, verbs: Sequence[str]) -> dict[str, int]:
    """Return how many entries of some verbs each record of a type has."""
    rows = AuditEntry.objects.filter(subject_type=subject_type, verb__in=verbs).order_by()
    return dict(rows.values_list("subject_id").annotate(count=Count("pk")))


def last_change_of(subject_type: str, subject_id: str, verb: str) -> dict[str, str]:
    """Return the new values of the newest entry of a verb about one record, empty for none."""
    rows = AuditEntry.objects.filter(subject_type=subject_type, subject_id=subject_id, verb=verb)
    changes = rows.order_by("-pk").values_list("changes", flat=True).first() or {}
    return {name: pair[1] for name, pair in changes.items()}


def rows_recorded(verb: str, subject_id: str = "") -> int:
    """Return how many rows the entries of a verb, of one record or of all, say they touched."""
    rows = AuditEntry.objects.filter(verb=verb)
    if subject_id:
        rows = rows.filter(subject_id=subject_id)
    return rows.aggregate(total=Sum("count"))["total"] or 0


def sealed_numbers(*, since: datetime | None = None) -> set[int]:
    """Return the numbers of entries under the seals made since an instant, or under all."""
    seals = (
        AuditSeal.objects.all() if since is None else AuditSeal.objects.filter(sealed_at__gte=since)
    )
    return {
        number
        for marks in seals.values_list("marks", flat=True).iterator(chunk_size=50)
        for number, _mark in chain.unpacked(bytes(marks))
    }


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of walking the chain; ``entry`` and ``seal`` name the first broken link."""

    seals: int
    entries: int
    head: str
    unsealed: int = 0
    entry: int | None = None
    seal: int | None = None
    code: str = ""
    message: str = ""

    @property
    def is_whole(self) -> bool:
        """Say whether nothing is amiss."""
        return not self.code


def anchor_file() -> Path:
    """Return the file outside the database that remembers each head; put it on another disk."""
    return Path(settings.ANCHOR_DIR) / "audit.jsonl"


def _last_anchor() -> dict[str, object] | None:
    path = anchor_file()
    if not path.exists():
        return None
    lines = path.read_text().splitlines()
    return dict(json.loads(lines[-1])) if lines else None


def _sentences() -> dict[str, str]:
    return {
        "trigger-missing": _("数据库的只增不改触发器缺失：%(what)s。"),
        "seal-broken": _("第 %(what)s 号封条与前一封条或其标记不符。"),
        "entry-missing": _("操作日志第 %(what)s 条已被删除。"),
        "entry-changed": _("操作日志第 %(what)s 条与封存时不同。"),
        "entry-unsealed": _("操作日志第 %(what)s 条早已写入却不在任何封条之内。"),
        "anchor-missing": _("封条链与库外锚点不符：锚点记有 %(what)s 个封条，链的末端已被截去。"),
    }


@dataclass(slots=True)
class _Walk:
    """What has been counted so far, and how a verdict is given from it."""

    seals: int = 0
    entries: int = 0
    head: str = chain.GENESIS

    def verdict(
        self, code: str, what: object, *, entry: int | None = None, seal: int | None = None
    ) -> Verdict:
        message = _sentences()[code] % {"what": what}
        return Verdict(self.seals, self.entries, self.head, 0, entry, seal, code, message)


def _faulty_entry(walk: _Walk, seal: AuditSeal) -> Verdict | None:
    """Compare each entry under one seal with its mark."""
    marks = chain.unpacked(bytes(seal.marks))
    while pairs := list(islice(marks, _CHUNK)):
        found = AuditEntry.objects.in_bulk([number for number, _mark in pairs])
        for number, mark in pairs:
            if number not in found:
                return walk.verdict("entry-missing", number, entry=number, seal=seal.pk)
            if chain.mark(found[number]) != mark:
                return walk.verdict("entry-changed", number, entry=number, seal=seal.pk)
        walk.entries += len(pairs)
    return None


def _faulty_seal(walk: _Walk) -> Verdict | None:
    """Walk the seals from the first; compare each with the one before and with its entries."""
    for seal in AuditSeal.objects.order_by("pk").iterator(chunk_size=50):
        marks = bytes(seal.marks)
        if seal.previous_hash != walk.head or chain.link(walk.head, marks) != seal.hash:
            return walk.verdict("seal-broken", seal.pk, seal=seal.pk)
        fault = _faulty_entry(walk, seal)
        if fault is not None:
            return fault
        walk.seals += 1
        walk.head = seal.hash
    return None


def _faulty_anchor(walk: _Walk) -> Verdict | None:
    """Compare the chain with what was written down outside the database."""
    anchor = _last_anchor()
    if anchor is None:
        return None
    remembered = AuditSeal.objects.filter(hash=str(anchor["head"])).exists()
    if not remembered or walk.seals < int(str(anchor["seals"])):
        return walk.verdict("anchor-missing", anchor["seals"])
    return None


def verify(*, now: datetime) -> Verdict:
    """Walk the whole chain and return what it found, naming the first broken entry.

    1. Each seal follows from the one before. 2. Each sealed entry is there and unchanged. 3. The
    chain reaches at least as far as the anchor kept outside the database. 4. The triggers are in
    place. 5. No old entry lies outside the seals.
    """
    walk = _Walk()
    fault = _faulty_seal(walk) or _faulty_anchor(walk)
    if fault is not None:
        return fault
    gone = triggers.missing(connection)
    if gone:
        return walk.verdict("trigger-missing", ", ".join(gone))
    return _unsealed(walk, now)


def _unsealed(walk: _Walk, now: datetime) -> Verdict:
    """Count the entries that wait for a seal; one far behind the head was slipped in."""
    sealed = sealed_numbers()
    loose = [
        number
        for number in AuditEntry.objects.order_by("pk").values_list("pk", flat=True).iterator()
        if number not in sealed
    ]
    settled = AuditSeal.objects.filter(sealed_at__lt=now - SEAL_GRACE)
    horizon = settled.aggregate(last=Max("last_entry"))["last"] or 0
    if loose and loose[0] <= horizon:
        return walk.verdict("entry-unsealed", loose[0], entry=loose[0])
    return Verdict(walk.seals, walk.entries, walk.head, unsealed=len(loose))


def verb_label(verb: str) -> str:
    """Return a verb in the reader's words, the verb itself where no app has named it."""
    return str(verb_labels().get(verb, verb))


def named_since(label: str, instant: datetime) -> set[str]:
    """Return the keys of a model's rows to which somebody did more than look after an instant."""
    said = AuditEntry.objects.filter(subject_type=label.lower(), at__gt=instant).exclude(
        verb=REVEAL
    )
    return set(said.values_list("subject_id", flat=True))


def count_since(instant: datetime, verbs: Collection[str], division_prefix: str) -> int:
    """Count what was done in a place after an instant, of some verbs."""
    return AuditEntry.objects.filter(
        at__gt=instant, verb__in=verbs, division_code__startswith=division_prefix
    ).count()
