"""Headings as people write them, brought to one form for comparing; what rows of no data say."""

import re
import unicodedata
from functools import lru_cache

_DECORATION = re.compile(r"[\s*＊★☆●◆#:：\"'“”]+")
_REMARK = re.compile(r"\((?:必填|选填|可选|必选|非必填|文本格式?|是/否|下拉选择?|单选)\)|必填项?$")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_NUMBERING = re.compile(r"^\d+[.、]")

# 合计, 本班小计, 三年级小计, 东山小学合计：120人
TOTAL = re.compile(
    r"[^\s:：]{0,12}?(?:合\s*计|小\s*计|总\s*计|共\s*计|累\s*计|总\s*数)(?:[(（:：人\d].*)?"
)
SIGNATURE = re.compile(
    r"(?:填表|制表|审核|审批|负责|经办|填报|复核|核对|统计|校长|主管)(?:人|单位|日期|时间|领导|\s*[(（]?签)"
    r"|(?:校长|制表|审核|复核|签字|盖章|公章|单位)\s*[(（]?(?:签名|签字|盖章|公章|章)?[)）]?\s*[:：]"
)
NOTE = re.compile(r"(?:备?注|说明|附注|填表说明|填写说明)\s*\d*\s*[:：.、]")
# One of these is in every total and signature that consists of letters only.
MARKING = re.compile("[计数人位期间导签]")


@lru_cache(maxsize=8192)
def squeezed(heading: str) -> str:
    """Return a heading without stars, spaces, line breaks, remarks and numbering."""
    text = unicodedata.normalize("NFKC", heading)
    text = _DECORATION.sub("", text)
    return _NUMBERING.sub("", _REMARK.sub("", text)).lower()


@lru_cache(maxsize=8192)
def bare(heading: str) -> str:
    """Return a squeezed heading without its bracketed part."""
    return _BRACKETS.sub("", squeezed(heading)) or squeezed(heading)


def spellings(heading: str) -> list[str]:
    """Return what a heading may be known as: whole, bare, and its lower row alone."""
    lower = heading.rpartition("/")[2]
    return list(dict.fromkeys([squeezed(heading), bare(heading), squeezed(lower), bare(lower)]))
