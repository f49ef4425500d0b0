"""The circuit breaker: a list that would touch too many known records stops and asks."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from povedu.errors import Refusal
from povedu.intake.kinds import Applied, IntakeKind

Figures = dict[str, int]


class LargeChange(Refusal):
    """Stop before a sweeping change; ``figures`` say what it would have touched."""

    def __init__(self, figures: Figures) -> None:
        super().__init__("large-change", large_sentence(figures))
        self.figures = figures


def large_sentence(figures: Figures) -> str:
    """Return what was about to happen and what to do."""
    parts = []
    if "changed" in figures:
        parts.append(
            _("将改动已有的 %(known)d 条记录中的 %(changed)d 条（%(share)d%%）")
            % {**figures, "share": _percent(figures["changed"], figures["known"])}
        )
    if "missing" in figures:
        parts.append(
            _("在册 %(listed)d 人中有 %(missing)d 人（%(share)d%%）不在表中")
            % {**figures, "share": _percent(figures["missing"], figures["listed"])}
        )
    return _(
        "已暂停导入：%(what)s。请核对是否选错文件或学校；确认无误的，由有权限的人员写明理由后继续。"
    ) % {"what": "；".join(parts)}


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


def check_share(kind: IntakeKind, applied: Applied, confirmed: Figures) -> None:
    """Raise LargeChange where an apply touched more than its share and nobody has answered for it.

    ``confirmed`` are the figures that somebody has answered for; more than those stops again.
    """
    bounds = {**settings.INTAKE_BREAKER[""], **settings.INTAKE_BREAKER.get(kind.code, {})}
    figures: Figures = {}
    known = applied.changed + applied.unchanged
    changed = sum(
        1 for before in applied.before.values() if not kind.steady or before.keys() & kind.steady
    )
    if _too_many(changed, known, bounds, "changed", confirmed):
        figures |= {"changed": changed, "known": known}
    missing, listed = applied.missing
    if _too_many(missing, listed, bounds, "missing", confirmed):
        figures |= {"missing": missing, "listed": listed}
    if figures:
        raise LargeChange(figures)


def _too_many(part: int, whole: int, bounds: dict[str, Any], name: str, confirmed: Figures) -> bool:
    large = part >= bounds["at_least"] and part > bounds[name] * whole
    return large and part > confirmed.get(name, 0)
