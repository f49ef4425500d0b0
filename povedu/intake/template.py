"""The empty table of a kind: headings, drop-downs, text-formatted columns and instructions."""

from dataclasses import dataclass
from io import BytesIO

import xlsxwriter
from django.utils.translation import gettext as _

from povedu.intake.kinds import Column, IntakeKind

_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Template:
    """A finished template."""

    filename: str
    content: bytes


def template_file(kind: IntakeKind) -> Template:
    """Return a workbook that this kind's intake reads without a question."""
    out = BytesIO()
    columns = [column for column in kind.columns.values() if column.in_template]
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        styles = {
            "heading": book.add_format(
                {"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True}
            ),
            "required": book.add_format(
                {
                    "bold": True,
                    "bg_color": "#DCE6F1",
                    "border": 1,
                    "text_wrap": True,
                    "font_color": "#C00000",
                }
            ),
            "text": book.add_format({"num_format": "@"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        sheet = book.add_worksheet(str(kind.title)[:31].replace("/", "_"))
        lists = book.add_worksheet(_("选项"))
        for at, column in enumerate(columns):
            heading = column.label + ("*" if column.required else "")
            sheet.write_string(0, at, heading, styles["required" if column.required else "heading"])
            style = styles["text"] if column.widget.text_cell else styles["date"]
            sheet.set_column(at, at, max(12, len(heading) * 2.4), style)
            _drop_down(sheet, lists, at, column)
        sheet.freeze_panes(1, 0)
        lists.hide()
        _instructions(book, kind, columns, styles)
    return Template(_("%(kind)s_模板.xlsx") % {"kind": kind.title}, out.getvalue())


def _drop_down(
    sheet: "xlsxwriter.worksheet.Worksheet",
    lists: "xlsxwriter.worksheet.Worksheet",
    at: int,
    column: Column,
) -> None:
    labels = [str(label) for label in getattr(column.widget, "labels", ())]
    if not labels:
        return
    for row, label in enumerate(labels):
        lists.write_string(row, at, label)
    letter = xlsxwriter.utility.xl_col_to_name(at)
    source = f"='{lists.get_name()}'!${letter}$1:${letter}${len(labels)}"
    # A warning only: an alias that intake understands may be typed as well.
    sheet.data_validation(
        1, at, _ROWS, at, {"validate": "list", "source": source, "error_type": "warning"}
    )


def _instructions(
    book: xlsxwriter.Workbook,
    kind: IntakeKind,
    columns: list[Column],
    styles: dict[str, "xlsxwriter.format.Format"],
) -> None:
    sheet = book.add_worksheet(_("填写说明"))
    sheet.set_column(0, 0, 24, styles["wrap"])
    sheet.set_column(1, 1, 80, styles["wrap"])
    lines = [
        (_("栏目"), _("说明")),
        (_("总说明"), str(kind.description)),
        (
            _("证件号码和卡号"),
            _("整列已设为文本格式。请用“选择性粘贴—数值”粘贴；改成数字格式，末几位会变成 0。"),
        ),
        (_("表头"), _("表头可以增减、换位置、用习惯的叫法；系统认不出的列会保留并请您指定。")),
    ]
    for column in columns:
        lines.append((column.label, _hint(column)))
    for row, (left, right) in enumerate(lines):
        sheet.write_string(row, 0, left, styles["heading"] if row == 0 else styles["wrap"])
        sheet.write_string(row, 1, right, styles["heading"] if row == 0 else styles["wrap"])


def _hint(column: Column) -> str:
    parts = [_("必填") if column.required else _("选填")]
    if column.hint:
        parts.append(str(column.hint))
    if column.example:
        parts.append(_("例如 %(example)s") % {"example": column.example})
    return "；".join(parts)
