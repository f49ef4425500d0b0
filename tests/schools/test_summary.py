"""The year's measures out of ordinary projects, as a county's summary printed them."""

from datetime import date
from decimal import Decimal

import pytest

from povedu.scope import Scope
from schools.selectors import summary
from tests.factories import (
    CountyFactory,
    DivisionFactory,
    EquipmentDeliveryFactory,
    EquipmentItemFactory,
    MilestoneFactory,
    ProjectBatchFactory,
    ProjectFactory,
    ProjectFundingFactory,
    SchoolFactory,
)

pytestmark = pytest.mark.django_db
HERE = Scope("530623")
DONE = {"state": "in_use", "completed_on": date(2016, 8, 1), "in_use_on": date(2016, 9, 1)}


def school(n, *, poor=False):
    village = DivisionFactory(code=f"5306231{n:02d}201", level="village", is_poor_village=poor)
    return SchoolFactory(code=f"2153{n:06d}", division=village)


def measures(code):
    return next(one for one in summary.batch_measures(HERE, 2016) if one.code == code)


def test_schools_and_projects_are_counted_apart():
    batch = ProjectBatchFactory(code="weak-schools-2014", year=2014)
    for n in range(12):
        place = school(n, poor=n < 5)
        ProjectFactory(batch=batch, school=place, category="equipment", **DONE)
        if n < 6:
            ProjectFactory(batch=batch, school=place, area=Decimal("100.5"), **DONE)
    ProjectFactory(batch=batch, school=school(50))  # still planned
    found = measures("weak-schools-2014")
    assert (found.schools, found.projects, found.building, found.equipment) == (12, 18, 6, 12)
    assert (found.in_poor_villages, found.complete, found.area) == (5, 18, Decimal("603.0"))
    rows = summary.projects_of_year(HERE, 2016, "weak-schools-2014")
    assert rows.count() == found.projects


def test_the_sources_sum_to_the_total():
    batch = ProjectBatchFactory(code="repairs-2015", category="repair")
    for n in range(20):
        project = ProjectFactory(batch=batch, school=school(n), category="repair", **DONE)
        for source, amount in (("central", 308_000), ("province", 41_200), ("county", 59_600)):
            ProjectFundingFactory(project=project, source=source, amount=Decimal(amount))
    found = measures("repairs-2015")
    assert found.total == 8_176_000
    assert found.by_source == {"central": 6_160_000, "province": 824_000, "county": 1_192_000}
    assert sum(row.funded for row in summary.projects_of_year(HERE, 2016)) == found.total


def test_of_which_lines_add_nothing():
    batch = ProjectBatchFactory(code="ict-2016", category="ict")
    project = ProjectFactory(
        batch=batch, school=None, division=CountyFactory(), category="ict", **DONE
    )
    boards = EquipmentItemFactory(project=project, name="班班通一体机", quantity=43)
    recorders = EquipmentItemFactory(project=project, name="录播设备", quantity=3)
    EquipmentItemFactory(project=project, name="无线录播", quantity=1, part_of=recorders)
    EquipmentDeliveryFactory(item=boards, school=school(1, poor=True), quantity=20)
    found = measures("ict-2016")
    assert found.items == {"班班通一体机": 43, "录播设备": 3, "其中无线录播": 1}
    assert (found.quantity, found.unit_price) == (46, Decimal("3000.00"))
    assert (found.schools, found.in_poor_villages, found.projects) == (1, 1, 1)
    assert summary.items_of_year(HERE, 2016, "ict-2016").count() == 3


def test_one_price_for_all_is_the_unit_price():
    project = ProjectFactory(school=school(1), category="equipment", **DONE)
    EquipmentItemFactory(project=project, quantity=1800, unit_price=Decimal("3500"))
    assert measures(project.batch.code).measures()["unit_price"] == 3500
    EquipmentItemFactory(project=project, quantity=1, unit_price=Decimal("9"))
    assert measures(project.batch.code).unit_price is None


def test_a_year_holds_what_was_completed_or_put_to_use_in_it():
    ProjectFactory(school=school(1), state="complete", completed_on=date(2015, 12, 31))
    ProjectFactory(
        school=school(2),
        state="in_use",
        completed_on=date(2015, 12, 31),
        in_use_on=date(2016, 1, 1),
    )
    ProjectFactory(school=school(3), state="cancelled", completed_on=date(2016, 5, 1))
    rows = summary.projects_of_year(HERE, 2016)
    assert [row.school.code for row in rows] == ["2153000002"]
    assert not summary.projects_of_year(Scope("530624"), 2016)


def test_townships_add_up_to_the_county():
    for n in (1, 2):
        project = ProjectFactory(school=school(n), **DONE)
        ProjectFundingFactory(project=project, amount=Decimal(100))
    ProjectFactory(school=school(3))
    rows = {row.code: row for row in summary.by_township(HERE, 2016)}
    assert set(rows) == {"530623101000", "530623102000", "530623103000"}
    assert sum(row.total for row in rows.values()) == 200
    assert (rows["530623103000"].schools, rows["530623103000"].projects) == (1, 0)
    assert summary.projects_by_state(HERE)["in_use"] == 2
    assert summary.schools_by_kind(HERE) == {"primary": 3}


def test_overdue_as_a_whole_or_by_a_milestone():
    late = ProjectFactory(school=school(1), planned_completion_on=date(2016, 11, 7))
    step = MilestoneFactory(
        project__school=school(2), project__planned_completion_on=None, due_on=date(2016, 11, 7)
    )
    MilestoneFactory(
        project__school=school(3),
        project__planned_completion_on=None,
        due_on=date(2016, 11, 7),
        done_on=date(2016, 11, 7),
    )
    rows = summary.overdue_projects(HERE, date(2016, 11, 8))
    assert {row.pk for row in rows} == {late.pk, step.project_id}


def test_the_number_of_queries_does_not_grow(django_assert_num_queries):
    batch = ProjectBatchFactory()
    for n in range(5):
        project = ProjectFactory(batch=batch, school=school(n), **DONE)
        EquipmentItemFactory(project=project)
        ProjectFundingFactory(project=project)
    with django_assert_num_queries(5):
        summary.batch_measures(HERE, 2016)
    with django_assert_num_queries(5):
        summary.by_township(HERE, 2016)
