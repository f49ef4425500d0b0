"""Seeded changes to files of the corpus: those that keep the truth, and those that break the file.

The first kind changes the described case, so that the truth follows exactly; the second kind
changes bytes, after which nothing is promised but a clean refusal or a clean staging.
"""

import io
import zipfile
from collections.abc import Callable
from random import Random

from tests.intake.corpus.cases import (
    FORMATS,
    Case,
    Column,
    Line,
    Other,
    Page,
    can_hold,
    other_lines,
    titles_for,
)
from tests.intake.corpus.people import FULL_WIDTH, Child

Change = Callable[[Random, Case], None]
KEEPING: dict[str, Change] = {}


def keeping(function: Change) -> Change:
    KEEPING[function.__name__] = function
    return function


def _pages(case: Case) -> list[Page]:
    return [page for page in case.pages if isinstance(page, Page)]


def _loose(case: Case) -> list[Page]:
    """Return the pages whose lines may move."""
    return [page for page in _pages(case) if not page.merged_down]


def _ordered(page: Page) -> bool:
    """Say whether the columns' order means something: the first of two that say the same wins."""
    named = [column.field for column in page.columns]
    return any("#" in name for name in named) or any(one.is_second for one in page.columns)


@keeping
def shuffled_columns(rng: Random, case: Case) -> None:
    for page in _pages(case):
        if not page.two_rows and not _ordered(page):
            rng.shuffle(page.columns)


@keeping
def more_titles(rng: Random, case: Case) -> None:
    for page in _pages(case):
        page.titles = page.titles + titles_for(rng, 7)[rng.randrange(4) : 6]


@keeping
def blank_rows(rng: Random, case: Case) -> None:
    for page in _loose(case):
        for _ in range(rng.randrange(1, 4)):
            page.lines.insert(rng.randrange(len(page.lines)), Line(why="blank"))


@keeping
def blank_columns(rng: Random, case: Case) -> None:
    for page in _pages(case):
        for _ in range(rng.randrange(1, 3)):
            places = [0, len(page.columns)] if page.two_rows else range(len(page.columns) + 1)
            page.columns.insert(rng.choice(list(places)), Column("", ""))


@keeping
def unknown_columns(rng: Random, case: Case) -> None:
    for page in _pages(case):
        at = len(page.columns) if page.two_rows else rng.randrange(len(page.columns) + 1)
        heading = rng.choice(["血型", "特长描述", "邮政编码", "上下学距离", "曾就读幼儿园"])
        page.columns.insert(at, Column("", heading, fill=rng.choice(["O型", "无", 657500, None])))


def _plain_cells(rng: Random, case: Case, name: str) -> list[Child]:
    found = []
    for page in _pages(case):
        for line in page.lines:
            cell = line.child.cells.get(name) if line.child else None
            if cell and not cell.codes and isinstance(cell.raw, str) and rng.random() < 0.6:
                assert line.child
                found.append(line.child)
    return found


@keeping
def inner_spaces(rng: Random, case: Case) -> None:
    for name in ("id_number", "name"):
        for child in _plain_cells(rng, case, name):
            cell = child.cells[name]
            at = rng.randrange(1, len(cell.raw))
            if "·" not in cell.raw:
                cell.raw = f"{cell.raw[:at]} {cell.raw[at:]}"
                cell.codes = {"fixed-space"}


@keeping
def wide_digits(rng: Random, case: Case) -> None:
    for name in ("id_number", "phone"):
        for child in _plain_cells(rng, case, name):
            cell = child.cells[name]
            cell.raw = cell.raw.translate(FULL_WIDTH)
            cell.codes = {"fixed-width"}


@keeping
def other_format(rng: Random, case: Case) -> None:
    before = case.format
    case.format = rng.choice(list(FORMATS))
    if not can_hold(case):
        case.format = before


@keeping
def odd_lines(rng: Random, case: Case) -> None:
    for page in _loose(case):
        kinds = ["total", "subtotal", "signature", "stamp", "note", "serial"]
        kinds += [] if page.two_rows else ["header"]
        for kind in rng.sample(kinds, rng.randrange(1, 4)):
            line = other_lines(rng, kind, len(page.columns))
            page.lines.insert(rng.randrange(len(page.lines)), line)


@keeping
def decorated_headings(rng: Random, case: Case) -> None:
    ways: list[Callable[[str], str]] = [
        lambda text: f"★{text}",
        lambda text: f"{text} *",
        lambda text: f" {text}　",
        lambda text: f"{text}（必填）",
        lambda text: f"{text[:1]}\n{text[1:]}",
        lambda text: f"{text}：",
    ]
    for page in _pages(case):
        for column in page.columns:
            if column.heading and rng.random() < 0.6:
                column.heading = rng.choice(ways)(column.heading)


