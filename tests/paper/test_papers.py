"""Official papers: the measures of GB/T 9704-2012 in Word and in PDF, and nothing fetched."""

import io
import re
import zipfile
from datetime import date

import docx
import pytest
from defusedxml import ElementTree
from docx.shared import Mm
from pypdf import PdfReader

from povedu.errors import Refusal
from povedu.paper import measures, stencil
from povedu.paper.document import (
    Annex,
    Heading,
    Paper,
    Paragraph,
    Table,
    chinese_number,
    full_date,
    numbered,
    title_lines,
)
from povedu.paper.layout import closing, width
from povedu.paper.pdf import stylesheet, typeset, write_pdf
from povedu.paper.typesetting import NothingFetched, lay_out
from povedu.paper.word import write_word

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PAPER = Paper(
    "关于2016年教育精准扶贫工作情况的报告",
    [
        Paragraph("现将有关情况报告如下。<b>&{{ 1 + 1 }}{% x %}"),
        Heading(1, "学生资助"),
        Heading(2, "学前教育资助"),
        Paragraph("资助幼儿1983人，发放资金297.45万元。"),
        Heading(2, "寄宿生补助"),
        Heading(3, "小项"),
        Heading(4, "细项"),
        Table(
            "表1", ["项目", "人数"], [["学前教育", "1,983"], ["寄宿生", "1,991"]], frozenset({1})
        ),
        Heading(1, "营养改善"),
    ],
    issuer="云岭县教育局文件",
    number="云教发〔2017〕3号",
    recipients="县人民政府",
    signature="云岭县教育局",
    dated_on=date(2017, 1, 5),
    note="联系人：王伟",
    copies_to="县委办公室，县财政局",
    printed_by="云岭县教育局办公室",
    printed_on=date(2017, 1, 6),
    annexes=[
        Annex("主要数据表", [Table("", ["项目"], [["甲"]])]),
        Annex("说明", [Paragraph("内容")]),
    ],
)


@pytest.fixture(scope="module")
def word():
    target = io.BytesIO()
    write_word(PAPER, target)
    return target.getvalue()


@pytest.fixture(scope="module")
def pdf(tmp_path_factory):
    path = tmp_path_factory.mktemp("pdf") / "paper.pdf"
    with path.open("wb") as target:
        write_pdf(PAPER, target)
    return path


def xml(blob, part="word/document.xml"):
    with zipfile.ZipFile(io.BytesIO(blob)) as parts:
        return ElementTree.fromstring(parts.read(part))


def canonical(blob, part):
    return ElementTree.tostring(xml(blob, part))


def text_of(path):
    return [page.extract_text() for page in PdfReader(path).pages]


def test_word_has_the_margins_and_the_grid(word):
    section = xml(word).find(f".//{W}sectPr")
    margins = section.find(f"{W}pgMar").attrib
    for side, millimetres in (("top", 37), ("left", 28), ("right", 26), ("bottom", 35)):
        assert abs(int(margins[W + side]) / 1440 * 25.4 - millimetres) < 0.05
    grid = section.find(f"{W}docGrid").attrib
    assert grid[f"{W}type"] == "linesAndChars"
    assert grid[f"{W}linePitch"] == "579"
    assert grid[f"{W}charSpace"] == "-848"
    assert section.find(f"{W}pgSz").attrib[f"{W}w"] == "11906"


def test_twenty_two_lines_of_twenty_eight_characters_fit():
    assert 22 <= measures.twips(measures.TEXT_HEIGHT) / measures.LINE_PITCH < 23
    pitch = measures.BODY_PT + measures.CHAR_SPACE / 4096
    assert 28 <= (measures.TEXT_WIDTH_PT + 0.01) / pitch < 29


