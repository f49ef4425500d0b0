"""A template as a clerk opens it: number columns are text, choices drop down, every column told."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest

from povedu.intake.kinds import IntakeKind, all_kinds
from povedu.intake.template import template_file

_TEXT, _LAST = "@", 2000


def opened(kind: IntakeKind) -> Any:
    return openpyxl.load_workbook(BytesIO(template_file(kind).content))


@pytest.fixture(params=sorted(kind.code for kind in all_kinds()))
def kind(request: Any) -> IntakeKind:
    return next(one for one in all_kinds() if one.code == request.param)


def test_a_template_keeps_numbers_drops_choices_down_and_tells_its_columns(
    kind: IntakeKind,
) -> None:
    book = opened(kind)
    sheet, lists, instructions = book.worksheets
    assert lists.sheet_state == "hidden"
    assert sheet.freeze_panes == "A2"
    columns = [column for column in kind.columns.values() if column.in_template]
    choices = {str(one.sqref): one for one in sheet.data_validations.dataValidation}
    told = {row[0]: row[1] for row in instructions.iter_rows(values_only=True)}
    for at, column in enumerate(columns, start=1):
        letter = openpyxl.utils.get_column_letter(at)
        assert str(sheet.cell(1, at).value) == column.label + ("*" if column.required else "")
        written = sheet.column_dimensions
        format_ = next(one.number_format for one in written.values() if one.min <= at <= one.max)
        assert (format_ == _TEXT) is column.widget.text_cell, column.label
        labels = [str(label) for label in getattr(column.widget, "labels", ())]
        offered = choices.get(f"{letter}2:{letter}{_LAST + 1}")
        assert (offered is not None) is bool(labels), column.label
        if offered is not None:
            assert offered.formula1 == f"'{lists.title}'!${letter}$1:${letter}${len(labels)}"
            assert [lists.cell(n, at).value for n in range(1, len(labels) + 1)] == labels
        assert told[column.label].startswith("必填" if column.required else "选填")


def test_identity_numbers_and_cards_are_text_in_every_template() -> None:
    for kind in all_kinds():
        for name, column in kind.columns.items():
            if column.in_template and (name.endswith("id_number") or "card_number" in name):
                assert column.widget.text_cell, f"{kind.code}: {name}"
