"""Builds ``official.docx``, the Word template that the papers are poured into.

Staff may edit the stored template in WPS or Word: the styles and the places of the tags carry the
layout. ``python -m povedu.paper.stencil`` writes it anew from the measures.
"""

import sys
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from povedu.paper import measures as m

STENCIL = Path(__file__).with_name("official.docx")
INDENT = round(m.CHAR_PT * 20)  # twips to a body character

# style: (name shown in Word, face, size, alignment, indent of the first line in characters)
STYLES = {
    "PaperHead": ("公文 发文机关标志", m.XIAOBIAOSONG, 55.0, "center", 0),
    "PaperNumber": ("公文 发文字号", m.FANGSONG, m.BODY_PT, "center", 0),
    "PaperTitle": ("公文 标题", m.XIAOBIAOSONG, m.TITLE_PT, "center", 0),
    "PaperTo": ("公文 主送机关", m.FANGSONG, m.BODY_PT, "left", 0),
    "PaperBody": ("公文 正文", m.FANGSONG, m.BODY_PT, "both", 2),
    "PaperLevel1": ("公文 一级标题", m.HEITI, m.BODY_PT, "both", 2),
    "PaperLevel2": ("公文 二级标题", m.KAITI, m.BODY_PT, "both", 2),
    "PaperLevel3": ("公文 三级标题", m.FANGSONG, m.BODY_PT, "both", 2),
    "PaperLevel4": ("公文 四级标题", m.FANGSONG, m.BODY_PT, "both", 2),
    "PaperAnnexes": ("公文 附件说明", m.FANGSONG, m.BODY_PT, "left", 0),
    "PaperSignature": ("公文 署名", m.FANGSONG, m.BODY_PT, "right", 0),
    "PaperDate": ("公文 成文日期", m.FANGSONG, m.BODY_PT, "right", 0),
    "PaperAnnexMark": ("公文 附件", m.HEITI, m.BODY_PT, "left", 0),
    "PaperCaption": ("公文 表题", m.HEITI, m.SMALL_PT, "center", 0),
    "PaperCell": ("公文 表格", m.FANGSONG, m.TABLE_PT, "left", 0),
    "PaperCellHead": ("公文 表头", m.HEITI, m.TABLE_PT, "center", 0),
    "PaperTableNote": ("公文 表注", m.FANGSONG, m.TABLE_PT, "left", 0),
    "PaperImprint": ("公文 版记", m.FANGSONG, m.SMALL_PT, "left", 0),
}
_OUTLINE = {"PaperLevel1": 0, "PaperLevel2": 1, "PaperLevel3": 2, "PaperLevel4": 3}
# Lines and characters are set in the styles too: the document grid alone is read differently by
# Word, WPS and LibreOffice (which gives a character wider than its cell two cells).
_LOOSE = {"PaperHead", "PaperCell", "PaperCellHead", "PaperTableNote", "PaperImprint"}


def build() -> Any:
    """Return the template as a python-docx document."""
    document = docx.Document()
    _page(document)
    _styles(document)
    _footers(document)
    body = document.element.body
    end = body[-1]  # the section's properties stay last
    for element in (*_front(), *_blocks("body"), *_close(), *_annexes(), *_imprint()):
        end.addprevious(element)
    for element in list(body):
        if element.tag == qn("w:p") and not len(element):
            body.remove(element)
    document.core_properties.author = ""
    document.core_properties.title = ""
    document.core_properties.comments = ""
    return document


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(m.PAGE_WIDTH), Mm(m.PAGE_HEIGHT)
    section.top_margin, section.bottom_margin = Mm(m.TOP), Mm(m.BOTTOM)
    section.left_margin, section.right_margin = Mm(m.LEFT), Mm(m.RIGHT)
    section.header_distance = Mm(15)
    section.footer_distance = Mm(m.BOTTOM - m.FOLIO_GAP) - Pt(m.SMALL_PT)
    properties = section._sectPr
    for grid in properties.findall(qn("w:docGrid")):
        properties.remove(grid)
    properties.append(
        parse_xml(
            f'<w:docGrid {nsdecls("w")} w:type="linesAndChars"'
            f' w:linePitch="{m.LINE_PITCH}" w:charSpace="{m.CHAR_SPACE}"/>'
        )
    )
    document.settings.odd_and_even_pages_header_footer = True


