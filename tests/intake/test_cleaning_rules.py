"""What holds of every cleaning rule, whatever stands in the cell."""

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from povedu.identity import tidy
from povedu.intake.cleaning import SheetReading, clean
from povedu.intake.columns import Ahead, clean_cell
from povedu.intake.dates import DateWidget
from povedu.intake.header import Vocabulary, find_heading
from povedu.intake.kinds import Column, Context, IntakeKind, LedgerResource
from povedu.intake.people import check_against_ids, recover_ids, refuse_duplicates
from povedu.intake.problems import Outcome
from povedu.intake.reader import SheetData
from povedu.intake.reading.cells import Cell, as_text
from povedu.intake.rows import find_rows
from povedu.intake.widgets import (
    AccountWidget,
    Cleaned,
    FlagWidget,
    IdWidget,
    LedgerWidget,
    LookupWidget,
    NameWidget,
    NumberWidget,
    OptionalNameWidget,
    PhoneWidget,
)
from students.imports.widgets import (
    BOARDER,
    RELATION,
    SEX,
    STUDY_MODE,
    EthnicityWidget,
    StageWidget,
)
from tests.factories.values import id_number

WIDGETS: dict[str, LedgerWidget] = {
    "text": LedgerWidget(),
    "code": LedgerWidget(identifier=True),
    "name": NameWidget(),
    "optional name": OptionalNameWidget(),
    "number": IdWidget(),
    "optional number": IdWidget(required=False),
    "date": DateWidget(),
    "flag": FlagWidget(),
    "amount": NumberWidget(),
    "count": NumberWidget(whole=True),
    "phone": PhoneWidget(),
    "account": AccountWidget(),
    "school": LookupWidget("school"),
    "sex": SEX,
    "relation": RELATION,
    "boarder": BOARDER,
    "study mode": STUDY_MODE,
    "ethnicity": EthnicityWidget(),
    "stage": StageWidget(),
}
LOOKUPS = {"school": {"东山小学": "东山小学", "东小": "东山小学"}}
ODD = (
    "0123456789Xx０１９Ｘ \u3000\u00a0\u200b\ufeff\t\n'\"=·•．.，,、-/:Ee+年月日是否√×男女张王一二"
    "𬭚㛃䶮\ue863東①㎡万元%"
)
WORDS = [
    *("是", "√", "男", "1", "2", "汉", "苗族", "初中", "东小", "2005-01-01", "20050101", "38385"),
    *("2005.1", "1,200元", "1.5万元", "0.005", "139-0000-1111", '="12"', "5.30623E+17", "本人"),
    *(id_number(1), id_number(2).lower(), f"'{id_number(3)}", f" {id_number(4)}"),
    *("530623850101123", "''双引号"),
]
cells: st.SearchStrategy[Cell] = st.one_of(
    st.text(alphabet=ODD, max_size=20),
    st.text(max_size=12).map(lambda text: text.replace("\0", "")),
    st.sampled_from(WORDS),
    st.sampled_from(WORDS).map(lambda word: f" {word}\u00a0"),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(0, 10**19).map(float),
    st.dates().map(lambda day: f"\0d{day.isoformat()}"),
)