@pytest.mark.parametrize(
    ("style", "face", "half_points"),
    [
        ("PaperBody", "仿宋_GB2312", "32"),
        ("PaperTitle", "方正小标宋简体", "44"),
        ("PaperLevel1", "黑体", "32"),
        ("PaperLevel2", "楷体_GB2312", "32"),
        ("PaperLevel3", "仿宋_GB2312", "32"),
        ("PaperImprint", "仿宋_GB2312", "28"),
    ],
)
def test_word_styles_name_the_faces(word, style, face, half_points):
    styles = xml(word, "word/styles.xml")
    found = styles.find(f".//{W}style[@{W}styleId='{style}']/{W}rPr")
    assert found.find(f"{W}rFonts").attrib[f"{W}eastAsia"] == face
    assert found.find(f"{W}sz").attrib[f"{W}val"] == half_points


def test_word_says_everything_once_and_runs_nothing(word):
    document = docx.Document(io.BytesIO(word))
    texts = [p.text for p in document.paragraphs]
    assert "现将有关情况报告如下。<b>&{{ 1 + 1 }}{% x %}" in texts
    for line in (
        "一、学生资助",
        "（一）学前教育资助",
        "（二）寄宿生补助",
        "1.小项",
        "（1）细项",
        "二、营养改善",
    ):
        assert texts.count(line) == 1
    assert "县人民政府：" in texts
    assert "附件：1.主要数据表" in texts
    assert "附件2" in texts
    tables = [[[c.text for c in row.cells] for row in table.rows] for table in document.tables]
    assert tables[0] == [["项目", "人数"], ["学前教育", "1,983"], ["寄宿生", "1,991"]]
    assert tables[-1] == [
        ["抄送：县委办公室，县财政局。"],
        ["云岭县教育局办公室\t2017年1月6日印发"],
    ]
    assert not [t for t in texts if t.startswith("{%") or "{{ issuer" in t]


def test_word_numbers_pages_outside(word):
    with zipfile.ZipFile(io.BytesIO(word)) as parts:
        footers = [
            parts.read(n).decode() for n in parts.namelist() if "footer" in n and "rels" not in n
        ]
        settings = parts.read("word/settings.xml").decode()
    assert "evenAndOddHeaders" in settings
    sides = sorted(re.search(r'<w:jc w:val="(\w+)"', text)[1] for text in footers if "PAGE" in text)
    assert sides == ["left", "right"]
    assert all("宋体" in text and 'w:val="28"' in text for text in footers if "PAGE" in text)


def test_word_sets_the_date_four_characters_in(word):
    document = docx.Document(io.BytesIO(word))
    (day,) = [p for p in document.paragraphs if p.style.style_id == "PaperDate"]
    assert day.text == "2017年1月5日"
    assert abs(day.paragraph_format.right_indent.pt - 4 * measures.CHAR_PT) < 0.1


def test_stored_template_is_the_one_that_the_code_builds(tmp_path):
    path = tmp_path / "built.docx"
    stencil.build().save(str(path))
    for part in ("word/document.xml", "word/styles.xml", "word/settings.xml"):
        assert canonical(path.read_bytes(), part) == canonical(stencil.STENCIL.read_bytes(), part)


def test_an_edited_template_is_used_and_a_broken_one_refused():
    edited = docx.Document(str(stencil.STENCIL))
    edited.sections[0].left_margin = Mm(30)
    held = io.BytesIO()
    edited.save(held)
    target = io.BytesIO()
    write_word(PAPER, target, template=held.getvalue())
    assert docx.Document(target).sections[0].left_margin.mm == pytest.approx(30, abs=0.05)
    with pytest.raises(Refusal):
        write_word(PAPER, io.BytesIO(), template=b"not a document")


def test_a_template_cannot_reach_python():
    edited = docx.Document(str(stencil.STENCIL))
    edited.add_paragraph("{{ title.__class__.__mro__[1].__subclasses__() }}")
    held = io.BytesIO()
    edited.save(held)
    with pytest.raises(Refusal):
        write_word(PAPER, io.BytesIO(), template=held.getvalue())


