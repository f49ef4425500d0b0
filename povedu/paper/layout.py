"""How a paper closes: annex list, signature, date, imprint, each placed as the standard says."""

import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

from povedu.paper.document import Paper, full_date


@dataclass(frozen=True, slots=True)
class Closing:
    """The lines after the body; ``_right`` is the room to the right, in body characters."""

    annexes: list[str]
    signature: str
    date: str
    signature_right: float
    date_right: float


@dataclass(frozen=True, slots=True)
class Imprint:
    """The lines of the imprint, "" where there is none."""

    copies: str
    printed_by: str
    printed_on: str


def width(text: str) -> float:
    """Return how many body characters wide text is; Latin letters and figures are half wide."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


def closing(paper: Paper) -> Closing:
    """Return the annex list, the signature and the date with their places.

    Sealed: the date stands four characters in, the name centred over it. Unsealed: the name stands
    two in and the date begins two further right; a date too long for that stands two in itself.
    """
    date = full_date(paper.dated_on) if paper.dated_on else ""
    name_width, date_width = width(paper.signature), width(date)
    if paper.sealed or not paper.signature:
        date_right = 4.0
        name_right = max(0.0, 4 + (date_width - name_width) / 2)
    else:
        name_right = 2.0
        date_right = name_right + name_width - 2 - date_width
        if date_right < 2:
            date_right = 2.0
            name_right = max(2.0, 2 + date_width + 2 - name_width)
    return Closing(_annexes(paper), paper.signature, date, name_right, date_right)


def _annexes(paper: Paper) -> list[str]:
    titles = [annex.title.replace("\n", "") for annex in paper.annexes]
    if len(titles) == 1:
        return [_("附件：%(title)s") % {"title": titles[0]}]
    lines = [f"{number}.{title}" for number, title in enumerate(titles, start=1)]
    rest = [f"　　　{line}" for line in lines[1:]]
    return [_("附件：%(title)s") % {"title": lines[0]}, *rest] if lines else []


def imprint_of(paper: Paper) -> Imprint:
    """Return the imprint's words."""
    return Imprint(
        _("抄送：%(offices)s。") % {"offices": paper.copies_to.rstrip("。")}
        if paper.copies_to
        else "",
        paper.printed_by,
        _("%(date)s印发") % {"date": full_date(paper.printed_on)} if paper.printed_on else "",
    )
