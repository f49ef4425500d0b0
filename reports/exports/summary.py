"""The annual summary as a file: JSON, Word, PDF, workbook."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from povedu import sheets
from povedu.ledger.choices import FundSource
from povedu.paper.document import Paper
from povedu.paper.pdf import write_pdf
from povedu.paper.word import write_word
from povedu.sheets import Column, Cover
from reports.choices import MEASURES

FORMATS = ("json", "docx", "pdf", "xlsx")
CONTENT_TYPES = {
    **sheets.CONTENT_TYPES,
    "json": "application/json; charset=utf-8",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def write(
    fmt: str,
    target: BinaryIO,
    *,
    content: Mapping[str, Any],
    paper: Paper,
    cover: Cover,
    word_template: bytes | None = None,
) -> None:
    """Write a summary's figures or words in one of ``FORMATS``."""
    if fmt == "json":
        target.write(json.dumps(content, ensure_ascii=False, indent=1).encode())
    elif fmt == "docx":
        write_word(paper, target, template=word_template)
    elif fmt == "pdf":
        write_pdf(paper, target)
    elif fmt == "xlsx":
        sheets.write_xlsx(target, _columns(), _rows(content), cover)
    else:
        raise ValueError(f"not a summary format: {fmt!r}")


def _columns() -> list[Column]:
    return [
        Column("section", _("部分"), width=14),
        Column("id", _("代码"), width=22),
        Column("title", _("项目"), width=30),
        Column("persons", _("人数"), "number"),
        Column("person_times", _("人次"), "number"),
        Column("quota", _("计划指标"), "number"),
        Column("amount", _("金额（元）"), "money"),
        *(Column(f"source_{one.value}", one.label, "money", total=True) for one in FundSource),
        Column("last_persons", _("上年人数"), "number"),
        Column("last_person_times", _("上年人次"), "number"),
        Column("last_amount", _("上年金额（元）"), "money"),
        Column("measures", _("其他指标"), width=50),
        Column("rows", _("明细行数"), "number"),
        Column("trace", _("明细地址"), width=40),
    ]


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _rows(content: Mapping[str, Any]) -> Iterator[list[Any]]:
    for section in content["sections"]:
        for line in section["lines"]:
            last = line["last_year"] or {}
            yield [
                section["title"],
                line["id"],
                line["title"],
                line["persons"],
                line["person_times"],
                line["quota"],
                _decimal(line["amount"]),
                *(_decimal(line["by_source"].get(one.value)) for one in FundSource),
                last.get("persons"),
                last.get("person_times"),
                _decimal(last.get("amount")),
                measures_text(line["measures"]),
                line["rows"],
                line["trace"],
            ]


def measures_text(measures: Mapping[str, Any]) -> str:
    """Return measures as one cell: ``学校 20；已完工 20``."""
    return "；".join(
        f"{MEASURES.get(name, name)} {_measure(value)}"
        for name, value in measures.items()
        if value not in (None, [], {}, 0)
    )


def _measure(value: Any) -> str:
    if isinstance(value, Mapping):
        return "、".join(f"{name} {number}" for name, number in value.items())
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    return str(value)