def test_pdf_holds_the_words_and_the_page_numbers(pdf):
    text = "".join(text_of(pdf)).replace("\n", "")
    for words in ("云岭县教育局文件", "云教发〔2017〕3号", "1983人", "297.45万元", "—1—", "抄送"):
        assert words in text
    assert "<b>&{{ 1 + 1 }}" in text


def lines_of(box):
    if type(box).__name__ == "LineBox":
        yield box
    for child in getattr(box, "children", ()):
        yield from lines_of(child)


def test_pdf_page_is_a4_and_full_of_lines():
    document = typeset(Paper("标题", [Paragraph("一" * 26 + "二" * 28 * 60)]))
    first, second = document.pages[0], document.pages[1]
    px = 96 / 25.4
    assert (first.width, first.height) == pytest.approx((210 * px, 297 * px), abs=0.5)
    lines = [line for line in lines_of(second._page_box) if line.position_y < 262 * px]
    assert len(lines) == 22
    assert all(line.position_x == pytest.approx(28 * px, abs=0.1) for line in lines)
    assert lines[0].position_y >= 37 * px - 0.1
    assert lines[-1].position_y + lines[-1].height <= 262 * px + 0.1
    texts = ["".join(c.text for c in line.children) for line in lines]
    assert {len(text) for text in texts} == {28}


def test_nothing_is_fetched(monkeypatch):
    def no_way_out(*_args, **_kwargs):
        raise AssertionError("a paper reached for the network")

    monkeypatch.setattr("socket.socket.connect", no_way_out)
    fetcher = NothingFetched()
    for address in (
        "http://127.0.0.1:1/",
        "https://example.org/x.png",
        "file:///etc/passwd",
        "data:,x",
    ):
        with pytest.raises(ValueError, match="may not fetch"):
            fetcher(address)
    assert "url(" not in stylesheet()
    pages = lay_out('<p style="background: url(http://127.0.0.1:1/x.png)">字</p>', "").pages
    assert len(pages) == 1


def test_chinese_numbers_and_dates():
    assert [chinese_number(n) for n in (1, 9, 10, 11, 20, 21, 99)] == [
        "一", "九", "十", "十一", "二十", "二十一", "九十九",
    ]  # fmt: skip
    assert full_date(date(2017, 1, 5)) == "2017年1月5日"


def test_headings_start_again_under_a_new_parent():
    texts = [
        b.text for b in numbered([Heading(1, ""), Heading(2, ""), Heading(1, ""), Heading(2, "")])
    ]
    assert texts == ["一、", "（一）", "二、", "（一）"]


@pytest.mark.parametrize(
    "title",
    [
        "关于云岭县2016年教育精准扶贫精准脱贫工作情况的报告",
        "云岭县教育局关于报送2016年度教育脱贫攻坚工作总结和2017年工作打算的报告",
        "短标题",
    ],
)
def test_titles_are_broken_whole(title):
    lines = title_lines(title)
    assert "".join(lines) == title
    assert all(len(line) <= 20 for line in lines)
    assert all("2016年" in line for line in lines if "2016" in line)
    assert not [line for line in lines if line[0] in "的和》、"]


def test_title_keeps_the_lines_it_is_given():
    assert title_lines("第一行\n第二行") == ["第一行", "第二行"]


def test_unsealed_date_begins_two_right_of_the_name():
    lines = closing(
        Paper(
            "t", [], signature="云岭县教育局和财政局办公室", dated_on=date(2017, 1, 5), sealed=False
        )
    )
    assert lines.signature_right == 2
    start_name = -lines.signature_right - width(lines.signature)
    start_date = -lines.date_right - width(lines.date)
    assert start_date - start_name == 2
    short = closing(Paper("t", [], signature="县教育局", dated_on=date(2017, 11, 15), sealed=False))
    assert short.date_right == 2
