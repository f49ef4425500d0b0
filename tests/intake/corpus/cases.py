"""Files of the corpus: children laid out on pages, in every format, with the truth beside them."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.intake.corpus import people, writers
from tests.intake.corpus.people import Child
from tests.intake.corpus.traits import TRAITS
from tests.intake.corpus.writers import Sheet

SCHOOL = "2153000001"
SERIAL = 99
HEADINGS = {
    "name": ["姓名", "学生姓名", "姓 名", "*姓名", "学生\n姓名*", "姓名（必填）", "名字"],
    "sex": ["性别", "性 别", "学生性别", "★性别"],
    "id_number": ["身份证号", "身份证件号（必填）", "公民身份号码", "证件号码", "身份证\n号码"],
    "birth_on": ["出生日期", "出生年月", "出生日期（如2010-01-01）", "生日"],
    "student_no": ["学籍号", "全国学籍号", "学 籍 号"],
    "grade": ["年级", "所在年级", "年级【必填】", "就读年级"],
    "class_name": ["班级", "班别", "所在班级", "班级名称"],
    "is_boarder": ["是否住校", "是否寄宿生", "寄宿"],
    "hardship_as_stated": ["困难类型", "贫困类型", "困难类别"],
    "guardian_name": ["监护人", "监护人姓名", "家长姓名"],
    "phone": ["联系电话", "家长电话", "手机号码", "电话："],
}
FIELDS = list(HEADINGS)


@dataclass
class Column:
    """A column of a page: what it means, "" for what nobody here knows, and its heading."""

    field: str
    heading: str
    parent: str = ""
    fill: Any = None  # the cells of a column without a field; "serial" counts
    is_second: bool = False  # it names a field that an earlier column has taken


@dataclass
class Line:
    """A row below the heading: a child, or something that is no data and why."""

    child: Child | None = None
    cells: list[Any] = field(default_factory=list)
    why: str = ""
    is_heading: bool = False


@dataclass
class Page:
    """A sheet: titles, a heading of one row or two, and lines."""

    name: str
    columns: list[Column]
    lines: list[Line]
    titles: list[list[Any]] = field(default_factory=list)
    two_rows: bool = False
    is_hidden: bool = False
    hidden_columns: tuple[int, ...] = ()
    hidden_lines: tuple[int, ...] = ()
    merged_down: tuple[tuple[str, int, int], ...] = ()  # field, first line, last line
    styled_rows: int = 0
    styled_columns: int = 0
    filled: dict[str, Any] = field(default_factory=dict)  # fields that the sheet's name gives


@dataclass
class Other:
    """A sheet without a heading: notes, or nothing at all."""

    name: str
    rows: list[list[Any]]
    is_hidden: bool = False


@dataclass
class Truth:
    """What intake must say of a file."""

    header_rows: list[list[int]]
    mapping: list[dict[str, str]]  # per sheet, field by column letters
    rows: dict[tuple[str, int], tuple[str, set[tuple[str, str]], dict[str, Any]]]
    skipped: set[tuple[str, int, str]]


@dataclass
class Case:
    """One file: its pages, its format, and its name."""

    name: str
    pages: list[Page | Other]
    format: str
    kind: str = "roster"

    def copy(self) -> "Case":
        return deepcopy(self)


# --- formats --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Format:
    """A format: how it is written, and what it can hold."""

    write: Callable[[list[Sheet]], bytes]
    read_as: str
    typed: bool = True
    errors: bool = True
    results: bool = False  # tells a formula that was saved without its result
    unicode: bool = True
    many_sheets: bool = True
    merges: bool = True
    hides: bool = True
    wraps: bool = False


def _text(**about: Any) -> Callable[[list[Sheet]], bytes]:
    return lambda sheets: writers.text(sheets[0], **about)


_PLAIN = {"typed": False, "errors": False, "many_sheets": False, "merges": False, "hides": False}
FORMATS: dict[str, Format] = {
    "xlsx": Format(writers.xlsx, "xlsx", results=True),
    "xlsm": Format(lambda sheets: writers.xlsx(sheets, macros=True), "xlsm", results=True),
    "xls": Format(writers.xls, "xls"),
    "ods": Format(writers.ods, "ods", results=True),
    "csv-utf8": Format(_text(), "text", **_PLAIN),
    "csv-bom": Format(_text(encoding="utf-8-sig"), "text", **_PLAIN),
    "csv-gbk": Format(_text(encoding="gbk", wrap="="), "text", unicode=False, wraps=True, **_PLAIN),
    "csv-gb18030": Format(_text(encoding="gb18030"), "text", **_PLAIN),
    "txt-utf16": Format(_text(encoding="utf-16", separator="\t"), "text", **_PLAIN),
    "xls-tabs-gbk": Format(
        _text(encoding="gbk", separator="\t", wrap="'"), "text", unicode=False, wraps=True, **_PLAIN
    ),
    "xls-html-gbk": Format(
        lambda sheets: writers.html(sheets[0]),
        "html",
        **{**_PLAIN, "merges": True},
        unicode=False,
    ),
    "xls-html-utf8": Format(
        lambda sheets: writers.html(sheets[0], encoding="utf-8"),
        "html",
        **{**_PLAIN, "merges": True},
    ),
    "xml-2003": Format(
        writers.xml_2003, "xml-2003", errors=False, merges=False, hides=False, typed=True
    ),
}


def can_hold(case: Case) -> bool:
    """Say whether a case's format can say everything that the case holds."""
    about = FORMATS[case.format]
    pages = [page for page in case.pages if isinstance(page, Page)]
    needs = {line.child.needs for page in pages for line in page.lines if line.child}
    hidden = any(page.hidden_columns or page.hidden_lines for page in pages)
    named = any(page.filled for page in pages)
    wanted = (
        ("errors" in needs, about.errors),
        ("results" in needs, about.results),
        ("unicode" in needs, about.unicode),
        (len(case.pages) > 1 or named, about.many_sheets),
        (hidden or any(page.is_hidden for page in case.pages), about.hides),
        (any(page.merged_down for page in pages), about.merges),
    )
    return all(can or not needed for needed, can in wanted)


