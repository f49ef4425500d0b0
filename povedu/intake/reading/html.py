"""Tables in HTML, which many systems write and name .xls."""

from html.parser import HTMLParser

from povedu.intake.reading.cells import shown
from povedu.intake.reading.faults import Unreadable
from povedu.intake.reading.limits import Limits

_LARGEST_SPAN = 1000
_SILENT = frozenset({"script", "style", "head", "title"})
Merge = tuple[int, int, int, int]


class Grid:
    """One table under construction, with row and column spans laid out."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.rows: list[list[str]] = []
        self.merges: list[Merge] = []
        self._taken: dict[int, set[int]] = {}

    def start_row(self) -> None:
        """Begin a row."""
        if len(self.rows) >= self.limits.sheet_rows:
            raise Unreadable("too-many-rows", limit=self.limits.rows, row=len(self.rows))
        self.rows.append([])

    def add(self, text: str, spans: tuple[int, int]) -> None:
        """Add a cell in the next free place of the current row."""
        if not self.rows:
            self.start_row()
        at, row = len(self.rows) - 1, self.rows[-1]
        while len(row) in self._taken.get(at, ()):
            row.append("")
        column = len(row)
        down, across = spans
        if column + across > self.limits.columns:
            raise Unreadable("too-many-columns", limit=self.limits.columns)
        row.append(text)
        row.extend([""] * (across - 1))
        for lower in range(at + 1, at + down):
            self._taken.setdefault(lower, set()).update(range(column, column + across))
        if down > 1 or across > 1:
            self.merges.append((at, column, at + down - 1, column + across - 1))


class TableReader(HTMLParser):
    """Collect every table of a page; nothing of it is executed, fetched or kept but text."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self.limits = limits
        self.tables: list[Grid] = []
        self._open: list[Grid] = []
        self._text: list[str] | None = None
        self._spans = (1, 1)
        self._silent = 0

    def _close_cell(self) -> None:
        if self._text is not None and self._open:
            self._open[-1].add("".join(self._text).strip(" \r\n\t"), self._spans)
        self._text = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a table, row or cell."""
        if tag == "table":
            self._close_cell()
            if len(self.tables) >= self.limits.sheets:
                raise Unreadable(
                    "too-many-sheets", limit=self.limits.sheets, found=len(self.tables)
                )
            self._open.append(Grid(self.limits))
            self.tables.append(self._open[-1])
        elif tag == "tr" and self._open:
            self._close_cell()
            self._open[-1].start_row()
        elif tag in ("td", "th") and self._open:
            self._close_cell()
            self._text, self._spans = [], _spans(dict(attrs))
        elif tag == "br" and self._text is not None:
            self._text.append("\n")
        elif tag in _SILENT:
            self._silent += 1

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened."""
        if tag in ("td", "th", "tr"):
            self._close_cell()
        elif tag == "table" and self._open:
            self._close_cell()
            self._open.pop()
        elif tag in _SILENT and self._silent:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        """Collect text inside a cell."""
        if self._text is not None and not self._silent:
            self._text.append(shown(data).replace("\r", "").replace("\n", " "))


def _spans(attributes: dict[str, str | None]) -> tuple[int, int]:
    def span(name: str) -> int:
        text = (attributes.get(name) or "1").strip()
        return min(max(int(text), 1), _LARGEST_SPAN) if text.isdecimal() and len(text) < 7 else 1

    return span("rowspan"), span("colspan")


def tables_of(text: str, limits: Limits) -> list[Grid]:
    """Return the tables of a page that hold at least one row; raise Unreadable for none."""
    reader = TableReader(limits)
    reader.feed(text)
    reader.close()
    tables = [table for table in reader.tables if any(any(row) for row in table.rows)]
    if not tables:
        raise Unreadable("not-a-table", found="HTML")
    return tables
