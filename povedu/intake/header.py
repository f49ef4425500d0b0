"""Finding the heading under any title rows, and what each column means.

1. Every row near the top is read as a heading of one row, and with the row below it as a heading
   of two, merged cells of the upper row spread over their columns.
2. The reading that names most fields wins, if it names all that the kind must have.
3. A person's own mapping, remembered per source, goes before the declared aliases.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from povedu.identity import tidy
from povedu.intake.kinds import IntakeKind
from povedu.intake.reader import SheetData
from povedu.intake.reading.cells import as_text
from povedu.intake.wording import SIGNATURE, TOTAL, bare, squeezed

_SEARCHED_ROWS = 40
# Under these a bare 姓名 or 证件号码 is somebody else's.
_OTHER_PERSON = re.compile(r"监护人|家长|父亲|母亲|户主|成员|联系人|配偶|教师|班主任|开户|持卡")


@dataclass
class ColumnMeaning:
    """One column of a sheet: where it is, its heading as shown, and the field it maps to."""

    index: int
    header: str
    field: str | None = None
    ambiguous: bool = False


@dataclass
class Heading:
    """The heading of a sheet: its rows (zero-based) and its columns' meanings."""

    rows: list[int]
    columns: list[ColumnMeaning] = field(default_factory=list)

    def fields(self) -> dict[str, int]:
        """Return the column index of each mapped field, the first where several speak for it."""
        return {one.field: one.index for one in reversed(self.columns) if one.field}


class Vocabulary:
    """The headings that a kind knows, with a source's own mapping before them."""

    def __init__(self, kind: IntakeKind, profile: Mapping[str, str]) -> None:
        self.kind = kind
        self.profile = profile
        self.exact: dict[str, str] = {}
        self.loose: dict[str, str] = {}
        for name, column in kind.columns.items():
            for heading in [name, *column.headings()]:
                self.exact.setdefault(squeezed(heading), name)
                self.loose.setdefault(bare(heading), name)

    def field(self, heading: str) -> str | None:
        """Return the field that a heading names; "" where a person said that it names none."""
        text = squeezed(heading)
        if text in self.profile:
            return self.profile[text]
        return (
            self.exact.get(text) or self.loose.get(bare(heading)) or self.exact.get(bare(heading))
        )

    def field_under(self, parent: str, child: str) -> str | None:
        """Return the field of a two-row heading; the parent decides whose 姓名 it is."""
        if not parent:
            return self.field(child)
        if not child:
            return self.field(parent)
        joined = self.field(parent + child)
        if joined is not None:
            return joined
        if _OTHER_PERSON.search(parent):
            return None
        alone = self.field(child)
        return alone if alone is not None else self.field(parent)


def _row_texts(sheet: SheetData, row: int) -> list[str]:
    return [as_text(column[row]) for column in sheet.columns]


def _spread(texts: list[str], below: list[str], sheet: SheetData, row: int) -> list[str]:
    """Return an upper heading row with each merged text repeated over its columns."""
    spread = list(texts)
    merged = [one for one in sheet.merges if one[0] <= row <= one[2]]
    for _top, left, _bottom, right in merged:
        for index in range(left, min(right + 1, len(spread))):
            spread[index] = texts[left]
    if not sheet.merges:  # text files cannot say what is merged: blanks belong to their left
        for index in range(1, len(spread)):
            if not spread[index] and below[index].strip():
                spread[index] = spread[index - 1]
    return spread


def _meanings(
    vocabulary: Vocabulary, parents: list[str], children: list[str]
) -> list[ColumnMeaning]:
    columns = []
    for index, (parent, child) in enumerate(zip(parents, children, strict=True)):
        upper, lower = squeezed(parent), squeezed(child)
        if upper == lower:
            parent = ""
        shown = "/".join(part for part in (_line(parent), _line(child)) if part)
        name = vocabulary.field_under(parent, child) if upper or lower else None
        columns.append(ColumnMeaning(index, shown, name or None))
    return _with_stand_ins(_without_doubles(columns, vocabulary.kind), vocabulary.kind)