# --- rendering ------------------------------------------------------------------------------------


def letters(index: int) -> str:
    return (chr(64 + index // 26) if index >= 26 else "") + chr(65 + index % 26)


def rendered(case: Case) -> tuple[bytes, Truth]:
    """Return a case's bytes and what must be said of them."""
    truth = Truth([], [], {}, set())
    about = FORMATS[case.format]
    sheets = []
    for page in case.pages:
        if isinstance(page, Other):
            sheets.append(Sheet(page.rows, name=page.name, is_hidden=page.is_hidden))
            _truth_of_other(page, truth)
        else:
            sheets.append(_sheet(page, truth, about))
    return about.write(sheets), truth


def _truth_of_other(page: Other, truth: Truth) -> None:
    truth.header_rows.append([])
    truth.mapping.append({})
    if page.is_hidden:
        truth.skipped.add((page.name, 0, "hidden-sheet"))
    elif any(any(row) for row in page.rows):
        truth.skipped.add((page.name, 0, "no-heading"))


def _sheet(page: Page, truth: Truth, about: Format) -> Sheet:
    rows: list[list[Any]] = [list(row) for row in page.titles]
    merges = [(at, 0, at, len(page.columns) - 1) for at in range(len(rows)) if rows[at]]
    top = len(rows)
    heading = [column.heading for column in page.columns]
    if page.two_rows:
        merges += _upper_row(page, rows, top)
    else:
        rows.append(heading)
    name = page.name if about.many_sheets else ""
    truth.header_rows.append(list(range(top + 1, len(rows) + 1)))
    truth.mapping.append(
        {letters(at): one.field.split("#")[0] for at, one in enumerate(page.columns) if one.field}
    )
    first = len(rows)
    for at, line in enumerate(page.lines):
        rows.append(_cells(page, line, at))
        _truth_of_line(page, line, (name, first + at + 1), truth, about)
    for field_name, start, end in page.merged_down:
        column = next(i for i, one in enumerate(page.columns) if one.field == field_name)
        merges.append((first + start, column, first + end, column))
        for below in range(first + start + 1, first + end + 1):
            rows[below][column] = None
    return Sheet(
        rows,
        name=page.name,
        merges=merges if about.merges else [],
        hidden_rows=[first + at for at in page.hidden_lines],
        hidden_columns=list(page.hidden_columns),
        is_hidden=page.is_hidden,
        styled_rows=page.styled_rows,
        styled_columns=page.styled_columns,
    )


def _upper_row(page: Page, rows: list[list[Any]], top: int) -> list[tuple[int, int, int, int]]:
    """Put a heading of two rows: parents over their columns, the others merged downwards."""
    upper: list[Any] = []
    lower: list[Any] = []
    merges = []
    for at, column in enumerate(page.columns):
        before = page.columns[at - 1].parent if at else ""
        if column.parent:
            upper.append(None if column.parent == before else column.parent)
            lower.append(column.heading)
        else:
            upper.append(column.heading)
            lower.append(None)
            merges.append((top, at, top + 1, at))
    start = 0
    while start < len(page.columns):
        end = start
        parent = page.columns[start].parent
        while parent and end + 1 < len(page.columns) and page.columns[end + 1].parent == parent:
            end += 1
        if end > start:
            merges.append((top, start, top, end))
        start = end + 1
    rows += [upper, lower]
    return merges


def _cells(page: Page, line: Line, at: int) -> list[Any]:
    if line.is_heading:
        return [column.heading for column in page.columns]
    if line.child is None:
        return _odd_cells(page, line)
    cells = []
    for column in page.columns:
        if column.field:
            cell = line.child.cells.get(column.field)
            cells.append(cell.raw if cell else None)
        else:
            cells.append(at + 1 if column.fill == "serial" else column.fill)
    return cells


def _odd_cells(page: Page, line: Line) -> list[Any]:
    """Return the cells of a line that is no data; a lone serial number stands in its column."""
    if line.cells != [SERIAL]:
        return list(line.cells)
    return [SERIAL if column.fill == "serial" else None for column in page.columns]


def _truth_of_line(
    page: Page, line: Line, place: tuple[str, int], truth: Truth, about: Format
) -> None:
    if line.child is None:
        truth.skipped.add((*place, line.why))
        return
    named = {column.field for column in page.columns if column.field}
    named |= {name.split("#")[0] for name in named}
    child = line.child
    codes = {
        (code, name.split("#")[0])
        for code, name in child.codes()
        if name in named or code == "id-missing"
    }
    codes |= {("fixed-from-sheet", name) for name in page.filled}
    if about.wraps:
        codes |= {
            ("fixed-space", name)
            for name in ("id_number",)
            if name in named and _is_long(child, name)
        }
    values = {
        name: cell.value
        for name, cell in child.cells.items()
        if cell.value is not ... and name in named
    }
    truth.rows[place] = (child.outcome, codes, values | page.filled)


def _is_long(child: Child, name: str) -> bool:
    """Say whether a format that wraps long numbers wraps this one."""
    cell = child.cells.get(name)
    text = str(cell.raw) if cell and isinstance(cell.raw, str) else ""
    return len(text) >= 12 and text[:-1].isdigit()


# --- building -------------------------------------------------------------------------------------


def columns_for(rng: Random, *, skip: tuple[str, ...] = ()) -> list[Column]:
    columns = [Column("", rng.choice(["序号", "编号", "序 号"]), fill="serial")]
    columns += [Column(name, rng.choice(HEADINGS[name])) for name in FIELDS if name not in skip]
    columns.append(Column("", rng.choice(["备注", "特长", "自定义栏", "上下学距离"]), fill="自带"))
    return columns


def titles_for(rng: Random, count: int) -> list[list[Any]]:
    texts = [
        "东山小学2016年秋季学期学生花名册",
        "填报单位（盖章）：东山小学",
        None,
        "填报时间：2016年9月1日",
        "（单位：人）",
        "某县教育局制",
        "请各校如实填报",
    ]
    return [[text] if text else [] for text in texts[:count]]


def children(rng: Random, start: int, traits: list[str], plain: int) -> list[Child]:
    found = [TRAITS[name](rng, start + at) for at, name in enumerate(traits)]
    found += [people.plain(rng, start + len(traits) + at) for at in range(plain)]
    rng.shuffle(found)
    return found


ODD_LINES: dict[str, tuple[str, list[list[Any]]]] = {
    "total": ("total", [["合计", None, "16人"], ["合 计", "12"], ["总计：16人"], ["全校合计"]]),
    "subtotal": (
        "total",
        [["小计", None, "8"], [None, "本班小计", "8人"], ["三年级小计", 8], ["女生小计：8人"]],
    ),
    "signature": (
        "signature",
        [
            ["填表人：", None, None, "审核人："],
            ["制表：赵一", None, "审核：钱二", None, "2016年9月1日"],
            ["填表人：赵一        审核人：钱二        填报日期：2016年9月1日"],
        ],
    ),
    "stamp": (
        "signature",
        [[None, "校长签字：", None, "（公章）"], ["单位（盖章）：东山小学"], ["负责人（签字）："]],
    ),
    "note": (
        "note",
        [
            ["备注：身份证号请与户口簿一致"],
            ["注：1.本表一式两份，学校和中心校各存一份。"],
            ["说明：住校生填“是”"],
            ["填表说明：请勿合并单元格"],
        ],
    ),
    "blank": ("blank", [[]]),
    "serial": ("blank", [[SERIAL]]),
}


def other_lines(rng: Random, kind: str, width: int) -> Line:
    """Return a line that is no data, in one of the ways people write it."""
    if kind == "header":
        return Line(is_heading=True, why="header")
    why, ways = ODD_LINES[kind]
    return Line(cells=list(rng.choice(ways))[:width], why=why)


def page_of(rng: Random, kids: list[Child], **about: Any) -> Page:
    columns = about.pop("columns", None) or columns_for(rng)
    return Page(about.pop("name", "花名册"), columns, [Line(child) for child in kids], **about)
