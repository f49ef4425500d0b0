"""One family's facts as one paper; nothing but what is given here can be in it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from povedu.money import ZERO, in_words
from povedu.paper.document import Block, Paper, Paragraph, Table, full_date
from subsidies.choices import LetterKind
from subsidies.rules.letters.words import Words, fill

_SIGNED_ROW_MM = 9.0


@dataclass(frozen=True, slots=True)
class Received:
    """What a child got or is to get: of which programme, when, how much (yuan)."""

    programme: str
    when: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Child:
    """A child with its place and what it got."""

    name: str
    place: str
    received: Sequence[Received] = ()

    @property
    def total(self) -> Decimal:
        """Return the sum."""
        return sum((one.amount for one in self.received), ZERO)


@dataclass(frozen=True, slots=True)
class Family:
    """Whom a letter is for, and the children of that one household."""

    recipient: str
    children: Sequence[Child] = ()

    @property
    def total(self) -> Decimal:
        """Return the sum over the children."""
        return sum((one.total for one in self.children), ZERO)


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """A programme in plain words."""

    programme: str
    whom: str
    amount: str
    how: str


@dataclass(frozen=True, slots=True)
class Handover:
    """A line to be signed: who gets how much, and who takes it."""

    name: str
    amount: Decimal
    payee: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A class's lines of one batch."""

    programme: str
    term: str
    school: str
    class_words: str
    batch: str
    lines: Sequence[Handover] = field(default_factory=list)


def _paragraphs(text: str, values: Mapping[str, str]) -> list[Block]:
    return [Paragraph(fill(line.strip(), values)) for line in text.splitlines() if line.strip()]


def _common(words: Words, county: str, on: date) -> dict[str, str]:
    return {
        "县": county,
        "署名": words.signature,
        "电话": words.contact,
        "日期": full_date(on),
    }


def _paper(
    words: Words, values: Mapping[str, str], facts: Iterable[Block], on: date, recipient: str = ""
) -> Paper:
    return Paper(
        title=fill(words.title, values),
        recipients=recipient,
        body=[
            *_paragraphs(words.opening, values),
            *facts,
            *_paragraphs(words.closing, values),
        ],
        signature=words.signature,
        dated_on=on,
    )


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _child_table(child: Child, when: str) -> Table:
    rows = [[one.programme, one.when, _money(one.amount)] for one in child.received]
    return Table(
        f"{child.name}（{child.place}）" if child.place else child.name,
        ["资助项目", when, "金额（元）"],
        [*rows, ["合计", "", _money(child.total)]],
        figures=frozenset({2}),
        widths=(5.2, 4.8, 2.4),
    )


def family_paper(words: Words, family: Family, *, county: str, year: int, on: date) -> Paper:
    """Return the letter to one household: what each of its children received in a year."""
    values = {
        **_common(words, county, on),
        "收信人": family.recipient,
        "年度": str(year),
        "合计": _money(family.total),
    }
    facts = [_child_table(child, "学期、到账日期") for child in family.children]
    return _paper(words, values, facts, on, family.recipient)


def notice_paper(words: Words, family: Family, *, county: str, term: str, on: date) -> Paper:
    """Return the notice to one family of what its child has been granted in a term."""
    values = {
        **_common(words, county, on),
        "收信人": family.recipient,
        "学期": term,
        "合计": _money(family.total),
    }
    facts = [_child_table(child, "发放时间") for child in family.children]
    return _paper(words, values, facts, on, family.recipient)


def card_paper(
    words: Words, lines: Sequence[PolicyLine], *, county: str, year: int, on: date
) -> Paper:
    """Return the policy card: each programme in plain words; it names nobody."""
    values = {**_common(words, county, on), "年度": str(year)}
    table = Table(
        "",
        ["资助项目", "谁可以享受", "标准", "怎样发放"],
        [[one.programme, one.whom, one.amount, one.how] for one in lines],
        widths=(3.2, 4.6, 3.4, 2.4),
    )
    return _paper(words, values, [table], on)


def sheet_paper(words: Words, sheet: Sheet, *, county: str, on: date) -> Paper:
    """Return the sheet that a class signs for its money, with its total in words."""
    values = {
        **_common(words, county, on),
        "项目": sheet.programme,
        "学期": sheet.term,
        "学校": sheet.school,
        "班级": sheet.class_words,
        "批次": sheet.batch,
    }
    rows = [
        [str(at), one.name, _money(one.amount), one.payee, "", "", ""]
        for at, one in enumerate(sheet.lines, start=1)
    ]
    total = sum((one.amount for one in sheet.lines), ZERO)
    table = Table(
        "",
        ["序号", "姓名", "金额（元）", "收款人", "领款人签字", "领取日期", "备注"],
        [*rows, ["合计", f"{len(rows)}人", _money(total), "", "", "", ""]],
        figures=frozenset({2}),
        widths=(1, 2, 2.2, 2, 3, 2.2, 1.6),
        note=f"合计（大写）：{in_words(total)}",
        row_mm=_SIGNED_ROW_MM,
    )
    return _paper(words, values, [table], on)


@dataclass(frozen=True, slots=True)
class About:
    """What a batch of letters has in common."""

    kind: str
    county: str
    year: int
    term: str
    on: date


def papers_for(words: Words, facts: Sequence[Any], about: About) -> Iterator[Paper]:
    """Yield a paper for each letter's facts, in their order."""
    common: dict[str, Any] = {"county": about.county, "on": about.on}
    for one in facts:
        if about.kind == LetterKind.FAMILY:
            yield family_paper(words, one, year=about.year, **common)
        elif about.kind == LetterKind.NOTICE:
            yield notice_paper(words, one, term=about.term, **common)
        elif about.kind == LetterKind.SHEET:
            yield sheet_paper(words, one, **common)
        else:
            yield card_paper(words, one, year=about.year, **common)
