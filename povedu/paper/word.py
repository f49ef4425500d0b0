"""Papers as Word files, poured into a template that staff may have edited."""

import io
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, Twips
from docxtpl import DocxTemplate, RichText
from jinja2 import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from povedu.cells import plain_text
from povedu.errors import Refusal
from povedu.paper import measures as m
from povedu.paper.document import (
    Annex,
    Block,
    Heading,
    Paper,
    Paragraph,
    Table,
    numbered,
    title_lines,
)
from povedu.paper.layout import closing, imprint_of
from povedu.paper.stencil import STENCIL

UNPACKED_BYTES = 20_000_000
_UNUSABLE = gettext_lazy("公文模板无法使用：请下载系统自带的模板，在其上修改后再上传。")


class _Environment(SandboxedEnvironment):
    """A sandbox that compiles a template once: letters of a run are poured into one."""

    def __init__(self) -> None:
        super().__init__(autoescape=True)
        self._compiled = lru_cache(maxsize=32)(super().from_string)

    def from_string(self, source: Any, *given: Any, **more: Any) -> Any:
        """Return the compiled template of a text, kept from before where it is the same."""
        if given or more or not isinstance(source, str):
            return super().from_string(source, *given, **more)
        return self._compiled(source)


_environment = _Environment()


def write_word(paper: Paper, target: BinaryIO, *, template: bytes | None = None) -> None:
    """Write the paper as .docx; ``template`` is a county's own version of the shipped one."""
    pour(paper, template=template).save(target)


def pour(paper: Paper, *, template: bytes | None = None) -> Any:
    """Return the paper poured into a template, to be saved or taken apart.

    Refuses with ``paper-template`` where the template cannot be read or filled. Templates run in a
    sandbox and are given plain values only.
    """
    source = io.BytesIO(template if template is not None else STENCIL.read_bytes())
    _check_size(source)
    with translation.override("zh-hans"):
        context = _context(paper)
    try:
        document = DocxTemplate(source)
        document.render(context, jinja_env=_environment)
    except (TemplateError, SyntaxError, BadZipFile, LookupError, TypeError, ValueError) as fault:
        raise Refusal("paper-template", _UNUSABLE) from fault
    _finish(document, paper)
    return document


def _check_size(source: io.BytesIO) -> None:
    """Refuse a file that unpacks to more than a template ever needs."""
    try:
        with ZipFile(source) as parts:
            size = sum(part.file_size for part in parts.infolist())
    except BadZipFile:
        size = UNPACKED_BYTES + 1
    source.seek(0)
    if size > UNPACKED_BYTES:
        raise Refusal("paper-template", _UNUSABLE)


def check_template(template: bytes) -> None:
    """Refuse a template that cannot be filled, by filling it with a paper that has every part."""
    paper = Paper(
        title="题",
        body=[Heading(1, "题"), Paragraph("文"), Table("表", ["列"], [["值"]])],
        issuer="标志",
        number="号",
        signer="名",
        recipients="主送",
        signature="署名",
        dated_on=date(2017, 1, 1),
        note="附注",
        copies_to="抄送",
        printed_by="印发",
        printed_on=date(2017, 1, 1),
        annexes=[Annex("附件", [Paragraph("文")])],
    )
    write_word(paper, io.BytesIO(), template=template)


def _context(paper: Paper) -> dict[str, Any]:
    imprint = imprint_of(paper)
    lines = closing(paper)
    return {
        "issuer": _head(paper.issuer) if paper.issuer else "",
        "number": _plain(paper.number),
        "signer": _("签发人：%(name)s") % {"name": _plain(paper.signer)} if paper.signer else "",
        "signer_tab": "\t",
        "title": [_plain(line) for line in title_lines(paper.title)],
        "recipients": f"{_plain(paper.recipients).rstrip('：')}：" if paper.recipients else "",
        "body": _blocks(paper.body),
        "annex_lines": [_plain(line) for line in lines.annexes],
        "signature": _plain(lines.signature),
        "date": lines.date,
        "note": _plain(paper.note),
        "annexes": _annex_blocks(paper),
        "imprint": bool(imprint.copies or imprint.printed_by),
        "copies": _plain(imprint.copies),
        "printed_by": _plain(imprint.printed_by),
        "printed_tab": "\t",
        "printed_on": imprint.printed_on,
    }


def _plain(text: str) -> str:
    return plain_text(text).replace("\t", " ")


def _head(text: str) -> RichText:
    return RichText(_plain(text), size=round(m.head_size(text) * 2))


def _blocks(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    return [_block(block) for block in numbered(blocks)]


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Table):
        return {
            "style": "PaperTable",
            "title": _plain(block.title),
            "columns": [_plain(cell) for cell in block.columns],
            "rows": [[_plain(cell) for cell in row] for row in block.rows],
            "note": _plain(block.note),
        }
    style = f"PaperLevel{block.level}" if isinstance(block, Heading) else "PaperBody"
    return {"style": style, "text": _plain(block.text)}


def _annex_blocks(paper: Paper) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    many = len(paper.annexes) > 1
    for number, annex in enumerate(paper.annexes, start=1):
        mark = _("附件") + (str(number) if many else "")
        blocks.append({"style": "PaperAnnexMark", "text": mark})
        blocks += [{"style": "PaperTitle", "text": _plain(t)} for t in title_lines(annex.title)]
        blocks.append({"style": "PaperGap"})
        blocks += _blocks(annex.body)
    return blocks


def _finish(document: DocxTemplate, paper: Paper) -> None:
    """Set what depends on the words: column widths, figures to the right, the closing's indents."""
    tables = [block for block in paper.body if isinstance(block, Table)]
    tables += [block for a in paper.annexes for block in a.body if isinstance(block, Table)]
    drawn = [table for table in document.docx.tables if _is_paper_table(table)]
    for table, said in zip(drawn, tables, strict=False):
        _shape_table(table, said)
    lines = closing(paper)
    for paragraph in document.docx.paragraphs:
        if paragraph.style.style_id == "PaperSignature":
            paragraph.paragraph_format.right_indent = Pt(lines.signature_right * m.CHAR_PT)
        elif paragraph.style.style_id == "PaperDate":
            paragraph.paragraph_format.right_indent = Pt(lines.date_right * m.CHAR_PT)
    document.docx.core_properties.title = _plain(paper.title.replace("\n", ""))


def _is_paper_table(table: Any) -> bool:
    first = table._tbl.find(f".//{qn('w:pStyle')}")
    return first is not None and first.get(qn("w:val")) == "PaperCellHead"


def _shape_table(table: Any, said: Table) -> None:
    shares = said.widths or [1.0] * len(said.columns)
    total = m.twips(m.TEXT_WIDTH)
    widths = [round(total * share / sum(shares)) for share in shares]
    for column, width in zip(table._tbl.tblGrid.findall(qn("w:gridCol")), widths, strict=False):
        column.set(qn("w:w"), str(width))
    if said.row_mm:
        for one in table.rows:
            one.height, one.height_rule = Mm(said.row_mm), WD_ROW_HEIGHT_RULE.AT_LEAST
    for at, row in enumerate(table._tbl.tr_lst):
        for place, cell in enumerate(row.tc_lst):
            cell.width = Twips(widths[place])
            if at and place in said.figures:
                for paragraph in cell.p_lst:
                    paragraph.get_or_add_pPr().get_or_add_jc().set(qn("w:val"), "right")
