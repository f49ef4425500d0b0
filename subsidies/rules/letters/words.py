"""The words around a letter's facts, with placeholders that are looked up and never evaluated.

Papers are Chinese whatever the language of the screen, so their words are data here and not
interface text; a county puts its own in their place.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from subsidies.choices import LetterKind

_PLACE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_COMMON = ("县", "署名", "电话", "日期")
PLACEHOLDERS: Mapping[str, tuple[str, ...]] = {
    LetterKind.FAMILY: ("收信人", "年度", "合计", *_COMMON),
    LetterKind.NOTICE: ("收信人", "学期", "合计", *_COMMON),
    LetterKind.CARD: ("年度", *_COMMON),
    LetterKind.SHEET: ("项目", "学期", "学校", "班级", "批次", *_COMMON),
}


@dataclass(frozen=True, slots=True)
class Words:
    """What a county says in a kind of letter."""

    title: str
    opening: str
    closing: str
    signature: str
    contact: str = ""


_SHIPPED: Mapping[str, tuple[str, str, str]] = {
    LetterKind.FAMILY: (
        "一封家书",
        "{{年度}}年，您家孩子享受的教育资助如下，请您逐项核对。",
        "以上合计{{合计}}元，均已办理到账或交付。\n"
        "凡有不符、没有收到或者不清楚的地方，请带上这封信到孩子就读的学校询问，"
        "或者拨打{{电话}}。任何人不得向您收取手续费，也不得扣留您的银行卡。\n"
        "孩子按时入学、读完义务教育，是家庭的希望，也是法律的要求。遇到困难请告诉我们，"
        "我们一起想办法。",
    ),
    LetterKind.NOTICE: (
        "教育资助告知书",
        "您的孩子经审核，{{学期}}获准享受以下教育资助，现告知您。",
        "以上合计{{合计}}元，将发放到登记的收款账户，学校代收的除外。\n"
        "账户有变化的，请在发放前告诉学校；对资助结果有异议的，请拨打{{电话}}。",
    ),
    LetterKind.CARD: (
        "{{县}}教育资助明白卡",
        "下表是{{年度}}年执行的教育资助项目：谁可以享受、能得多少、怎样发放。",
        "符合条件而没有享受的，请向孩子就读的学校提出；学校不办理的，请拨打{{电话}}。\n"
        "资助不收任何费用。要求您转账、提供密码或者验证码的，都是诈骗。",
    ),
    LetterKind.SHEET: (
        "{{项目}}签领表",
        "{{学期}} {{学校}} {{班级}} 批次：{{批次}}",
        "经办人：　　　　　　　班主任：　　　　　　　校长：　　　　　　　（公章）",
    ),
}


def shipped(kind: str, county: str) -> Words:
    """Return the words that come with the system, signed by the county's bureau."""
    title, opening, closing = _SHIPPED[kind]
    return Words(title, opening, closing, f"{county}教育局")


def unknown_placeholders(kind: str, text: str) -> list[str]:
    """Return the placeholders of a text that mean nothing in a kind of letter, in order."""
    found = [one for one in _PLACE.findall(text) if one not in PLACEHOLDERS[kind]]
    if text.count("{{") != len(_PLACE.findall(text)):
        found.append("{{")
    return found


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its placeholders looked up; what has no value becomes a blank to fill."""
    return _PLACE.sub(lambda match: values.get(match[1]) or "＿＿＿＿", text)
