"""The mechanism on its own, with a ledger kind that no app declares."""

from datetime import UTC, datetime
from io import BytesIO

import openpyxl
import pytest

from povedu.accounts.selectors import operator
from povedu.intake import contract, kinds
from povedu.intake.dates import DateWidget
from povedu.intake.kinds import Applied, Column, IntakeKind, LedgerResource
from povedu.intake.people import check_against_ids, recover_ids, refuse_duplicates
from povedu.intake.services.apply import apply_batch
from povedu.intake.services.receive import Purpose, receive_file
from povedu.intake.services.stage import stage_batch
from povedu.intake.widgets import IdWidget, NameWidget

NOW = datetime(2016, 9, 5, 8, tzinfo=UTC)


class ToyResource(LedgerResource):
    name = Column("name", "姓名", aliases=("学生姓名",), widget=NameWidget(), key=True)
    id_number = Column("id_number", "身份证号", aliases=("证件号码",), widget=IdWidget(), key=True)
    birth_on = Column("birth_on", "出生日期", widget=DateWidget())
    student_no = Column("student_no", "学籍号")


APPLIED: list[list[str]] = []


def _check(frame, context):
    recover_ids(frame)
    check_against_ids(frame, context.today)
    refuse_duplicates(frame, ["birth_on"])


def _apply(frame, context):
    APPLIED.append(list(frame.column("name")))
    return Applied(new=len(frame))


TOY = IntakeKind(
    code="toy",
    title="玩具",
    resource=ToyResource,
    action="intake.batch.upload",
    apply_action="intake.batch.upload",
    check=_check,
    apply=_apply,
)


@pytest.fixture
def toy(db, monkeypatch):
    kinds.all_kinds()
    monkeypatch.setitem(kinds._KINDS, "toy", TOY)
    APPLIED.clear()
    return TOY


def _file(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _staged(kind, data, name="a.xlsx"):
    actor = operator()
    batch = receive_file(
        data=data, name=name, purpose=Purpose(kind, county_code="530623"), actor=actor, now=NOW
    )
    return stage_batch(batch=batch, actor=actor, now=NOW)


def test_a_small_table_goes_all_the_way(toy):
    batch = _staged(
        toy,
        _file(
            [
                ["某某学校花名册"],
                ["序号", "学生 姓名*", "证件号码\n（必填）", "出生日期", "学籍号", "备注"],
                [1, "张 伟", "53062320050101123x", "2005.1.1", "", ""],
                [2, "李娜", 530623200502021234, 38385, "", ""],
                [3, "王芳", "530623200503031239", "20050303", "", ""],
                [4, None, "", "", "", "转学"],
                ["合计", None, None, None, None, "3人"],
                ["填表人：赵", None, None, None, None, None],
            ]
        ),
    )
    described = contract.described(batch)
    assert described["sheets"][0]["header_rows"] == [2]
    assert {one["field"] for one in described["sheets"][0]["mapping"]} == {
        None,
        "name",
        "id_number",
        "birth_on",
        "student_no",
    }
    assert [(one["row"], one["why"]) for one in described["skipped"]] == [
        (7, "total"),
        (8, "signature"),
    ]
    assert described["rows"] == 4 == described["ready"] + described["warned"] + described["refused"]
    apply_batch(batch=batch, actor=operator(), now=NOW)
    assert APPLIED == [["张伟", "李娜", "王芳"]]
