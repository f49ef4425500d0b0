"""Many papers in one file, each on pages of its own with page numbers of its own.

Each paper is set apart from the others and knows only its own words; the file is their pages one
after the other, as they come out of a printer.
"""

import copy
import io
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from povedu.paper.document import Paper
from povedu.paper.pdf import typeset
from povedu.paper.word import pour, write_word

Tell = Callable[[int], None]


def _nothing(done: int) -> None:
    """Tell nobody."""


def write_pdf_bundle(papers: Sequence[Paper], target: BinaryIO, tell: Tell = _nothing) -> None:
    """Write the papers as one PDF; ``tell`` hears how many are set.

    Refuses with ``paper-pdf`` on a machine without the libraries that set type.
    """
    set_papers = []
    for done, paper in enumerate(papers, start=1):
        set_papers.append(typeset(paper))
        tell(done)
    first, rest = set_papers[0], set_papers[1:]
    pages = [*first.pages, *(page for one in rest for page in one.pages)]
    first.copy(pages).write_pdf(target)


def write_word_bundle(papers: Sequence[Paper], target: BinaryIO, tell: Tell = _nothing) -> None:
    """Write the papers as one .docx, a section each."""
    document = docx.Document(_first(papers[0]))
    body = document.element.body
    end = body[-1]  # the section's properties, which stay last
    _restart(end)
    tell(1)
    for done, paper in enumerate(papers[1:], start=2):
        _close_section(end)
        for element in list(pour(paper).docx.element.body)[:-1]:
            end.addprevious(element)
        tell(done)
    document.core_properties.title = ""
    document.save(target)


def _first(paper: Paper) -> io.BytesIO:
    written = io.BytesIO()
    write_word(paper, written)
    written.seek(0)
    return written


def _restart(section: Any) -> None:
    """Have a section begin on a page of its own, numbered from 1."""
    for name in ("w:type", "w:pgNumType"):
        for element in section.findall(qn(name)):
            section.remove(element)
    kind = OxmlElement("w:type")
    kind.set(qn("w:val"), "nextPage")
    size = section.find(qn("w:pgSz"))
    size.addprevious(kind)
    numbers = OxmlElement("w:pgNumType")
    numbers.set(qn("w:start"), "1")
    margins = section.find(qn("w:pgMar"))
    margins.addnext(numbers)


def _close_section(end: Any) -> None:
    """End a section before the properties of the last one: an empty line carries a copy of them."""
    paragraph = OxmlElement("w:p")
    properties = OxmlElement("w:pPr")
    spacing = OxmlElement("w:spacing")
    for name, value in (("w:before", "0"), ("w:after", "0"), ("w:line", "20")):
        spacing.set(qn(name), value)
    spacing.set(qn("w:lineRule"), "exact")
    properties.append(spacing)
    properties.append(copy.deepcopy(end))
    paragraph.append(properties)
    end.addprevious(paragraph)
