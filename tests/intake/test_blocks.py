"""Staged rows lie in sealed blocks: opened alike one by one, page by page and as columns."""

from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from povedu.accounts.selectors import operator
from povedu.intake import rowstore
from povedu.intake.kinds import kind_of
from povedu.intake.models import ImportBatch
from povedu.intake.rowstore import RowReader
from povedu.intake.services.apply import accepted_frame
from povedu.intake.services.stage import stage_batch
from tests.factories import CountyCalendarFactory, CountyFactory, SchoolFactory, actor_of, sign_in
from tests.factories.values import MOMENT, id_number
from tests.intake.corpus.cases import SCHOOL
from tests.intake.corpus.writers import Sheet, xlsx
from tests.intake.test_roster import upload

pytestmark = pytest.mark.django_db
HEADINGS = ["姓名", "身份证号", "年级", "家庭住址"]


def rows_of(first: int, count: int) -> list[list[Any]]:
    return [
        [f"王{'一二三四五六七八九十'[n % 10]}明", id_number(n), "三年级", f"某村{n}号"]
        for n in range(first, first + count)
    ]


@pytest.fixture
def clerk(db: None, monkeypatch: Any) -> Any:
    monkeypatch.setattr(rowstore, "BLOCK_ROWS", 3)
    CountyFactory()
    CountyCalendarFactory()
    SchoolFactory(code=SCHOOL, name="东山小学")
    return sign_in(actor_of("school_clerk", division_prefix="530623100", school_code=SCHOOL))


@pytest.fixture
def batch(clerk: Any) -> ImportBatch:
    first, second = rows_of(1, 7), rows_of(11, 4)
    first[4][0] = ""  # goes back
    sheets = [
        Sheet([HEADINGS, *first], name="三(1)班"),
        Sheet([HEADINGS, *second], name="三(2)班"),
    ]
    return upload(clerk, xlsx(sheets))


def stored(batch: ImportBatch) -> list[tuple[int, int, str, str]]:
    reader = RowReader(kind_of("roster"), batch)
    rows = batch.rows.order_by("sheet", "number")
    return [
        (row.sheet, row.number, one.values["name"], one.values["home_address"])
        for row, one in reader.walk(rows)
    ]


def test_no_block_spans_two_sheets_and_every_row_is_found_again(batch: ImportBatch) -> None:
    assert batch.blocks.count() == 3 + 2
    wanted = [
        *((0, n + 2, row[0], row[3]) for n, row in enumerate(rows_of(1, 7))),
        *((1, n + 2, row[0], row[3]) for n, row in enumerate(rows_of(11, 4))),
    ]
    wanted[4] = (0, 6, "", wanted[4][3])
    assert stored(batch) == wanted
    reader = RowReader(kind_of("roster"), batch)
    alone = [reader.open(row).values["name"] for row in batch.rows.order_by("-sheet", "-number")]
    assert alone == [one[2] for one in reversed(wanted)]
    frame = accepted_frame(batch, kind_of("roster"))
    assert len(frame) == 10
    assert frame.values["name"] == [one[2] for one in wanted if one[2]]
    assert list(frame.places) == [(one[0], one[1] - 1) for one in wanted if one[2]]


def test_a_mended_row_goes_before_its_block_and_its_neighbours_stay(
    batch: ImportBatch, clerk: Any
) -> None:
    blocks = list(batch.blocks.values_list("content", flat=True))
    row = batch.rows.get(sheet=0, number=6)
    assert clerk.post(f"/intake/{batch.pk}/rows/{row.pk}/", {"name": "赵改名"}).status_code == 302
    assert list(batch.blocks.values_list("content", flat=True)) == blocks
    assert [bool(one.payload) for one in batch.rows.order_by("sheet", "number")] == [
        n == 4 for n in range(11)
    ]
    frame = accepted_frame(batch, kind_of("roster"))
    assert frame.values["name"][3:6] == ["王五明", "赵改名", "王七明"]
    assert frame.values["home_address"][3:6] == ["某村4号", "某村5号", "某村6号"]
    assert "赵改名" in clerk.get(f"/intake/{batch.pk}/rows/").content.decode()


def test_a_block_opens_nowhere_but_in_its_place(batch: ImportBatch) -> None:
    first, second = batch.blocks.order_by("position")[:2]
    first.content, second.content = second.content, first.content
    first.save()
    with pytest.raises(InvalidTag):
        stored(batch)


def test_a_file_read_again_leaves_no_block_of_the_first_reading(
    batch: ImportBatch, clerk: Any
) -> None:
    before = stored(batch)
    stage_batch(batch=batch, actor=operator(), now=MOMENT)
    assert batch.blocks.count() == 5
    assert stored(batch) == before
