"""Several yes-columns that speak for one field, and a class that only the sheet's name tells."""

from typing import Any

import pytest

from povedu.intake.kinds import kind_of
from povedu.intake.models import ImportBatch
from povedu.intake.rowstore import RowReader
from tests.factories import CountyCalendarFactory, CountyFactory, SchoolFactory, actor_of, sign_in
from tests.factories.values import id_number
from tests.intake.corpus.cases import SCHOOL
from tests.intake.corpus.writers import Sheet, xlsx
from tests.intake.test_roster import upload


@pytest.fixture
def clerk(db: None) -> Any:
    CountyFactory()
    CountyCalendarFactory()
    SchoolFactory(code=SCHOOL, name="东山小学")
    return sign_in(actor_of("school_clerk", division_prefix="530623100", school_code=SCHOOL))


def values_of(batch: ImportBatch) -> dict[str, Any]:
    row = batch.rows.get()
    return RowReader(kind_of("roster"), batch).open(row).values


def test_one_of_several_yes_columns_is_corrected_on_its_own(clerk: Any) -> None:
    headings = ["姓名", "身份证号", "年级", "是否建档立卡", "是否低保（是/否）", "是否残疾"]
    row = ["王一", id_number(1), "三年级", "是", "否", "是"]
    batch = upload(clerk, xlsx([Sheet([headings, row], name="三(2)班")]))
    assert values_of(batch)["hardship_as_stated"] == "建档立卡、残疾"
    assert values_of(batch)["class_name"] == "三(2)班"
    one = batch.rows.get()
    page = clerk.get(f"/intake/{batch.pk}/rows/{one.pk}/").content.decode()
    assert 'name="hardship_as_stated-E"' in page
    answered = clerk.post(
        f"/intake/{batch.pk}/rows/{one.pk}/",
        {"hardship_as_stated": "否", "hardship_as_stated-E": "是"},
    )
    assert answered.status_code == 302
    values = values_of(batch)
    assert (values["hardship_as_stated"], values["class_name"]) == ("低保、残疾", "三(2)班")


@pytest.mark.parametrize("name", ["Sheet1", "花名册", "2016年秋", "班主任"])
def test_a_sheet_named_after_nothing_gives_no_class(name: str, clerk: Any) -> None:
    rows = [["姓名", "身份证号", "年级"], ["王一", id_number(1), "三年级"]]
    batch = upload(clerk, xlsx([Sheet(rows, name=name)]))
    assert values_of(batch)["class_name"] == ""
    assert "fixed-from-sheet" not in batch.rows.get().codes
