"""Lines of the annual summary: their definitions, and that their rows say the same."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from povedu.figures import Line, flat, resum
from povedu.scope import Scope
from reports.selectors import lines
from tests.factories import (
    DivisionFactory,
    DonorFactory,
    EnrolmentFactory,
    EquipmentItemFactory,
    FindingFactory,
    GiftFactory,
    HardshipStatusFactory,
    InstalmentFactory,
    MealReportFactory,
    PaymentFactory,
    PostingFactory,
    ProgrammeFactory,
    ProjectBatchFactory,
    ProjectFactory,
    ProjectFundingFactory,
    ProjectPaymentFactory,
    PupilCountFactory,
    QuotaFactory,
    SchoolFactory,
    StandardFactory,
    StudentFactory,
    TeacherFactory,
)
from tests.reports.payments import pay

pytestmark = pytest.mark.django_db
EVERYWHERE = Scope.everything()


def line(line_id, year=2016, scope=EVERYWHERE) -> Line | None:
    told = lines.annual_summary(scope, year).find(line_id)
    return told.line if told else None


def agrees(line_id, year=2016, scope=EVERYWHERE, personal=True):
    """Say that the rows behind a line, read anew, give its figures."""
    told = flat(line(line_id, year, scope).figures())
    found = lines.rows_behind(scope, year, line_id, personal=personal)
    again = resum(found)
    if not personal:
        again.pop("rows")
    wrong = {
        path: (told.get(path), value)
        for path, value in again.items()
        if (told.get(path) or 0) != value
    }
    assert wrong == {}
    return set(again)


def test_one_person_one_term_one_programme_is_one_person_time():
    monthly = ProgrammeFactory(code="orphans", cadence="month")
    child = StudentFactory()
    for month in range(1, 13):
        term = "2015-1" if month < 3 else "2015-2" if month < 9 else "2016-1"
        pay(
            monthly,
            child,
            term=term,
            period=f"2016-{month:02d}",
            settled_on=date(2016, month, 20),
            parts={"county": Decimal(700)},
        )
    told = line("orphans")
    assert (told.persons, told.person_times, told.rows) == (1, 3, 12)
    assert told.amount == Decimal(8400)
    agrees("orphans")


def test_persons_and_person_times_are_never_confused():
    programme = ProgrammeFactory(code="senior-high")
    for _ in range(3):
        child = StudentFactory()
        pay(programme, child, term="2015-2", settled_on=date(2016, 5, 1))
        pay(programme, child, term="2016-1", settled_on=date(2016, 11, 1))
    told = line("senior-high")
    assert (told.persons, told.person_times) == (3, 6)
    assert told.amount == Decimal(3000)


def test_the_year_is_that_of_the_settlement_date():
    programme = ProgrammeFactory(code="late")
    pay(programme, StudentFactory(), term="2016-1", settled_on=date(2017, 1, 3))
    pay(programme, StudentFactory(), term="2016-1", settled_on=date(2016, 12, 31))
    assert line("late").persons == 1
    assert line("late", 2017).persons == 1
    told = lines.annual_summary(EVERYWHERE, 2017).find("late")
    assert told.last.persons == 1


def test_what_was_returned_or_waits_does_not_count():
    programme = ProgrammeFactory(code="p")
    standard = StandardFactory(programme=programme)
    for state in ("pending", "sent", "returned", "voided"):
        part = InstalmentFactory(award__programme=programme, award__standard=standard)
        PaymentFactory(instalment=part, state=state)
    assert line("p") is None


def test_sources_and_quota_stand_beside():
    programme = ProgrammeFactory(code="entrance", cadence="once")
    QuotaFactory(programme=programme, year=2016, heads_count=1)
    both = {"province": Decimal(4200), "county": Decimal(1800)}
    pay(programme, StudentFactory(), parts=both)
    pay(programme, StudentFactory(), parts={"county": Decimal(6000)})
    told = line("entrance")
    assert told.quota == 1
    assert told.persons == 2
    assert told.by_source == {"province": Decimal(4200), "county": Decimal(7800)}
    assert "by_source.county" in agrees("entrance")
    agrees("entrance", personal=False)


def test_boarders_and_day_pupils_are_counted_apart():
    programme = ProgrammeFactory(code="vocational")
    pay(programme, StudentFactory(), is_boarder=True, stage="vocational")
    pay(programme, StudentFactory(), is_boarder=False, stage="vocational")
    told = line("vocational")
    assert told.section == "vocational"
    assert told.measures["boarder_terms"] == told.measures["day_terms"] == 1
    agrees("vocational")


def test_each_gift_counts():
    programme = ProgrammeFactory(code="social", kind="gift")
    child = StudentFactory(school=SchoolFactory())
    for _ in range(2):
        GiftFactory(programme=programme, student=child, school=child.school, donor=DonorFactory())
    told = line("social")
    assert (told.persons, told.person_times, told.amount) == (1, 2, Decimal(2000))
    agrees("social")
    agrees("social", personal=False)


def test_meals_are_summed_school_by_school():
    for pupils in (10, 20):
        school = SchoolFactory()
        for month in (3, 4):
            MealReportFactory(
                school=school,
                month=date(2016, month, 1),
                pupils_count=pupils,
                feeding_days=20,
                meals_count=pupils * 20,
                standard=Decimal(4),
                amount=Decimal(4 * pupils * 20),
            )
    told = line("meals")
    assert told.measures["schools"] == 2
    assert told.measures["pupils"] == 30
    assert told.person_times == 1200
    assert told.amount == Decimal(4800)
    agrees("meals")


def test_schools_and_projects_are_counted_apart():
    batch = ProjectBatchFactory(code="weak-schools-2014", year=2014)
    village = DivisionFactory(is_poor_village=True)
    poor, other = SchoolFactory(division=village), SchoolFactory()
    done = {"state": "complete", "completed_on": date(2016, 8, 1)}
    for school, category in ((poor, "building"), (poor, "equipment"), (other, "equipment")):
        project = ProjectFactory(
            batch=batch, school=school, category=category, division=school.division, **done
        )
        ProjectFundingFactory(project=project, source="central", amount=Decimal(100))
        ProjectFundingFactory(project=project, source="county", amount=Decimal(10))
        ProjectPaymentFactory(project=project, paid_on=date(2016, 9, 1), amount=Decimal(60))
    told = line("weak-schools-2014")
    measures = told.measures
    assert (measures["projects"], measures["schools"], measures["in_poor_villages"]) == (3, 2, 1)
    assert (measures["building"], measures["equipment"], measures["complete"]) == (1, 2, 3)
    assert told.by_source == {"central": Decimal(300), "county": Decimal(30)}
    paths = agrees("weak-schools-2014")
    assert {"measures.schools", "measures.in_poor_villages", "measures.building"} <= paths
    assert line("weak-schools-2014", 2017) is None


def test_equipment_of_which_adds_nothing():
    project = ProjectFactory(batch=ProjectBatchFactory(code="ict", year=2016))
    whole = EquipmentItemFactory(project=project, name="Studio", quantity=3)
    EquipmentItemFactory(project=project, name="wireless", quantity=1, part_of=whole)
    told = line("ict")
    assert told.measures["items"]["Studio"] == 3
    assert told.measures["quantity"] == 3
    agrees("ict")


def test_people_of_the_county_are_counted():
    school = SchoolFactory()
    PupilCountFactory(school=school, term="2016-1", stage="primary", pupils_count=40)
    teacher = TeacherFactory(school=school, hired_on=date(2000, 9, 1))
    PostingFactory(teacher=teacher, starts_on=date(2016, 9, 1), kind="support")
    child = EnrolmentFactory(term="2016-1", school=school, stage="primary").student
    HardshipStatusFactory(student=child, category="registered_poor", starts_on=date(2016, 1, 1))
    FindingFactory(term="2016-1", state="open")
    for line_id in ("pupils", "teachers", "postings", "registered-poor", "findings"):
        assert line(line_id) is not None, line_id
        agrees(line_id)
    for line_id in ("teachers", "postings", "registered-poor"):
        agrees(line_id, personal=False)


def test_a_scope_sees_its_own():
    programme = ProgrammeFactory(code="p")
    here, there = StudentFactory(), StudentFactory()
    mine = pay(programme, here).instalment.award
    pay(programme, there)
    scope = Scope(mine.school.division_id, mine.school.code)
    assert line("p", scope=scope).persons == 1
    agrees("p", scope=scope)
    assert line("p", scope=Scope("99")) is None
    assert lines.rows_behind(Scope("99"), 2016, "p", personal=True) is None


def test_one_line_is_the_line_of_the_summary():
    programme = ProgrammeFactory(code="p")
    pay(programme, StudentFactory())
    assert lines.one_line(EVERYWHERE, 2016, "p") == lines.annual_summary(EVERYWHERE, 2016).find("p")
    assert lines.one_line(EVERYWHERE, 2016, "nothing") is None


def test_queries_do_not_grow_with_rows():
    programme = ProgrammeFactory(code="p")

    def count():
        with CaptureQueriesContext(connection) as queries:
            lines.annual_summary(EVERYWHERE, 2016)
        return len(queries)

    pay(programme, StudentFactory())
    few = count()
    for _ in range(8):
        pay(programme, StudentFactory())
    assert count() == few


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.sampled_from(["2015-1", "2015-2", "2016-1"]),
            st.integers(1, 12),
            st.sampled_from(["central", "county"]),
            st.decimals(Decimal("0.01"), Decimal("9999.99"), places=2),
        ),
        min_size=1,
        max_size=10,
        unique_by=lambda one: one[:3],
    )
)
def test_rows_sum_to_every_figure_whatever_was_paid(db, payments):
    programme = ProgrammeFactory()
    children = [StudentFactory() for _ in range(4)]
    for at, term, month, source, amount in payments:
        pay(
            programme,
            children[at],
            term=term,
            period=f"2016-{month:02d}",
            settled_on=date(2016, month, 15),
            parts={source: amount},
        )
    told = line(programme.code)
    assert told.persons == len({one[0] for one in payments})
    assert told.person_times == len({one[:2] for one in payments})
    assert told.amount == sum(one[4] for one in payments)
    agrees(programme.code)
    agrees(programme.code, personal=False)


def test_json_has_the_agreed_shape():
    pay(ProgrammeFactory(code="p"), StudentFactory())
    told = lines.as_json(lines.annual_summary(EVERYWHERE, 2016))
    json.dumps(told)
    assert [one["id"] for one in told["sections"]] == [
        "mechanism", "subsidies", "nutrition", "construction", "teachers", "pay", "vocational",
    ]  # fmt: skip
    (one,) = told["sections"][1]["lines"]
    assert set(one) == {
        "id", "title", "persons", "person_times", "amount", "by_source", "quota", "measures",
        "last_year", "rows", "trace",
    }  # fmt: skip
    assert one["amount"] == 500
    assert one["trace"] == "/reports/summary/2016/lines/p/"
    assert Path(one["trace"]).name == "p"