def _fonts(face: str, size: float, colour: str = "") -> str:
    name = quoteattr(face)
    closer = '<w:spacing w:val="-5"/>' if size == m.BODY_PT else ""
    paint = f'<w:color w:val="{colour}"/>' if colour else '<w:color w:val="000000"/>'
    return (
        f'<w:rPr {nsdecls("w")}><w:rFonts w:ascii="{m.LATIN}" w:hAnsi="{m.LATIN}" w:cs="{m.LATIN}"'
        f' w:eastAsia={name}/><w:b w:val="0"/>{paint}{closer}<w:sz w:val="{round(size * 2)}"/>'
        f'<w:szCs w:val="{round(size * 2)}"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr>'
    )


def _styles(document: Any) -> None:
    defaults = document.styles.element.find(qn("w:docDefaults"))
    plain = _fonts(m.FANGSONG, m.BODY_PT).replace('<w:spacing w:val="-5"/>', "")
    _replace(defaults.find(qn("w:rPrDefault")), "w:rPr", plain)
    normal = document.styles["Normal"].element
    _replace(normal, "w:rPr", plain)
    _replace(
        normal,
        "w:pPr",
        f'<w:pPr {nsdecls("w")}><w:spacing w:before="0" w:after="0" w:line="240"'
        ' w:lineRule="auto"/></w:pPr>',
    )
    for key, (label, face, size, alignment, indent) in STYLES.items():
        style = document.styles.add_style(key, WD_STYLE_TYPE.PARAGRAPH)
        style.element.set(qn("w:customStyle"), "1")
        style.element.find(qn("w:name")).set(qn("w:val"), label)
        style.quick_style = True
        colour = m.RED if key == "PaperHead" else ""
        _replace(style.element, "w:rPr", _fonts(face, size, colour))
        _replace(style.element, "w:pPr", _paragraph(key, alignment, indent))


def _paragraph(key: str, alignment: str, indent: int) -> str:
    pitch = round(m.LINE_PITCH * (1.25 if key == "PaperTitle" else 1))
    line = (240, "auto") if key in _LOOSE else (pitch, "exact")
    spacing = f'<w:spacing w:before="0" w:after="0" w:line="{line[0]}" w:lineRule="{line[1]}"/>'
    if key == "PaperHead":
        spacing = (
            f'<w:spacing w:before="{m.twips(m.RED_HEAD_TOP)}" w:after="0" w:line="240"'
            ' w:lineRule="auto"/>'
        )
    first = (
        f'<w:ind w:firstLineChars="{indent * 100}" w:firstLine="{indent * INDENT}"/>'
        if indent
        else ""
    )
    outline = f'<w:outlineLvl w:val="{_OUTLINE[key]}"/>' if key in _OUTLINE else ""
    keep = "<w:keepNext/>" if key in _OUTLINE or key == "PaperCaption" else ""
    return (
        f'<w:pPr {nsdecls("w")}>{keep}<w:widowControl w:val="0"/><w:snapToGrid w:val="0"/>'
        f'{spacing}{first}<w:jc w:val="{alignment}"/>{outline}</w:pPr>'
    )


def _replace(element: Any, tag: str, xml: str) -> None:
    for old in element.findall(qn(tag)):
        element.remove(old)
    element.append(parse_xml(xml))


