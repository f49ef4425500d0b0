"""What an official paper says, as plain values."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

TITLE_CHARS = 20  # size-two characters to a line
_NUMERALS = "零一二三四五六七八九"
_UNBROKEN = re.compile(
    r"[0-9A-Za-z]+年?度?|《[^》]*》|〔[^〕]*〕|[一-鿿]县|工作|情况|报告|总结|教育|脱贫|攻坚"
)
_NO_START = "的和与及、，。》〕）"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading without its number; levels 1 to 4 are counted 一、 （一） 1. （1）."""

    level: Literal[1, 2, 3, 4]
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, its first line two characters in."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table: column headings, rows of text, the columns that hold figures (set to the right).

    ``widths`` are relative; without them columns are equal. ``row_mm`` is the least height of a
    row, for tables that are signed by hand.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    figures: frozenset[int] = frozenset()
    widths: Sequence[float] = ()
    note: str = ""
    row_mm: float = 0


Block = Heading | Paragraph | Table


@dataclass(frozen=True, slots=True)
class Annex:
    """An annex on its own pages, before the imprint."""

    title: str
    body: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Paper:
    """One official paper; what is empty is left out.

    ``issuer`` is the red head, ``number`` the document number with its brackets, ``signer`` is
    named only on papers to a higher body. A ``sealed`` paper sets the date four characters in and
    the issuer's name centred above it; an unsealed one the name two in, the date two to its right.
    """

    title: str
    body: Sequence[Block]
    issuer: str = ""
    number: str = ""
    signer: str = ""
    recipients: str = ""
    signature: str = ""
    dated_on: date | None = None
    sealed: bool = True
    note: str = ""
    copies_to: str = ""
    printed_by: str = ""
    printed_on: date | None = None
    annexes: Sequence[Annex] = ()


def chinese_number(number: int) -> str:
    """Return 1 to 99 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _NUMERALS[ones]
    return ("" if tens == 1 else _NUMERALS[tens]) + "十" + (_NUMERALS[ones] if ones else "")


def full_date(day: date) -> str:
    """Return a date as papers write it: Arabic figures, no leading noughts."""
    return f"{day.year}年{day.month}月{day.day}日"


def numbered(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks with every heading's number before its text."""
    counts = [0, 0, 0, 0]
    done: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading):
            at = block.level - 1
            counts[at] += 1
            counts[at + 1 :] = [0] * (3 - at)
            done.append(Heading(block.level, _number(block.level, counts[at]) + block.text))
        else:
            done.append(block)
    return done


def _number(level: int, count: int) -> str:
    if level == 1:
        return f"{chinese_number(count)}、"
    if level == 2:
        return f"（{chinese_number(count)}）"
    return f"{count}." if level == 3 else f"（{count}）"


def title_lines(title: str) -> list[str]:
    """Return a title in centred lines, longest first, no word torn apart.

    A title with line feeds keeps its own lines. The standard asks for a trapezoid or a diamond and
    for whole words; names in 《》 and 〔〕, figures and the words that every paper has stay whole.
    """
    if "\n" in title:
        return [line for line in title.split("\n") if line]
    count = -(-len(title) // TITLE_CHARS)
    lines, rest = [], title
    for left in range(count, 1, -1):
        cut = _cut(rest, left)
        lines.append(rest[:cut])
        rest = rest[cut:]
    return [*lines, rest]


def _cut(text: str, lines: int) -> int:
    """Return where the first of so many lines ends: near an even share, a little more."""
    inside = {at for word in _UNBROKEN.finditer(text) for at in range(word.start() + 1, word.end())}
    share = min(TITLE_CHARS, len(text) / lines + 1)
    allowed = [
        at
        for at in range(
            max(1, len(text) - TITLE_CHARS * (lines - 1)), min(TITLE_CHARS, len(text)) + 1
        )
        if at not in inside and text[at : at + 1] not in _NO_START
    ]
    return min(allowed, key=lambda at: abs(at - share), default=round(share))
