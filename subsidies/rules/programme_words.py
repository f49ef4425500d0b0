"""Which programme a ledger means: the words of offices and national systems, pure functions.

The codes are those of the presets; a county that names a programme otherwise is found by its own
name first, by whoever calls.
"""

import re

from schools.choices import Stage

_AT_STAGE = (
    (re.compile(r"中职|中等职业|职业高中|职高|中专|技工"), Stage.VOCATIONAL),
    (re.compile(r"普高|普通高中|高中"), Stage.SENIOR),
    (re.compile(r"本专科|高校|大学|高等教育|高职|普通高等"), Stage.UNDERGRADUATE),
    (re.compile(r"学前|幼儿|保教|保育"), Stage.PRESCHOOL),
)
_GRANTS = {
    Stage.VOCATIONAL: "vocational-grant",
    Stage.SENIOR: "senior-grant",
    Stage.UNDERGRADUATE: "higher-grant",
    Stage.HIGHER_VOCATIONAL: "higher-grant",
    Stage.PRESCHOOL: "preschool-aid",
}
_WAIVERS = {
    Stage.VOCATIONAL: "vocational-waiver",
    Stage.SENIOR: "senior-waiver",
    Stage.PRESCHOOL: "preschool-waiver",
}


def programme_code(words: str, stage: str = "") -> str:
    """Return the preset code that words and a pupil's stage mean, "" where they mean none."""
    text = re.sub(r"\s", "", words)
    if "雨露" in text:
        return "rain-dew"
    if "营养" in text:
        return "meals"
    if "孤儿" in text or "无人抚养" in text:
        return "orphan-living"
    named = next((found for pattern, found in _AT_STAGE if pattern.search(text)), None)
    at = named or stage
    if re.search(r"免(学|除学|保|除保)", text):
        return _WAIVERS.get(at, "")  # type: ignore[call-overload, no-any-return]  # a stage's own text is equal to it
    if re.search(r"寄宿|住宿|住校|生活补助|生活费", text):
        if re.search(r"非寄宿|走读", text):
            return "day-living"
        return "" if at in _GRANTS else "boarder-living"
    if re.search(r"助学金|资助|补助", text):
        return _GRANTS.get(at, "")  # type: ignore[call-overload, no-any-return]  # a stage's own text is equal to it
    return ""
