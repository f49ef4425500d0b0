"""What each file of the corpus is about; every theme in every format that can hold it."""

from collections.abc import Callable, Iterator
from random import Random

from tests.intake.corpus import traits
from tests.intake.corpus.cases import (
    FORMATS,
    ODD_LINES,
    Case,
    Column,
    Line,
    Other,
    Page,
    can_hold,
    children,
    columns_for,
    other_lines,
    page_of,
    titles_for,
)
from tests.intake.corpus.traits import TRAITS

Theme = Callable[[Random], list[Page | Other]]
THEMES: dict[str, Theme] = {}
_ANYWHERE = [
    name
    for name in TRAITS
    if name not in ("error_cell", "formula_without_result", "formula_with_result")
]
_NARROW = [name for name in _ANYWHERE if TRAITS[name](Random(0), 1).needs == ""]


def theme(function: Theme) -> Theme:
    THEMES[function.__name__] = function
    return function


@theme
def every_repair(rng: Random) -> list[Page | Other]:
    return [page_of(rng, children(rng, 100, _NARROW, 2), titles=titles_for(rng, 1))]


@theme
def every_repair_in_unicode(rng: Random) -> list[Page | Other]:
    wide = [name for name in _ANYWHERE if name not in _NARROW]
    return [page_of(rng, children(rng, 200, wide * 3, 4), titles=titles_for(rng, 2))]


@theme
def broken_cells(rng: Random) -> list[Page | Other]:
    return [page_of(rng, children(rng, 300, ["error_cell", "formula_with_result"] * 3, 3))]


@theme
def formulas_without_results(rng: Random) -> list[Page | Other]:
    return [page_of(rng, children(rng, 320, ["formula_without_result"] * 3, 3))]


@theme
def many_titles(rng: Random) -> list[Page | Other]:
    kids = children(rng, 400, rng.sample(_NARROW, 4), 5)
    return [page_of(rng, kids, titles=titles_for(rng, 7))]


@theme
def no_titles(rng: Random) -> list[Page | Other]:
    return [page_of(rng, children(rng, 420, rng.sample(_NARROW, 4), 5))]


@theme
def totals_and_signatures(rng: Random) -> list[Page | Other]:
    page = page_of(rng, children(rng, 440, rng.sample(_NARROW, 3), 9), titles=titles_for(rng, 2))
    width = len(page.columns)
    for at, kind in ((9, "subtotal"), (6, "header"), (4, "blank"), (3, "subtotal")):
        page.lines.insert(at, other_lines(rng, kind, width))
    ends = ("total", "note", "signature")
    page.lines += [other_lines(rng, kind, width) for kind in ends]
    return [page]


@theme
def printed_pages(rng: Random) -> list[Page | Other]:
    page = page_of(rng, children(rng, 460, [], 9), titles=titles_for(rng, 1))
    width = len(page.columns)
    for at in (6, 3):
        page.lines[at:at] = [
            Line(cells=list(page.titles[0]), why="title"),
            other_lines(rng, "header", width),
        ]
    page.lines.append(other_lines(rng, "stamp", width))
    return [page]


@theme
def two_row_heading(rng: Random) -> list[Page | Other]:
    columns = [
        Column("", "序号", fill="serial"),
        Column("name", "姓名", "学生基本信息"),
        Column("sex", "性别", "学生基本信息"),
        Column("id_number", "身份证号", "学生基本信息"),
        Column("birth_on", "出生日期", "学生基本信息"),
        Column("grade", "年级"),
        Column("class_name", "班级"),
        Column("is_boarder", "是否住校", "在校情况"),
        Column("hardship_as_stated", "困难类型", "在校情况"),
        Column("guardian_name", "姓名", "监护人"),
        Column("phone", "联系电话", "监护人"),
        Column("", "备注", fill="无"),
    ]
    kids = children(
        rng, 480, [n for n in rng.sample(_NARROW, 5) if n != "formal_student_number"], 5
    )
    return [page_of(rng, kids, columns=columns, titles=titles_for(rng, 2), two_rows=True)]


@theme
def notes_first(rng: Random) -> list[Page | Other]:
    notes = Other("填表说明", [["填表说明"], ["1. 身份证号请设为文本格式"], ["2. 请勿合并单元格"]])
    empty = Other("Sheet3", [])
    return [notes, page_of(rng, children(rng, 500, rng.sample(_NARROW, 4), 4)), empty]