def _footers(document: Any) -> None:
    """Set the page number between dashes, size four, one character in from the outer edge."""
    section = document.sections[0]
    side = f'w:rightChars="100" w:right="{round(m.SMALL_PT * 20)}"'
    for footer, alignment, indent in (
        (section.footer, "right", side),
        (section.even_page_footer, "left", side.replace("right", "left")),
    ):
        footer.is_linked_to_previous = False
        old = footer.paragraphs[0]._p
        run = _fonts(m.SONGTI, m.SMALL_PT)
        field = "".join(
            f"<w:r>{run}{part}</w:r>"
            for part in (
                "<w:t>—</w:t>",
                '<w:fldChar w:fldCharType="begin"/>',
                '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
                '<w:fldChar w:fldCharType="separate"/>',
                "<w:t>1</w:t>",
                '<w:fldChar w:fldCharType="end"/>',
                "<w:t>—</w:t>",
            )
        )
        old.addprevious(
            parse_xml(
                f'<w:p {nsdecls("w")}><w:pPr><w:snapToGrid w:val="0"/><w:ind {indent}/>'
                f'<w:jc w:val="{alignment}"/></w:pPr>{field}</w:p>'
            )
        )
        old.getparent().remove(old)


def _p(style: str, text: str, extra: str = "") -> Any:
    return parse_xml(
        f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="{style}"/>{extra}</w:pPr>'
        f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'
    )


def _tag(text: str) -> Any:
    return _p("PaperBody", f"{{%p {text} %}}")


def _front() -> list[Any]:
    border = (
        f'<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="{round(m.RED_LINE_GAP * 72 / 25.4)}"'
        f' w:color="{m.RED}"/></w:pBdr>'
    )
    right = f'<w:tabs><w:tab w:val="right" w:pos="{m.twips(m.TEXT_WIDTH) - INDENT}"/></w:tabs>'
    ends = f'{border}{right}<w:jc w:val="left"/>'
    return [
        _tag("if issuer"),
        _p("PaperHead", "{{r issuer }}"),
        _p("PaperNumber", ""),
        _p("PaperNumber", ""),
        _tag("if signer"),
        _p("PaperNumber", "　{{ number }}{{ signer_tab }}{{ signer }}", ends),
        _tag("else"),
        _p("PaperNumber", "{{ number }}", border),
        _tag("endif"),
        _p("PaperNumber", ""),
        _p("PaperNumber", ""),
        _tag("endif"),
        _tag("for line in title"),
        _p("PaperTitle", "{{ line }}"),
        _tag("endfor"),
        _p("PaperBody", ""),
        _tag("if recipients"),
        _p("PaperTo", "{{ recipients }}"),
        _tag("endif"),
    ]


def _blocks(name: str) -> list[Any]:
    parts = [_tag(f"for block in {name}")]
    first = "if"
    for style in ("PaperLevel1", "PaperLevel2", "PaperLevel3", "PaperLevel4", "PaperBody"):
        parts += [_tag(f"{first} block.style == '{style}'"), _p(style, "{{ block.text }}")]
        first = "elif"
    if name == "annexes":
        page = '<w:pageBreakBefore w:val="1"/>'
        parts += [
            _tag("elif block.style == 'PaperAnnexMark'"),
            _p("PaperAnnexMark", "{{ block.text }}", page),
            _p("PaperBody", ""),
            _tag("elif block.style == 'PaperTitle'"),
            _p("PaperTitle", "{{ block.text }}"),
            _tag("elif block.style == 'PaperGap'"),
            _p("PaperBody", ""),
        ]
    return [
        *parts,
        _tag("elif block.style == 'PaperTable'"),
        _p("PaperCaption", "{{ block.title }}"),
        _table(),
        _p("PaperTableNote", "{{ block.note }}"),
        _tag("endif"),
        _tag("endfor"),
    ]