def shown(widget: LedgerWidget, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(widget.dump(value))


def same(widget: LedgerWidget, cell: Cell, cleaned: Cleaned) -> bool:
    """Say whether a value is what the cell said: numbers by worth, all else by letter."""
    text = as_text(cell)
    if isinstance(widget, NumberWidget) and cleaned.value is not None:
        return Decimal(text) == Decimal(str(cleaned.value))
    return shown(widget, cleaned.value) == text


@pytest.mark.parametrize("name", WIDGETS)
def test_nothing_is_changed_without_a_word(name: str) -> None:
    widget = WIDGETS[name]
    cleaner = widget.cleaner(LOOKUPS)

    @settings(max_examples=150, deadline=None, derandomize=True)
    @given(cells)
    def holds(cell: Cell) -> None:
        cleaned = cleaner(cell)
        if tidy(as_text(cell)):
            said = cleaned.fixes or cleaned.problems
            assert said or same(widget, cell, cleaned), (cell, cleaned)

    holds()


@pytest.mark.parametrize("name", WIDGETS)
def test_cleaning_what_is_clean_changes_nothing(name: str) -> None:
    widget = WIDGETS[name]
    cleaner = widget.cleaner(LOOKUPS)

    @settings(max_examples=150, deadline=None, derandomize=True)
    @given(cells)
    def holds(cell: Cell) -> None:
        first = cleaner(cell)
        if first.problems:
            return
        second = cleaner(shown(widget, first.value))
        assert (second.value, second.problems) == (first.value, ()), (cell, first, second)
        assert not second.fixes, (cell, first, second)

    holds()


@pytest.mark.parametrize("name", ["number", "account", "code", "phone"])
def test_a_number_of_sixteen_digits_never_passes(name: str) -> None:
    cleaner = WIDGETS[name].cleaner(LOOKUPS)

    @settings(max_examples=200, deadline=None, derandomize=True)
    @given(st.integers(10**15, 10**18).map(float))
    def holds(cell: float) -> None:
        assert cleaner(cell).problems, cell
        assert cleaner(f"{cell:.5E}").problems, cell

    holds()


@pytest.mark.parametrize("name", WIDGETS)
def test_a_cell_passed_over_is_what_cleaning_would_make_of_it(name: str) -> None:
    widget = WIDGETS[name]
    cleaner = widget.cleaner(LOOKUPS)
    plain = [id_number(n) for n in range(1, 9)] + ["13900001111", "6217790000000000001"]
    broken = [f"{number[:17]}{'X' if number[17] != 'X' else '1'}" for number in plain[:3]]
    broken += ["530623201013010015", "530623200501010008"[:15] + "000", "\0e#REF!", "\0f"]

    @settings(max_examples=150, deadline=None, derandomize=True)
    @given(st.lists(st.one_of(cells, st.sampled_from(plain + broken)), max_size=30, unique=True))
    def holds(some: list[Cell]) -> None:
        looked_at = set(widget.doubtful(some))
        for cell in some:
            if cell not in looked_at:
                assert clean_cell(cell, cleaner) == Cleaned(cell), cell

    holds()
    if name in ("number", "optional number"):
        assert list(widget.doubtful(plain)) == plain[8:]


# --- a whole table --------------------------------------------------------------------------------


class _Toy(LedgerResource):
    name = Column("name", "姓名", widget=NameWidget(), key=True)
    id_number = Column("id_number", "身份证号", widget=IdWidget(), key=True)
    birth_on = Column("birth_on", "出生日期", widget=DateWidget())
    sex = Column("sex", "性别", widget=SEX)
    student_no = Column("student_no", "学籍号", widget=LedgerWidget(identifier=True))


KIND = IntakeKind(
    code="toy", title="", resource=_Toy, action="", apply_action="", apply=lambda _f, _c: None
)
HEADINGS = ["姓名", "身份证号", "出生日期", "性别", "学籍号", "备注"]
NOW = datetime(2016, 11, 8, tzinfo=UTC)

table_cells = st.one_of(
    cells,
    st.just(""),
    st.sampled_from(["合计", "小计", "填表人：", "备注：见后", "姓名", "身份证号", "1", "张一"]),
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.lists(table_cells, min_size=6, max_size=6), min_size=1, max_size=12))
def test_every_row_is_ready_warned_refused_or_skipped(rows: list[list[Cell]]) -> None:
    table = [HEADINGS, *rows]
    sheet = SheetData("表", columns=[list(column) for column in zip(*table, strict=True)])
    sheet.row_count = len(table)
    reading = SheetReading(sheet, find_heading(sheet, Vocabulary(KIND, {})))
    assert reading.heading
    reading.rows = find_rows(sheet, reading.heading, KIND)
    context = Context(actor=None, now=NOW)  # type: ignore[arg-type]  # nobody is asked for here
    frame = clean([reading], Ahead(KIND, {}, context.lookups))
    recover_ids(frame)
    check_against_ids(frame, NOW.date())
    refuse_duplicates(frame, ["birth_on"])
    counted = Counter(frame.outcome(at) for at in range(len(frame)))
    assert sum(counted[outcome] for outcome in Outcome) == len(frame) == len(reading.rows.data)
    passed = {row for row, _why in reading.rows.skipped}
    below = set(range(reading.heading.rows[-1] + 1, len(table)))
    unseen = below - passed - set(reading.rows.data)
    assert not passed & set(reading.rows.data)
    assert all(not tidy(as_text(cell)) for row in unseen for cell in table[row])


def grown(rows: list[list[Cell]], steps: list[int], ahead: Ahead) -> SheetReading:
    """Return a sheet that came in blocks of some rows, each told of."""
    sheet, at = SheetData("表", merges=[(3, 3, 4, 3)]), 0
    for step in steps:
        sheet.extend([list(column) for column in zip(*rows[at : at + step], strict=True)])
        ahead.watch(sheet)
        at += step
    reading = SheetReading(sheet, find_heading(sheet, Vocabulary(KIND, {})))
    assert reading.heading
    reading.rows = find_rows(sheet, reading.heading, KIND)
    return reading


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.lists(table_cells, min_size=6, max_size=6), min_size=9, max_size=9))
def test_cleaned_while_read_or_afterwards_is_the_same(rows: list[list[Cell]]) -> None:
    # a first block of the title alone guesses nothing, one with a false heading wrongly
    titles: list[list[Cell]] = [["花名册", "", "", "", "", ""], ["姓名", "", "性别", "", "", ""]]
    table = [*titles, list(HEADINGS), *rows]
    late = Ahead(KIND, {}, {})
    wanted = clean([grown(table, [12], Ahead(KIND, {}, {}))], late)
    for steps in ([12], [4, 4, 4], [3, 9], [2, 10], [1, 2, 9]):
        ahead = Ahead(KIND, {}, {})
        frame = clean([grown(table, steps, ahead)], ahead)
        assert (frame.values, frame.problems) == (wanted.values, wanted.problems), steps


def test_before_eight_in_the_morning_today_is_the_day_here() -> None:
    early = datetime(2016, 11, 7, 16, 30, tzinfo=UTC)
    assert Context(actor=None, now=early).today == date(2016, 11, 8)  # type: ignore[arg-type]  # as above