@theme
def a_sheet_per_class(rng: Random) -> list[Page | Other]:
    pages: list[Page | Other] = []
    for at, name in enumerate(["三(1)班", "三（2）班", "四年级1班"]):
        kids = children(rng, 520 + 10 * at, [], 4)
        for child in kids:
            word, grade = ("四年级", 4) if at == 2 else ("三年级", 3)
            child.put("grade", word, grade)
        page = page_of(
            rng,
            kids,
            name=name,
            columns=columns_for(rng, skip=("class_name",)),
            titles=titles_for(rng, at),
        )
        page.filled = {"class_name": name.replace("（", "(").replace("）", ")")}
        pages.append(page)
    return pages


@theme
def hidden_things(rng: Random) -> list[Page | Other]:
    draft = Other("草稿", [["姓名", "身份证号", "年级"], ["旧人", "x", "三年级"]], is_hidden=True)
    page = page_of(rng, children(rng, 560, rng.sample(_NARROW, 3), 5), hidden_columns=(3, 5))
    page.hidden_lines = (1, 4)
    return [page, draft]


@theme
def styled_to_the_end(rng: Random) -> list[Page | Other]:
    page = page_of(rng, children(rng, 580, rng.sample(_NARROW, 3), 4), styled_rows=3000)
    page.styled_columns = 40
    return [page]


@theme
def merged_grades(rng: Random) -> list[Page | Other]:
    kids = children(rng, 600, [], 8)
    for at, child in enumerate(kids):
        child.put("grade", "三年级" if at < 4 else "四年级", 3 if at < 4 else 4)
        child.put("class_name", "1班" if at < 4 else "2班", "1班" if at < 4 else "2班")
    page = page_of(rng, kids, titles=titles_for(rng, 1))
    page.merged_down = (("grade", 0, 3), ("grade", 4, 7), ("class_name", 0, 3))
    return [page]


@theme
def repeats(rng: Random) -> list[Page | Other]:
    kids = [*traits.twice(rng, 620), *traits.one_number_for_two(rng, 630)]
    kids += children(rng, 640, [], 4)
    return [page_of(rng, kids, titles=titles_for(rng, 1))]


@theme
def yes_columns(rng: Random) -> list[Page | Other]:
    columns = columns_for(rng, skip=("hardship_as_stated",))
    kids = children(rng, 660, [], 8)
    words = [("是否建档立卡", "建档立卡"), ("是否低保（是/否）", "低保"), ("是否残疾*", "残疾")]
    for at, (heading, _word) in enumerate(words):
        columns.insert(8 + at, Column(f"hardship_as_stated#{at}", heading))
    for n, child in enumerate(kids):
        ticks = [bool(n & 1), bool(n & 2), bool(n & 4)]
        del child.cells["hardship_as_stated"]
        for at, tick in enumerate(ticks):
            raw = "是" if tick else "否"
            child.put(f"hardship_as_stated#{at}", raw, ..., *(["fixed-alias"] if tick else []))
        said = "、".join(word for tick, (_, word) in zip(ticks, words, strict=True) if tick)
        child.put("hardship_as_stated", None, said)
    return [page_of(rng, kids, columns=columns, titles=titles_for(rng, 1))]


@theme
def unknown_columns(rng: Random) -> list[Page | Other]:
    columns = columns_for(rng)
    for at, heading in enumerate(["血型", "上下学方式", "邮政编码", "家庭人均收入（元）"]):
        columns.insert(2 + 2 * at, Column("", heading, fill=("O型", "步行", "657500", 1200)[at]))
    return [page_of(rng, children(rng, 680, rng.sample(_NARROW, 4), 4), columns=columns)]


@theme
def odd_lines_of_all_kinds(rng: Random) -> list[Page | Other]:
    page = page_of(rng, children(rng, 700, [], 6), titles=titles_for(rng, 1))
    for why, ways in ODD_LINES.values():
        for cells in ways:
            page.lines.insert(rng.randrange(len(page.lines)), Line(cells=list(cells), why=why))
    return [page]


@theme
def two_columns_for_one_field(rng: Random) -> list[Page | Other]:
    columns = columns_for(rng, skip=("phone",))
    columns += [Column("phone", "联系电话")]
    columns.append(Column("", "家长电话", fill="13900000000", is_second=True))
    return [page_of(rng, children(rng, 720, rng.sample(_NARROW, 3), 3), columns=columns)]


def corpus() -> Iterator[Case]:
    """Yield the corpus: every theme in every format that can hold it."""
    for title, make in THEMES.items():
        for fmt in FORMATS:
            case = Case(f"{title}.{fmt}", make(Random(f"{title}")), fmt)
            if can_hold(case):
                yield case