def _table() -> Any:
    def cell(style: str, text: str) -> str:
        return (
            '<w:tc><w:tcPr><w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr>'
            f'<w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>'
        )

    def loop(style: str, source: str) -> str:
        return (
            cell(style, f"{{%tc for cell in {source} %}}")
            + cell(style, "{{ cell }}")
            + cell(style, "{%tc endfor %}")
        )

    lines = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    margin = '<w:{0} w:w="57" w:type="dxa"/>'
    head, row = "PaperCellHead", "PaperCell"
    grid = f'<w:gridCol w:w="{m.twips(m.TEXT_WIDTH / 3)}"/>'
    return parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{m.twips(m.TEXT_WIDTH)}" w:type="dxa"/>'
        f'<w:jc w:val="center"/><w:tblBorders>{lines}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{margin.format('left')}{margin.format('right')}</w:tblCellMar></w:tblPr>"
        f"<w:tblGrid>{grid * 3}</w:tblGrid>"
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{loop(head, 'block.columns')}</w:tr>"
        f"<w:tr>{cell(row, '{%tr for row in block.rows %}')}</w:tr>"
        f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{loop(row, 'row')}</w:tr>"
        f"<w:tr>{cell(row, '{%tr endfor %}')}</w:tr></w:tbl>"
    )


def _close() -> list[Any]:
    hang = (
        f'<w:ind w:leftChars="500" w:left="{5 * INDENT}" w:hangingChars="300"'
        f' w:hanging="{3 * INDENT}"/>'
    )
    return [
        _tag("if annex_lines"),
        _p("PaperBody", ""),
        _tag("for line in annex_lines"),
        _p("PaperAnnexes", "{{ line }}", hang),
        _tag("endfor"),
        _tag("endif"),
        _tag("if signature"),
        _p("PaperBody", ""),
        _p("PaperBody", ""),
        _p("PaperSignature", "{{ signature }}"),
        _tag("endif"),
        _tag("if date"),
        _p("PaperDate", "{{ date }}"),
        _tag("endif"),
        _tag("if note"),
        _p("PaperBody", "（{{ note }}）"),
        _tag("endif"),
    ]


def _annexes() -> list[Any]:
    return _blocks("annexes")


def _imprint() -> list[Any]:
    """Return the imprint: a table held at the bottom of the last page's type area.

    Word and WPS pin it there; LibreOffice sets it below the text.
    """
    edge = '<w:{0} w:val="single" w:sz="{1}" w:space="0" w:color="000000"/>'
    thick, thin = round(m.THICK_PT * 8), round(m.THIN_PT * 8)
    borders = edge.format("top", thick) + edge.format("bottom", thick)
    borders += edge.format("insideH", thin)
    size = round(m.SMALL_PT * 20)
    stop = m.twips(m.TEXT_WIDTH) - size
    hang = f'<w:ind w:left="{4 * size}" w:right="{size}" w:hanging="{3 * size}"/>'
    ends = f'<w:tabs><w:tab w:val="right" w:pos="{stop}"/></w:tabs><w:ind w:left="{size}"/>'
    width = m.twips(m.TEXT_WIDTH)

    def row(text: str, extra: str) -> str:
        return (
            f'<w:tr><w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p><w:pPr>'
            f'<w:pStyle w:val="PaperImprint"/>{extra}</w:pPr>'
            f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p></w:tc></w:tr>'
        )

    table = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblpPr w:horzAnchor="margin" w:vertAnchor="margin"'
        ' w:tblpXSpec="center" w:tblpYSpec="bottom"/>'
        f'<w:tblW w:w="{width}" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders>'
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/>'
        '<w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f'<w:tblGrid><w:gridCol w:w="{width}"/></w:tblGrid>'
        + row("{%tr if copies %}", "")
        + row("{{ copies }}", hang)
        + row("{%tr endif %}", "")
        + row("{{ printed_by }}{{ printed_tab }}{{ printed_on }}", ends)
        + "</w:tbl>"
    )
    return [_tag("if imprint"), table, _tag("endif"), _p("PaperImprint", "")]


if __name__ == "__main__":
    build().save(str(Path(sys.argv[1]) if len(sys.argv) > 1 else STENCIL))
