"""Putting what the linkage model weighed into words, in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens.weights import Weight, Weights

_LABELS: Mapping[str, Any] = {
    "name": gettext_lazy("姓名"),
    "rarity": gettext_lazy("重名"),
    "birth": gettext_lazy("出生日期"),
    "sex": gettext_lazy("性别"),
    "township": gettext_lazy("乡镇"),
    "village": gettext_lazy("村"),
    "guardian": gettext_lazy("监护人与户主"),
    "number": gettext_lazy("证件号码"),
}
_FOUND: Mapping[tuple[str, str], Any] = {
    ("name", "equal"): gettext_lazy("相同"),
    ("name", "variant"): gettext_lazy("异体或形近字"),
    ("name", "homophone"): gettext_lazy("同音不同字"),
    ("name", "one-character"): gettext_lazy("差一个字"),
    ("name", "one-of-two"): gettext_lazy("两个字中差一个"),
    ("name", "differs"): gettext_lazy("不同"),
    ("birth", "equal"): gettext_lazy("相同"),
    ("birth", "swapped"): gettext_lazy("月日颠倒"),
    ("birth", "near"): gettext_lazy("差一位、相邻两位颠倒或差一天"),
    ("birth", "year"): gettext_lazy("月日相同，年份不同"),
    ("birth", "differs"): gettext_lazy("不同"),
    ("guardian", "head"): gettext_lazy("监护人就是户主"),
    ("guardian", "family"): gettext_lazy("监护人是同户成员"),
    ("guardian", "sounds"): gettext_lazy("监护人与户主同音"),
    ("guardian", "differs"): gettext_lazy("监护人不在该户"),
    ("number", "equal"): gettext_lazy("填报的号码相同"),
    ("number", "one-digit"): gettext_lazy("差一位"),
    ("number", "transposed"): gettext_lazy("相邻两位颠倒"),
    ("number", "first-15"): gettext_lazy("前 15 位相同"),
    ("number", "differs"): gettext_lazy("不同"),
}
_PLAIN: Mapping[str, Any] = {"equal": gettext_lazy("相同"), "differs": gettext_lazy("不同")}


def _found(comparison: str, level: str, bits: float) -> str:
    if comparison == "rarity":
        return str(_("少见的姓名") if bits >= 0 else _("常见的姓名"))
    return str(_FOUND.get((comparison, level)) or _PLAIN.get(level, level))


def weights_of(evidence: Mapping[str, Any], probability: float | None) -> Weights | None:
    """Return which evidence of a probable match weighed how much, None where nothing was weighed.

    Strongest first. The model's prior, against any two people being one, is said in the conclusion.
    """
    weighed: Sequence[Sequence[Any]] = evidence.get("weights") or ()
    if not weighed or probability is None:
        return None
    lines = [
        Weight(_LABELS.get(name, name), _found(name, level, float(bits)), float(bits))
        for name, level, bits in weighed
        if name != "prior"
    ]
    prior = sum(float(bits) for name, _level, bits in weighed if name == "prior")
    words = {
        "sum": f"{sum(line.value for line in lines):+.1f}",
        "prior": f"{prior:+.1f}",
        "probability": percent(probability),
    }
    return Weights(
        _("各项证据的分量"),
        sorted(lines, key=lambda line: -abs(line.value)),
        note=_("每多 1 分，是同一人的可能比翻一番。"),
        conclusion=_(
            "证据合计 %(sum)s 分，任取两人本来是 %(prior)s 分，是同一人的可能性为 %(probability)s。"
        )
        % words,
    )


def percent(probability: float) -> str:
    """Return a probability in words: never 100 %, since only a person is certain."""
    if probability > 0.999:
        return _("99.9% 以上")
    return f"{probability:.1%}" if probability > 0.99 else f"{probability:.0%}"
