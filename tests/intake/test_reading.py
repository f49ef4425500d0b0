"""Files of every kind and every malice: read right, or refused with one clear sentence."""

import io
import os
import subprocess
import sys
import time
from contextlib import suppress
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any

import openpyxl
import pytest

from povedu.errors import Refusal
from povedu.intake import reader
from povedu.intake.reader import FAULTS, read_file
from povedu.intake.reading import beside
from povedu.intake.reading.faults import Unreadable
from tests.intake import hostile
from tests.intake.corpus.writers import Fault, Formula, Sheet, ods, xls, xlsx
from tests.intake.hostile import HOSTILE

RARE = ["张𬭚", "王㛃", "李䶮", "阿木·拉日"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_one_sentence(name: str) -> None:
    make, codes = HOSTILE[name]
    content = make()
    started = time.monotonic()
    with pytest.raises(Refusal) as refused:
        read_file(content)
    assert refused.value.code in codes
    assert "%(" not in str(refused.value)
    assert str(refused.value).endswith("。")
    assert time.monotonic() - started < 40


def test_the_control_without_the_guards_the_same_file_kills() -> None:
    """Without the look at the XML first, the sparse corners kill the process that reads them."""
    script = (
        "import io, sys; from python_calamine import CalamineWorkbook as W;"
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30));"
        "resource.setrlimit(resource.RLIMIT_CORE, (0, 0));"
        "W.from_filelike(io.BytesIO(sys.stdin.buffer.read())).get_sheet_by_index(0).to_python()"
    )
    dead = subprocess.run(
        [sys.executable, "-c", script],
        input=hostile.sparse_corners(),
        capture_output=True,
        check=False,
    )
    assert dead.returncode != 0


def test_a_child_that_is_killed_or_slow_is_a_refusal(monkeypatch: Any) -> None:
    monkeypatch.setattr(reader, "_START", "import os; os.kill(os.getpid(), 9)")
    with pytest.raises(Refusal) as refused:
        read_file(b"x,y\n1,2\n")
    assert refused.value.code == "too-heavy"
    monkeypatch.setattr(reader, "_START", "import time; time.sleep(60)")
    slow = {**reader.limits().named(), "child_wall_seconds": 1}
    monkeypatch.setattr(reader, "limits", lambda: reader.Limits.of(slow))
    with pytest.raises(Refusal) as refused:
        read_file(b"x,y\n1,2\n")
    assert refused.value.code == "too-heavy"


def test_whoever_reads_too_long_ends_with_all_that_it_has_begun(monkeypatch: Any) -> None:
    """A workbook has a judge and a parser: neither outlives the call."""
    start = "import os, time; 'begun in a test'; os.fork(); time.sleep(60)"
    monkeypatch.setattr(reader, "_START", start)
    begun: list[int] = []

    def limits() -> reader.Limits:
        return reader.Limits.of({**bounds, "child_wall_seconds": 2})

    def watch() -> None:
        while len(begun) < 2 and time.monotonic() < until:
            begun[:] = _running("begun in a test")
            time.sleep(0.05)

    bounds, until = reader.limits().named(), time.monotonic() + 10
    monkeypatch.setattr(reader, "limits", limits)
    watching = Thread(target=watch)
    watching.start()
    with pytest.raises(Refusal) as refused:
        read_file(b"x,y\n1,2\n")
    watching.join()
    assert refused.value.code == "too-heavy"
    assert len(begun) == 2
    assert _running("begun in a test") == []


def _running(marked: str) -> list[int]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state = (process / "stat").read_text().rpartition(")")[2].split()[0]
            if state != "Z" and marked in (process / "cmdline").read_text():
                found.append(int(process.name))
    return found


def test_a_parser_without_a_verdict_hands_nothing_on() -> None:
    heard, told = os.pipe()
    os.close(told)  # as when the judge has died
    with pytest.raises(Unreadable) as refused:
        beside.verdict_from(heard)
    assert refused.value.code == "too-heavy"


def test_the_child_may_not_write(monkeypatch: Any, tmp_path: Path) -> None:
    probe = tmp_path / "probe"
    start = reader._START.replace(
        "main()",
        "import json, pathlib; from povedu.intake.reading.child import confine;"
        "from povedu.intake.reading.limits import Limits;"
        "confine(Limits.of(json.loads(sys.stdin.buffer.readline())));"
        f"pathlib.Path({str(probe)!r}).write_text('x' * 100)",
    )
    monkeypatch.setattr(reader, "_START", start)
    with pytest.raises(Refusal):
        read_file(b"x,y\n1,2\n")
    assert probe.read_text() == ""


