"""A hostile file as a worker meets it: one sentence, nothing written, nothing left behind."""

import datetime
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from povedu.errors import Refusal
from povedu.intake import reader
from povedu.intake.models import ImportBatch, ImportRow
from povedu.intake.services.receive import display_name
from students.models import Student
from tests.factories import CountyCalendarFactory, CountyFactory, SchoolFactory
from tests.intake.corpus.bench import brought_in, faults_of
from tests.intake.corpus.cases import SCHOOL
from tests.intake.corpus.forks import ForkServer
from tests.intake.corpus.writers import Sheet, xlsx
from tests.intake.hostile import HOSTILE


@pytest.fixture(scope="module")
def server(tmp_path_factory: Any) -> Iterator[ForkServer]:
    folder = tmp_path_factory.mktemp("scratch")
    one = ForkServer(folder)
    yield one
    one.close()
    assert list(folder.iterdir()) == []


@pytest.fixture
def county(db: None, server: ForkServer, monkeypatch: Any) -> ForkServer:
    CountyFactory()
    CountyCalendarFactory()
    SchoolFactory(code=SCHOOL, name="东山小学")
    monkeypatch.setattr(reader, "_documents", server.documents)
    return server


def scratch() -> set[Path]:
    folder = Path(settings.FILE_UPLOAD_TEMP_DIR)
    return set(folder.iterdir()) if folder.exists() else set()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_upload_is_refused_and_leaves_nothing(name: str, county: ForkServer) -> None:
    make, codes = HOSTILE[name]
    before = scratch()
    outcome = brought_in(make(), f"{name}.xlsx")
    assert outcome.refused in codes
    assert outcome.batch.error_message == outcome.sentence
    assert faults_of(outcome) == []
    assert not ImportRow.objects.exists()
    assert not Student.objects.exists()
    assert scratch() == before
    assert county.children() == 0


def test_the_reader_lives_on_after_them(county: ForkServer) -> None:
    brought_in(HOSTILE["sparse corners"][0]())
    outcome = brought_in(xlsx([Sheet([["姓名", "年级"], ["王一", "三年级"]])]))
    assert (outcome.refused, outcome.batch.rows_count) == ("", 1)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\名册.xlsx", "名册.xlsx"),
        ("名册\u202exslx.exe", "名册xslx.exe"),
        ("a\x00b\r\n.xlsx", "ab.xlsx"),
        ("CON", "CON"),
        ("x" * 400 + ".xlsx", "x" * 115 + ".xlsx"),
        ("", "file"),
    ],
)
def test_a_file_name_is_only_ever_shown(given: str, shown: str) -> None:
    assert display_name(given) == shown


def test_parts_that_point_outside_are_never_written(county: ForkServer, tmp_path: Path) -> None:
    content = xlsx([Sheet([["姓名", "年级"], ["王一", "三年级"]])])
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(f"../../..{tmp_path}/slipped.xml", "<a/>")
    outcome = brought_in(out.getvalue())
    assert outcome.refused == ""
    assert list(tmp_path.iterdir()) == []
    assert outcome.batch.store_key.isalnum() or "-" in outcome.batch.store_key


def test_dates_counted_from_1904_are_the_same_dates(county: ForkServer) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["姓名", "出生日期"])
    book.active.append(["王一", datetime.date(2010, 3, 4)])
    out = io.BytesIO()
    book.save(out)
    sheet = reader.read_file(out.getvalue()).sheets[0]
    assert sheet.columns[1][1] == "\0d2010-03-04"


def test_nobody_fills_the_disk(county: ForkServer, settings: Any) -> None:
    content = xlsx([Sheet([["姓名", "年级"], ["王一", "三年级"]])])
    settings.INTAKE_BYTES_PER_DAY = len(content) * 2
    assert [brought_in(content).refused for _ in range(2)] == ["", ""]
    with pytest.raises(Refusal) as refused:
        brought_in(content)
    assert refused.value.code == "upload-quota"
    assert ImportBatch.objects.count() == 2
