"""The county's wording with its placeholders: what they mean and how they are filled.

A text is lines: ``# heading``, ``## sub-heading`` (to four levels), else a paragraph. In it stand

- ``{{year}}``, ``{{last_year}}``, ``{{county}}``;
- ``{{ID.FIGURE}}`` for a line of the summary: ``persons``, ``person_times``, ``amount`` (yuan),
  ``wan`` (万元), ``quota``, ``rows``, ``source.county`` (万元), a measure's name, and
  ``last.persons`` and so on for the year before;
- on a paragraph of their own ``{{lines:SECTION}}``, a sub-heading and a sentence for each line of a
  section, and ``{{table:SECTION}}`` or ``{{table:all}}``.

Filling is a look-up in a mapping: no expression is ever evaluated. A paragraph that speaks of a
line without figures this year is left out and reported.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, cast

from django.utils.translation import gettext as _

from povedu.figures import Line
from povedu.paper.document import Block, Heading, Paragraph, Table
from reports.choices import Section
from reports.rules.wording import number_text, sentence, wan_text

_PLACE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_NAME = re.compile(
    r"(?:year|last_year|county"
    r"|(?:lines|table):(?:all|" + "|".join(Section.values) + r")"
    r"|[a-z0-9][a-z0-9-]*\.(?:last\.)?(?:source\.[a-z]+|[a-z_]+))"
)
_HEADING = re.compile(r"(#{1,4})\s*(.+)")
DASH = "—"


@dataclass(frozen=True, slots=True)
class Told:
    """A line of this year and the same line of the year before, None where it had no figures."""

    line: Line
    last: Line | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text is filled from."""

    year: int
    county: str
    told: Sequence[Told]

    def find(self, line_id: str) -> Told | None:
        """Return the line of an id."""
        return next((one for one in self.told if one.line.id == line_id), None)

    def section(self, name: str) -> list[Told]:
        """Return the lines of a section, of all for ``all``."""
        return [one for one in self.told if name in ("all", one.line.section)]


@dataclass(slots=True)
class Filled:
    """The blocks of a paper, and the placeholders that had no figures."""

    blocks: list[Block] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def unknown_names(text: str) -> list[str]:
    """Return the placeholders of a text that mean nothing, in order."""
    found = [one for one in _PLACE.findall(text) if _NAME.fullmatch(one) is None]
    if text.count("{{") != len(_PLACE.findall(text)):
        found.append("{{")
    return found


def fill_line(text: str, facts: Facts) -> tuple[str, list[str]]:
    """Return a text with its placeholders filled, and the names of those without figures."""
    missing: list[str] = []

    def replace(match: "re.Match[str]") -> str:
        value = _value(match[1], facts)
        if value is None:
            missing.append(match[1])
            return DASH
        return value

    return _PLACE.sub(replace, text), missing


def fill(text: str, facts: Facts) -> Filled:
    """Return the blocks that a text makes."""
    done = Filled()
    for raw in text.splitlines():
        line = raw.strip()
        if line:
            _take(line, facts, done)
    _drop_empty_headings(done)
    return done


def _take(line: str, facts: Facts, done: Filled) -> None:
    whole = _PLACE.fullmatch(line)
    kind, _colon, section = (whole[1] if whole else "").partition(":")
    if kind in _BLOCKS and section:
        done.blocks += _BLOCKS[kind](section, facts)
        return
    heading = _HEADING.fullmatch(line)
    text, missing = fill_line(heading[2] if heading else line, facts)
    if missing:
        done.missing += missing
    elif heading:
        level = cast("Literal[1, 2, 3, 4]", len(heading[1]))
        done.blocks.append(Heading(level, text))
    else:
        done.blocks.append(Paragraph(text))


def _drop_empty_headings(done: Filled) -> None:
    """Leave out first-level headings under which nothing stands."""
    kept: list[Block] = []
    for block in reversed(done.blocks):
        below = kept[-1] if kept else None
        bare = below is None or (isinstance(below, Heading) and below.level == 1)
        if isinstance(block, Heading) and block.level == 1 and bare:
            continue
        kept.append(block)
    done.blocks = kept[::-1]


def _value(name: str, facts: Facts) -> str | None:
    if name == "year":
        return str(facts.year)
    if name == "last_year":
        return str(facts.year - 1)
    if name == "county":
        return facts.county
    line_id, _dot, figure = name.partition(".")
    told = facts.find(line_id)
    if told is None:
        return None
    line: Line | None = told.line
    if figure.startswith("last."):
        line, figure = told.last, figure.removeprefix("last.")
    return None if line is None else _figure(line, figure)


def _figure(line: Line, figure: str) -> str | None:
    if figure.startswith("source."):
        amount = line.by_source.get(figure.removeprefix("source."))
        return None if amount is None else wan_text(amount)
    if figure == "wan":
        return None if line.amount is None else wan_text(line.amount)
    known: Mapping[str, Any] = {
        "persons": line.persons,
        "person_times": line.person_times,
        "amount": line.amount,
        "quota": line.quota,
        "rows": line.rows,
    }
    value = known[figure] if figure in known else line.measures.get(figure)
    if isinstance(value, list):
        return "、".join(number_text(one) for one in value) or None
    return None if value is None or isinstance(value, Mapping) else number_text(value)


def _lines(section: str, facts: Facts) -> list[Block]:
    told = facts.section(section)
    blocks: list[Block] = []
    for one in told:
        if len(told) > 1:
            blocks.append(Heading(2, one.line.title))
        blocks.append(Paragraph(sentence(one.line, one.last)))
    return blocks


def _cell(value: int | None) -> str:
    return DASH if value is None else f"{value:,}"


def _money(amount: Decimal | None) -> str:
    return DASH if amount is None else f"{Decimal(wan_text(amount)):,.2f}"


def table_rows(told: Sequence[Told]) -> list[list[str]]:
    """Return the rows of the table of figures: persons, person-times, money, last year's money."""
    return [
        [
            one.line.title,
            _cell(one.line.persons),
            _cell(one.line.person_times),
            _money(one.line.amount),
            _money(one.last.amount if one.last else None),
            _money(_change(one)),
        ]
        for one in told
    ]


def _change(one: Told) -> Decimal | None:
    if one.last is None or one.line.amount is None or one.last.amount is None:
        return None
    return one.line.amount - one.last.amount


def figures_table(title: str, facts: Facts, section: str = "all") -> Table:
    """Return the table of a section's figures beside last year's."""
    return Table(
        title,
        [
            _("项目"),
            _("人数"),
            _("人次"),
            _("金额（万元）"),
            _("上年（万元）"),
            _("增减（万元）"),
        ],
        table_rows(facts.section(section)),
        figures=frozenset({1, 2, 3, 4, 5}),
        widths=(3.4, 1, 1.2, 1.3, 1.3, 1.3),
    )


def _table(section: str, facts: Facts) -> list[Block]:
    if not facts.section(section):
        return []
    label = _("全部项目") if section == "all" else str(Section(section).label)
    title = _("%(year)s年%(section)s情况") % {"year": facts.year, "section": label}
    return [figures_table(title, facts, section)]


_BLOCKS: dict[str, Callable[[str, Facts], list[Block]]] = {"lines": _lines, "table": _table}