def _with_stand_ins(columns: list[ColumnMeaning], kind: IntakeKind) -> list[ColumnMeaning]:
    """Let a column stand in for a field that no column names, as the kind allows."""
    named = {one.field for one in columns}
    for wanted, stand_in in kind.stand_ins.items():
        if wanted not in named:
            for one in columns:
                if one.field == stand_in:
                    one.field = wanted
    return columns


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _without_doubles(columns: list[ColumnMeaning], kind: IntakeKind) -> list[ColumnMeaning]:
    """Let the first column keep a field that several name; mark the others as to be asked.

    A field that gathers takes them all.
    """
    seen: set[str] = set()
    for column in columns:
        if column.field and kind.columns[column.field].gathers:
            continue
        if column.field in seen:
            column.field, column.ambiguous = None, True
        elif column.field:
            seen.add(column.field)
    return columns


def _merged_down(sheet: SheetData, row: int, texts: list[str]) -> list[str]:
    """Return the lower heading row with cells merged from above counted as theirs."""
    lower = list(texts)
    for top, left, bottom, _right in sheet.merges:
        if top < row <= bottom and left < len(lower):
            lower[left] = ""
    return lower


def find_heading(sheet: SheetData, vocabulary: Vocabulary) -> Heading | None:
    """Return the heading of a sheet, None where no row names what the kind must have."""
    must = set(vocabulary.kind.must)
    last = min(sheet.row_count, _SEARCHED_ROWS)
    texts = [_row_texts(sheet, row) for row in range(last)]
    best: Heading | None = None
    best_score = 1
    for reading in _readings(sheet, vocabulary, texts):
        named = reading.fields().keys()
        if must <= named and len(named) > best_score and _is_heading(reading, texts):
            best, best_score = reading, len(named)
    if best is None:
        return None
    return _with_used_columns(_with_lower_row(best, sheet, vocabulary, texts), sheet)


def _with_lower_row(
    best: Heading, sheet: SheetData, vocabulary: Vocabulary, texts: list[list[str]]
) -> Heading:
    """Add the row below a heading of one row where it is the heading's own second row.

    That is so where a cell is merged down into it, or where it names nobody and holds only words.
    """
    row = best.rows[-1]
    if len(best.rows) > 1 or row + 1 >= len(texts):
        return best
    merged = any(top == row < bottom for top, _left, bottom, _right in sheet.merges)
    if not (merged or _is_words_only(best, vocabulary, texts[row + 1])):
        return best
    below = _merged_down(sheet, row + 1, texts[row + 1])
    upper = _spread(texts[row], below, sheet, row)
    both = Heading([row, row + 1], _meanings(vocabulary, upper, below))
    if not best.fields().keys() <= both.fields().keys():
        both.columns = best.columns
    return both if _is_heading(both, texts) else best


def _is_words_only(best: Heading, vocabulary: Vocabulary, below: list[str]) -> bool:
    fields = best.fields()
    keys = [index for name, index in fields.items() if vocabulary.kind.columns[name].key]
    words = [text for text in below if text.strip()]
    digits = re.search(r"\d", "".join(words)) if words else None
    if any(TOTAL.fullmatch(text) or SIGNATURE.search(text) for text in map(tidy, words)):
        return False
    return len(words) > 1 and digits is None and not any(below[index].strip() for index in keys)


def _readings(
    sheet: SheetData, vocabulary: Vocabulary, texts: list[list[str]]
) -> Iterator[Heading]:
    """Yield the readings of one row first: of two rows must name more to win."""
    blank = [""] * len(sheet.columns)
    for row, own in enumerate(texts):
        if any(own):
            yield Heading([row], _meanings(vocabulary, blank, own))
    for row, own in enumerate(texts[:-1]):
        if any(own):
            below = _merged_down(sheet, row + 1, texts[row + 1])
            upper = _spread(own, below, sheet, row)
            yield Heading([row, row + 1], _meanings(vocabulary, upper, below))


def _is_heading(reading: Heading, texts: list[list[str]]) -> bool:
    """Say whether a two-row reading's lower row is a heading and not the first row of data."""
    if len(reading.rows) == 1:
        return True
    lower = [text for text in texts[reading.rows[1]] if text]
    long_numbers = sum(1 for text in lower if len(re.sub(r"\D", "", text)) >= 8)
    return long_numbers == 0


def _with_used_columns(heading: Heading, sheet: SheetData) -> Heading:
    """Drop columns that have neither a heading nor any value: styled blanks."""
    start = heading.rows[-1] + 1
    heading.columns = [
        one
        for one in heading.columns
        if one.header or any(cell != "" for cell in sheet.columns[one.index][start:])
    ]
    return heading
