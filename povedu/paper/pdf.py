"""Papers as PDF: the same words and measures as the Word file, set by WeasyPrint."""

from functools import cache
from typing import Any, BinaryIO

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from povedu.cells import plain_text
from povedu.errors import Refusal
from povedu.paper import measures as m
from povedu.paper.document import Block, Heading, Paper, Table, numbered, title_lines
from povedu.paper.layout import closing, imprint_of


def write_pdf(paper: Paper, target: BinaryIO) -> None:
    """Write the paper as PDF with its headings as bookmarks.

    Refuses with ``paper-pdf`` on a machine without the libraries that set type (Pango).
    """
    typeset(paper).write_pdf(target)


def typeset(paper: Paper) -> Any:
    """Return the laid-out pages, a WeasyPrint document."""
    try:
        from povedu.paper import typesetting  # loads Pango; web processes never need it
    except OSError as fault:
        raise Refusal(
            "paper-pdf", _("本机缺少排版组件，不能生成PDF；请改用Word格式，或请管理员安装 Pango。")
        ) from fault
    with translation.override("zh-hans"):
        html = render_to_string("paper/official.html", _context(paper))
    return typesetting.lay_out(html, stylesheet())


def _context(paper: Paper) -> dict[str, Any]:
    return {
        "paper": paper,
        "name": plain_text(paper.title.replace("\n", "")),
        "head_size": m.head_size(paper.issuer),
        "title": title_lines(paper.title),
        "recipients": f"{paper.recipients.rstrip('：')}：" if paper.recipients else "",
        "signer": _("签发人：%(name)s") % {"name": paper.signer} if paper.signer else "",
        "body": [_block(block) for block in numbered(paper.body)],
        "closing": closing(paper),
        "imprint": imprint_of(paper),
        "annexes": [
            {
                "mark": _("附件") + (str(number) if len(paper.annexes) > 1 else ""),
                "title": title_lines(annex.title),
                "body": [_block(block) for block in numbered(annex.body)],
            }
            for number, annex in enumerate(paper.annexes, start=1)
        ],
        "char_pt": f"{m.CHAR_PT:.4f}",
    }


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Table):
        shares = block.widths or [1.0] * len(block.columns)
        return {
            "kind": "table",
            "table": block,
            "widths": [f"{share / sum(shares) * 100:.3f}%" for share in shares],
            "figures": block.figures,
        }
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level, "text": block.text}
    return {"kind": "paragraph", "text": block.text}


def _faces(*names: str) -> str:
    return ", ".join(f'"{name}"' for name in names)


@cache
def stylesheet() -> str:
    """Return the style sheet of official papers, made from the measures."""
    serif = _faces(m.FANGSONG, "仿宋", "FangSong", m.FALLBACK_SERIF)
    kai = _faces(m.KAITI, "楷体", "KaiTi", m.FALLBACK_SERIF)
    hei = _faces(m.HEITI, "SimHei", m.FALLBACK_SANS)
    song = _faces(m.SONGTI, "SimSun", m.FALLBACK_SERIF)
    big = _faces(m.XIAOBIAOSONG, "FZXiaoBiaoSong-B05S", m.FALLBACK_SERIF)
    folio = (
        f'content: "—" counter(page) "—"; font: {m.SMALL_PT}pt {song};'
        " white-space: nowrap; letter-spacing: 0; text-align-last: auto;"
        f" vertical-align: top; padding-top: {m.FOLIO_GAP}mm;"
    )
    return f"""
@page {{
  size: {m.PAGE_WIDTH}mm {m.PAGE_HEIGHT}mm;
  margin: {m.TOP}mm {m.RIGHT}mm {m.BOTTOM}mm {m.LEFT}mm;
}}
@page :right {{ @bottom-right {{ {folio} padding-right: {m.SMALL_PT}pt; text-align: right; }} }}
@page :left {{ @bottom-left {{ {folio} padding-left: {m.SMALL_PT}pt; text-align: left; }} }}
html {{
  font: {m.BODY_PT}pt {serif}; color: #000; line-height: {m.LINE_PT:.4f}pt;
  letter-spacing: {m.LETTER_SPACING_PT - 0.01:.4f}pt; orphans: 2; widows: 2;
}}
body, p, h1, h2, h3, h4, h5 {{ margin: 0; font-size: inherit; font-weight: normal; }}
.issuer {{
  color: #{m.RED}; font-family: {big}; font-weight: bold; line-height: 1; letter-spacing: 0;
  text-align: center; white-space: nowrap; padding-top: {m.RED_HEAD_TOP}mm;
}}
.number {{
  margin-top: {2 * m.LINE_PT:.4f}pt; padding-bottom: {m.RED_LINE_GAP}mm; text-align: center;
  border-bottom: 1.5pt solid #{m.RED}; margin-bottom: {2 * m.LINE_PT:.4f}pt;
}}
.number span {{ white-space: nowrap; }}
.number.signed {{
  display: flex; justify-content: space-between; padding: 0 1em {m.RED_LINE_GAP}mm;
}}
.title {{
  font: {m.TITLE_PT}pt/{1.25 * m.LINE_PT:.4f}pt {big}; font-weight: bold; text-align: center;
  letter-spacing: 0;
}}
.title span {{ display: block; }}
.to {{ margin-top: {m.LINE_PT:.4f}pt; }}
.body > p:not(.table-note), .level {{ text-indent: {2 * m.CHAR_PT:.4f}pt; }}
.level {{ break-after: avoid; }}
.level1 {{ font-family: {hei}; }}
.level2 {{ font-family: {kai}; }}
.annex-list {{ margin-top: {m.LINE_PT:.4f}pt; }}
.annex-list p {{ padding-left: {5 * m.CHAR_PT:.4f}pt; text-indent: {-3 * m.CHAR_PT:.4f}pt; }}
.closing {{ margin-top: {2 * m.LINE_PT:.4f}pt; text-align: right; break-inside: avoid; }}
.annex {{ break-before: page; }}
.annex .mark {{ font-family: {hei}; }}
.annex .title {{ margin: {m.LINE_PT:.4f}pt 0; }}
.imprint {{
  float: footnote; font-size: {m.SMALL_PT}pt; letter-spacing: 0; line-height: 1.6;
  border-top: {m.THICK_PT}pt solid #000; border-bottom: {m.THICK_PT}pt solid #000;
}}
.imprint::footnote-call {{ content: none; }}
.imprint::footnote-marker {{ content: none; }}
.imprint span {{ display: block; padding: 0 1em; }}
.imprint .copies {{
  border-bottom: {m.THIN_PT}pt solid #000; padding-left: 4em; text-indent: -3em;
}}
.imprint .printed {{ display: flex; justify-content: space-between; }}
table {{
  width: 100%; border-collapse: collapse; table-layout: fixed; font-size: {m.TABLE_PT}pt;
  line-height: 1.3; letter-spacing: 0; margin: 2pt 0;
}}
caption {{ text-align: center; font: {m.SMALL_PT}pt {hei}; line-height: {m.LINE_PT:.4f}pt; }}
thead {{ display: table-header-group; }}
tr {{ break-inside: avoid; }}
th {{ font-family: {hei}; font-weight: normal; text-align: center; }}
th, td {{ border: 0.5pt solid #000; padding: 1.5pt 3pt; overflow-wrap: anywhere; }}
td.figure {{ text-align: right; font-variant-numeric: tabular-nums; }}
.table-note {{ font-size: {m.TABLE_PT}pt; line-height: 1.4; }}
"""