@keeping
def shuffled_rows(rng: Random, case: Case) -> None:
    for page in _loose(case):
        if not any(line.child and line.child.more for line in page.lines):
            rng.shuffle(kids := [line for line in page.lines if line.child])
            order = iter(kids)
            page.lines = [next(order) if line.child else line for line in page.lines]


@keeping
def hidden_parts(rng: Random, case: Case) -> None:
    if FORMATS[case.format].hides:
        for page in _pages(case):
            page.hidden_lines = (rng.randrange(len(page.lines)),)
            page.hidden_columns = (rng.randrange(len(page.columns)),)


@keeping
def more_sheets(rng: Random, case: Case) -> None:
    if FORMATS[case.format].many_sheets and len(case.pages) < 6:
        taken = {page.name for page in case.pages}
        name = next(name for name in ("说明", "备用", "空表", "Sheet9") if name not in taken)
        rows = rng.choice([[["请按要求填写"], ["身份证号为文本"]], [], [["联系人"], ["赵老师"]]])
        case.pages.insert(rng.randrange(len(case.pages) + 1), Other(name, rows))


@keeping
def fewer_rows(rng: Random, case: Case) -> None:
    for page in _loose(case):
        if any(line.child and line.child.more for line in page.lines):
            continue  # of two that repeat each other either may go, and the truth with it
        kids = [line for line in page.lines if line.child]
        for line in rng.sample(kids, min(len(kids) // 2, rng.randrange(1, 4))):
            page.lines.remove(line)
        while page.lines and page.lines[-1].why == "blank":
            page.lines.pop()


def changed(rng: Random, case: Case) -> tuple[Case, list[str]]:
    """Return a case changed in one to four ways, and the ways' names."""
    ways = rng.sample(list(KEEPING), rng.randrange(1, 5))
    copy = case.copy()
    for way in ways:
        KEEPING[way](rng, copy)
    for page in _pages(copy):
        while page.lines and not page.lines[-1].child and page.lines[-1].why == "blank":
            page.lines.pop()
    return copy, ways


def rewrapped(rng: Random, content: bytes) -> bytes:
    """Return a package with its parts in another order and packing: the same workbook."""
    if content[:2] != b"PK":
        return content
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        names = source.namelist()
        first = [name for name in names if name == "mimetype"]
        rest = [name for name in names if name != "mimetype"]
        rng.shuffle(rest)
        for name in first + rest:
            packing = rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
            target.writestr(name, source.read(name), packing)
    return out.getvalue()


# --- breaking -------------------------------------------------------------------------------------


def _flipped(rng: Random, data: bytes) -> bytes:
    torn = bytearray(data)
    for _ in range(rng.choice([1, 2, 8, 64])):
        torn[rng.randrange(len(torn))] = rng.randrange(256)
    return bytes(torn)


def _truncated(rng: Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data))]


def _zeroed(rng: Random, data: bytes) -> bytes:
    at = rng.randrange(len(data))
    end = min(len(data), at + rng.choice([4, 64, 512]))
    return data[:at] + bytes(end - at) + data[end:]


def _repeated(rng: Random, data: bytes) -> bytes:
    at = rng.randrange(len(data))
    end = min(len(data), at + rng.choice([8, 100, 2000]))
    return data[:end] + data[at:end] * rng.choice([1, 3]) + data[end:]


def _cut_out(rng: Random, data: bytes) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + data[at + rng.choice([1, 16, 300]) :]


def _overgrown(rng: Random, data: bytes) -> bytes:
    """Put an absurd number in the place of some number."""
    places = [at for at in range(len(data)) if data[at : at + 1].isdigit()]
    if not places:
        return _flipped(rng, data)
    at = rng.choice(places)
    absurd = rng.choice([b"1048577", b"0", b"-1", b"99999999999999999999", b"XFE1", b"1e400"])
    return data[:at] + absurd + data[at + 1 :]


_TEARS = (_flipped, _truncated, _zeroed, _repeated, _cut_out, _overgrown)


def torn(rng: Random, content: bytes) -> bytes:
    """Return broken bytes; of a package, half the time one part is torn and packed again."""
    if content[:2] == b"PK" and rng.random() < 0.6:
        return _part_torn(rng, content)
    return rng.choice(_TEARS)(rng, content)


def _part_torn(rng: Random, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    weighty = [name for name in parts if "sheet" in name or "shared" in name or "content" in name]
    name = rng.choice(weighty if weighty and rng.random() < 0.8 else list(parts))
    fate = rng.randrange(10)
    if fate == 0:
        del parts[name]
    elif fate == 1:
        parts[name] = b""
    elif fate == 2:
        parts[name] = parts[rng.choice(list(parts))]
    elif parts[name]:
        parts[name] = rng.choice(_TEARS)(rng, parts[name])
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for each, part in parts.items():
            target.writestr(each, part)
    return out.getvalue()
