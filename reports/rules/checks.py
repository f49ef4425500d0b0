"""Arithmetic in published text: sums and products that do not come out.

``163 = 77 + 85``, ``1991 人 × 500 元 = 99.55 万元``, ``76311 ≤ 59040``. Units are read where they
stand beside a number or in brackets at the end of the clause; 万 and 亿 are scales. A product of
people is checked against the standard it names; ``known`` holds standards of programmes that count
person-times, so that person-times at a yearly rate are found out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

_SCALES = {"": Decimal(1), "万": Decimal(10**4), "亿": Decimal(10**8)}
_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*([万亿]?)\s*([^\W\d_]*)")
_CLAUSE = re.compile(r"[^;；。\n]+")
_COMPARE = re.compile(r"[=＝]|[≤≥<>]")
_UNIT_AT_END = re.compile(r"[（(]\s*([万亿]?)([^（）()\d]*)\s*[)）]\s*$")
_STEP = re.compile(r"\s*([+＋×xX*]|[-－−])\s*")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One statement that does not come out: the clause, what it says, what it should."""

    clause: str
    left: Decimal
    sign: str
    right: Decimal
    kind: str = "arithmetic"


def mismatches(text: str, known: Mapping[Decimal, Decimal] | None = None) -> list[Mismatch]:
    """Return every statement of a text that is wrong, in order.

    ``known`` maps the heads of a figure that is person-times to the amount of one instalment.
    """
    found: list[Mismatch] = []
    for match in _CLAUSE.finditer(text):
        clause = match[0].strip()
        found += _check(clause)
        found += _per_head(clause, known or {})
    return found


def _check(clause: str) -> list[Mismatch]:
    signs = _COMPARE.findall(clause)
    if not signs:
        return []
    end = _UNIT_AT_END.search(clause)
    body = clause[: end.start()] if end else clause
    sides = [_side(side) for side in _COMPARE.split(body)]
    wrong = []
    for at, sign in enumerate(signs):
        left, right = sides[at], sides[at + 1]
        if left is None or right is None:
            continue
        if not _holds(left, sign, right):
            wrong.append(Mismatch(clause, left, sign, right))
    return wrong


def _holds(left: Decimal, sign: str, right: Decimal) -> bool:
    return {
        "=": left == right,
        "＝": left == right,
        "≤": left <= right,
        "≥": left >= right,
        "<": left < right,
        ">": left > right,
    }[sign]


def _side(text: str) -> Decimal | None:
    """Return the value of sums of products, None where the text holds no number."""
    total: Decimal | None = None
    product: Decimal | None = None
    sign, last_end = "+", 0
    for match in _NUMBER.finditer(text):
        value = Decimal(match[1].replace(",", "")) * _SCALES[match[2]]
        between = text[last_end : match.start()]
        step = _STEP.search(between)
        operator = step[1] if step else ""
        if product is None:
            product = value
        elif operator in {"×", "x", "X", "*"}:
            product *= value
        elif operator:
            total = _added(total, sign, product)
            sign = "-" if operator in {"-", "－", "−"} else "+"
            product = value
        else:  # a number in passing: what stands last is what the side says
            product = value
        last_end = match.end()
    return None if product is None else _added(total, sign, product)


def _added(total: Decimal | None, sign: str, product: Decimal) -> Decimal:
    base = total if total is not None else Decimal(0)
    return base - product if sign == "-" else base + product


def _per_head(clause: str, known: Mapping[Decimal, Decimal]) -> list[Mismatch]:
    """Return products of person-times with another rate than one instalment's."""
    wrong = []
    for match in re.finditer(r"(\d[\d,]*)\s*人(?:次)?\s*[×xX*]\s*(\d[\d,.]*)", clause):
        heads = Decimal(match[1].replace(",", ""))
        rate = Decimal(match[2].replace(",", ""))
        if heads in known and known[heads] != rate:
            wrong.append(Mismatch(clause, rate, "=", known[heads], "person-times"))
    return wrong