def test_nothing_is_left_in_temporary_folders(monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    for name in ("sparse corners", "merge bomb", "OLE that says Workbook"):
        with pytest.raises(Refusal):
            read_file(HOSTILE[name][0]())
    assert list(tmp_path.iterdir()) == []


def test_every_fault_has_a_sentence() -> None:
    for code in FAULTS:
        assert "%(" not in str(reader.fault(code, limit=1, row=2, found=3, cell="A1"))


def test_a_million_blank_styled_rows_are_accepted() -> None:
    file = read_file(hostile.blank_styled_rows())
    assert file.sheets[0].row_count == 2


def test_macros_are_ignored() -> None:
    content = hostile.package(
        hostile.data(f'<row r="1">{hostile.cell("A1", "姓名")}</row>'),
        extra={"xl/vbaProject.bin": b"macro"},
    )
    file = read_file(content)
    assert (file.format, file.sheets[0].columns) == ("xlsm", [["姓名"]])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", "\t"])
def test_text_in_every_encoding(encoding: str, separator: str) -> None:
    lines = [separator.join(("姓名", "证号"))]
    lines += [separator.join((name, f"'53062320050101123{n}")) for n, name in enumerate(RARE)]
    file = read_file("\r\n".join(lines).encode(encoding))
    assert file.sheets[0].columns[0] == ["姓名", *RARE]


def test_gbk_and_its_wrapped_numbers() -> None:
    text = '姓名,证号\r\n王一,="530623200501011232"\r\n'
    file = read_file(text.encode("gbk"))
    assert (file.encoding, file.sheets[0].columns[1][1]) == ("gb18030", '="530623200501011232"')


def test_html_named_xls_with_spans() -> None:
    page = (
        "<html><meta charset=gbk><table><tr><th colspan=2>名册</th></tr><tr><td rowspan=2>一班</td>"
        "<td>王一</td></tr><tr><td>李二</td></tr></table></html>"
    )
    sheet = read_file(page.encode("gbk")).sheets[0]
    assert sheet.columns == [["名册", "一班", ""], ["", "王一", "李二"]]
    assert (1, 0, 2, 0) in sheet.merges


def test_xml_spreadsheet_2003() -> None:
    page = (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="一">'
        '<Table><Row><Cell><Data ss:Type="String">姓名</Data></Cell></Row><Row ss:Index="3">'
        '<Cell ss:Index="2"><Data ss:Type="Number">7</Data></Cell></Row></Table></Worksheet>'
        "</Workbook>"
    )
    sheet = read_file(page.encode()).sheets[0]
    assert sheet.columns == [["姓名", "", ""], ["", "", 7.0]]


def test_types_errors_and_formulas_survive() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["姓名", "证号", "日期", "是否", "公式"])
    sheet.append(["王一", 530623200501011232, None, True, "=A1"])
    sheet.row_dimensions[2].hidden = True
    out = io.BytesIO()
    book.save(out)
    read = read_file(out.getvalue()).sheets[0]
    assert isinstance(read.columns[1][1], float)
    assert read.columns[3][1] == "TRUE"
    assert read.columns[4][1] == "\0f"
    assert read.hidden_rows == 1
    bad = hostile.package(
        hostile.data('<row r="1"><c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>')
    )
    assert read_file(bad).sheets[0].columns[0] == ["\0e#DIV/0!"]


def test_a_formula_whose_result_is_blank_is_no_fault() -> None:
    content = hostile.package(
        hostile.data(
            f'<row r="1">{hostile.cell("A1")}<c r="B1" t="str"><f>IF(1,"")</f><v></v></c></row>'
        )
    )
    assert read_file(content).sheets[0].columns[0] == ["x"]


def test_nul_and_control_characters_do_no_harm() -> None:
    file = read_file("姓名,证号\n王\0一,1\n".encode())
    assert file.sheets[0].columns[0][1] == "王\u2400一"


def marked_sheet() -> Sheet:
    rows = [
        ["姓名", "年级", "证号", "日期"],
        ["王一", "三年级", Fault("#REF!"), date(2016, 9, 1)],
        ["李二", None, "530623200501011232", None],
        ["赵三", None, 530623200501011232.0, True],
    ]
    return Sheet(rows, name="三(1)班", merges=[(1, 1, 3, 1)], hidden_rows=[2])


@pytest.mark.parametrize("write", [xlsx, xls, ods])
def test_every_workbook_tells_errors_merges_and_hidden_rows(write: Any) -> None:
    hidden = Sheet([["姓名"], ["不读"]], name="草稿", is_hidden=True)
    first, second = read_file(write([marked_sheet(), hidden])).sheets
    assert first.columns[2][:3] == ["证号", "\0e#REF!", "530623200501011232"]
    assert isinstance(first.columns[2][3], float)
    assert first.columns[3] == ["日期", "\0d2016-09-01", "", "TRUE"]
    assert (first.merges, first.hidden_rows) == ([(1, 1, 3, 1)], 1)
    assert (second.hidden, second.columns) == (True, [])


@pytest.mark.parametrize("write", [xlsx, ods])
def test_a_formula_without_its_result_is_told_even_beyond_the_last_value(write: Any) -> None:
    rows = [["姓名"], ["王一", Formula("=A1")], [None, Formula("=A2")]]
    assert read_file(write([Sheet(rows)])).sheets[0].columns[1] == ["", "\0f", "\0f"]


def test_an_old_workbook_with_a_password_says_so() -> None:
    content = xls([Sheet([["姓名"], ["王一"]])])
    at = content.index(b"\x09\x08\x10\x00\x00\x06\x05\x00") + 20
    locked = b"\x2f\x00\x06\x00\x00\x00\x59\xb3\x0a\x9a"
    with pytest.raises(Refusal) as refused:
        read_file(content[:at] + locked + content[at + len(locked) :])
    assert refused.value.code == "encrypted"


def test_an_old_workbook_whose_sectors_lead_in_circles_is_refused() -> None:
    content = bytearray(xls([Sheet([["姓名"], ["王一"]])]))
    table = (int.from_bytes(content[76:80], "little") + 1) * 512
    content[table : table + 4] = (0).to_bytes(4, "little")
    with pytest.raises(Refusal) as refused:
        read_file(bytes(content))
    assert refused.value.code == "broken"
