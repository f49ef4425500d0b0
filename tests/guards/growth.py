"""How each list is grown to ten thousand rows; every app adds its lists here.

A grower gets a place and a range of numbers and inserts, set-wise, one row for each number that the
list will show. ``clones`` copies a row of the place with new values for what must be unique.
"""

import copy
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from povedu.audit.selectors import REVEAL
from students.models import Reconciliation
from tests import factories as make
from tests.guards.world import Place

Value = Callable[[int], Any]
Grow = Callable[[Place, range], Any]


def clones(
    row: models.Model, numbers: range, owner: tuple[str, list[Any]] | None = None, **changes: Value
) -> list[Any]:
    """Insert a copy of a row for each number; return their keys.

    ``owner`` is a foreign key's column and one key for each copy.
    """
    made = []
    for at, number in enumerate(numbers):
        one = copy.copy(row)
        one._state = copy.copy(row._state)
        one._state.adding = True
        one.pk = None
        for name, value in changes.items():
            setattr(one, name, value(number))
        if owner is not None:
            setattr(one, owner[0], owner[1][at])
        made.append(one)
    inserted = type(row)._base_manager.bulk_create(made, batch_size=500)
    return [one.pk for one in inserted]


def of(row: str, /, **changes: Value) -> Grow:
    """Grow by copies of the place's row of that name."""
    return lambda place, numbers: clones(getattr(place, row), numbers, **changes)


def students(place: Place, numbers: range) -> list[int]:
    """Insert pupils."""
    return clones(place.student, numbers, id_index=lambda n: f"{n:032x}")


def per_finding(name: str) -> Grow:
    """Grow by copies that each belong to a finding of their own."""

    def grow(place: Place, numbers: range) -> list[int]:
        findings = clones(place.finding, numbers, subject_key=lambda n: f"n-{name}-{n}")
        return clones(getattr(place, name), numbers, owner=("finding_id", findings))

    return grow


def per_student(name: str) -> Grow:
    """Grow by copies that each belong to a pupil of their own."""

    def grow(place: Place, numbers: range) -> list[int]:
        return clones(getattr(place, name), numbers, owner=("student_id", students(place, numbers)))

    return grow


def migrants(place: Place, numbers: range) -> list[int]:
    """Insert migrant workers' children."""
    return clones(place.student, numbers, id_index=lambda n: f"{n:032x}", is_migrant=lambda n: True)


def away(place: Place, numbers: range) -> list[int]:
    """Insert children who study away from home, in the newest run of the term in view."""
    county = Reconciliation.objects.filter(county=place.county, term=place.reconciliation.term)
    newest = county.order_by("-pk").values_list("pk", flat=True)[0]
    return clones(
        place.placed,
        numbers,
        owner=("student_id", students(place, numbers)),
        reconciliation_id=lambda n: newest,
        place=lambda n: "out_of_county",
    )


def payments(place: Place, numbers: range, **changes: Value) -> list[int]:
    """Insert payments, each of an award of its own."""
    awards = per_student("award")(place, numbers)
    parts = clones(place.payment.instalment, numbers, owner=("award_id", awards))
    return clones(
        place.payment,
        numbers,
        owner=("instalment_id", parts),
        line_no=lambda n: n + 100_000,
        **changes,
    )


def returned(place: Place, numbers: range) -> list[int]:
    """Insert payments that came back and wait for a correct account."""
    return payments(
        place, numbers, state=lambda n: "returned", return_reason=lambda n: "账号与户名不符"
    )


def classes(place: Place, numbers: range) -> list[int]:
    """Insert enrolments, each in a class of its own."""
    return clones(
        place.enrolment,
        numbers,
        owner=("student_id", students(place, numbers)),
        class_name=lambda n: f"N{n}",
    )


def deliveries(place: Place, numbers: range) -> list[int]:
    """Insert deliveries, each of an item of its own."""
    items = clones(place.equipment.item, numbers, name=lambda n: f"Item N{n}")
    return clones(place.equipment, numbers, owner=("item_id", items))


def users(place: Place, numbers: range) -> list[int]:
    """Insert accounts with a duty each."""
    people = clones(place.user, numbers, username=lambda n: f"n{n:06d}")
    return clones(place.jurisdiction, numbers, owner=("user_id", people))


def orphans(place: Place, numbers: range) -> list[int]:
    """Insert orphans at school."""
    pupils = students(place, numbers)
    clones(place.hardship, numbers, owner=("student_id", pupils), category=lambda n: "orphan")
    return clones(place.enrolment, numbers, owner=("student_id", pupils))


def fed_schools(place: Place, numbers: range) -> list[int]:
    """Insert schools that fed their pupils in the month that is due, and in this year."""
    schools = clones(place.school, numbers, code=lambda n: f"97{n:08d}")
    today = timezone.localdate()
    due = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    return clones(place.meals, numbers, owner=("school_id", schools), month=lambda n: due)


def villages(place: Place, numbers: range) -> list[int]:
    """Insert villages, in townships of 999."""
    first = make.DivisionFactory(code=f"{place.township_code[:9]}001")
    return clones(
        first, numbers, code=lambda n: f"{place.county_code}{300 + n // 999:03d}{n % 999 + 1:03d}"
    )


def milestones(place: Place, numbers: range) -> list[int]:
    """Insert milestones of the place's project."""
    return clones(place.project.milestones.order_by("pk").first(), numbers)


def postings(place: Place, numbers: range) -> list[int]:
    """Insert postings, each of a teacher of its own."""
    people = clones(
        place.teacher,
        numbers,
        number=lambda n: f"P{n:06d}",
        id_index=lambda n: f"{n + 500_000:032x}",
    )
    return clones(place.posting, numbers, owner=("teacher_id", people))


def entries(place: Place, numbers: range) -> list[int]:
    """Insert entries of the county's ledger."""
    first = make.LedgerEntryFactory(county_code=place.county_code)
    return clones(first, numbers, seq=lambda n: n + 1_000_000)


def corrections(place: Place, numbers: range) -> list[int]:
    """Insert corrections of the county's ledger."""
    first = make.CorrectionFactory(county_code=place.county_code)
    return clones(first, numbers, transaction_no=lambda n: n + 1_000_000)


def jobs(place: Place, numbers: range) -> list[int]:
    """Insert jobs that somebody of the county has asked for."""
    return clones(make.JobFactory(division_code=place.county_code), numbers)


def staged_rows(place: Place, numbers: range) -> list[int]:
    """Insert rows of the place's batch."""
    first = make.ImportRowFactory(batch=place.import_batch, number=numbers[0] + 500_000)
    return clones(first, numbers, number=lambda n: n + 600_000)


def editions(place: Place, numbers: range) -> list[int]:
    """Insert drafts of one year."""
    first = make.SummaryEditionFactory(county_code=place.county_code)
    return clones(first, numbers, number=lambda n: n + 10_000, year=lambda n: 2015)


def listed_children(place: Place, numbers: range) -> list[int]:
    """Insert children of the place's run, each on the list that it compared and aided."""
    run = place.reconciliation
    run.snapshots.add(place.snapshot)
    people = students(place, numbers)
    clones(place.award, numbers, owner=("student_id", people))
    link = make.LinkFactory(reconciliation=run, entry=place.entry)
    clones(link, numbers, owner=("student_id", people))
    first = make.PlacedChildFactory(reconciliation=run, division_code=place.division.pk)
    return clones(first, numbers, owner=("student_id", people))


def planned_programmes(place: Place, numbers: range) -> list[int]:
    """Insert programmes with planned places in the year of the term in view."""
    many = clones(place.programme, numbers, code=lambda n: f"q{n:06d}")
    first = make.QuotaFactory(programme=place.programme, year=2016 - numbers[0] % 7 - 1)
    return clones(first, numbers, owner=("programme_id", many), year=lambda n: 2016)


def planned_schools(place: Place, numbers: range) -> list[int]:
    """Insert schools with planned places of the place's programme."""
    many = clones(place.school, numbers, code=lambda n: f"97{n:08d}")
    first = make.QuotaFactory(programme=place.programme, year=2016 - numbers[0] % 7 - 1)
    return clones(first, numbers, owner=("school_id", many), year=lambda n: 2016)


def award_changes(place: Place, numbers: range) -> list[int]:
    """Insert changes to the place's award."""
    first = make.AwardChangeFactory(award=place.award, marker=f"first-{numbers[0]}")
    return clones(first, numbers, marker=lambda n: f"n-{n}")


def calendar_days(place: Place, numbers: range) -> list[int]:
    """Insert changed days of the county."""
    first = make.CalendarDayFactory(county=place.county, day=date(1990, 1, 1 + numbers[0] % 28))
    return clones(first, numbers, day=lambda n: date(1900, 1, 1) + timedelta(days=n))


def plans(place: Place, numbers: range) -> list[int]:
    """Insert plans that split money of the place's programme."""
    first = make.AllocationFactory(programme=place.programme)
    return clones(first, numbers, number=lambda n: f"N{n:08d}")


def allocated_schools(place: Place, numbers: range) -> list[int]:
    """Insert schools that got money of the place's programme."""
    many = clones(place.school, numbers, code=lambda n: f"96{n:08d}")
    plan = make.AllocationFactory(
        programme=place.programme,
        state="approved",
        approved_by=make.UserFactory(),
        approved_at=make.MOMENT,
    )
    first = make.AllocationLineFactory(allocation=plan, school=place.school)
    return clones(first, numbers, owner=("school_id", many))


def settled(place: Place, numbers: range) -> list[int]:
    """Insert payments that have arrived."""
    return payments(
        place, numbers, state=lambda n: "settled", settled_on=lambda n: date(2016, 11, 1)
    )


def recoveries(place: Place, numbers: range) -> list[int]:
    """Insert recoveries, each of a payment of its own."""
    owner = ("payment_id", settled(place, numbers))
    return clones(place.recovery, numbers, owner=owner, number=lambda n: f"N{n:08d}")


def drawn(place: Place, numbers: range) -> list[int]:
    """Insert drawn payments of the place's sample."""
    owner = ("payment_id", settled(place, numbers))
    return clones(place.sample_item, numbers, owner=owner, rank=lambda n: n + 500_000)


def framed(place: Place, numbers: range) -> list[int]:
    """Insert payments whose bank answer was posted before the place's frame was fixed."""
    answer = make.BankReturnFactory(
        batch=place.batch, applied_at=make.MOMENT, file_sha256=f"{numbers[0] + 10**7:064x}"
    )
    first = (
        make.BankReturnLineFactory(bank_return=answer, outcome="settled", payment=place.settled)
        if numbers[0] == 0
        else place.settled.return_lines.get()
    )
    owner = ("payment_id", settled(place, numbers))
    return clones(first, numbers, owner=owner, row_number=lambda n: n + 500_000)


def on_a_list(place: Place, numbers: range) -> list[int]:
    """Insert rows of the list that the place's run compared."""
    place.reconciliation.snapshots.add(place.snapshot)
    return clones(
        place.entry,
        numbers,
        row_number=lambda n: n + 500_000,
        id_index=lambda n: f"{n:032x}",
    )


def off_a_list(place: Place, numbers: range) -> list[int]:
    """Insert aided pupils who are on no list that the place's run compared."""
    place.reconciliation.snapshots.add(place.snapshot)
    people = students(place, numbers)
    clones(place.enrolment, numbers, owner=("student_id", people))
    return clones(place.award, numbers, owner=("student_id", people))


GROWERS: dict[str, Grow] = {
    "subsidies:allocation-list": plans,
    "subsidies:calendar-list": calendar_days,
    "subsidies:change-list": award_changes,
    "subsidies:gap-school-list": allocated_schools,
    "subsidies:quota-list": planned_programmes,
    "subsidies:quota-school-list": planned_schools,
    "subsidies:orphan-list": orphans,
    "schools:meal-county-month": fed_schools,
    "schools:meal-year": fed_schools,
    "schools:meal-year-of": lambda place, numbers: clones(
        place.meals,
        numbers,
        owner=("school_id", clones(place.school, numbers, code=lambda n: f"96{n:08d}")),
        month=lambda n: date(2016, 5, 1),
    ),
    "ledger:entry-list": entries,
    "ledger:correction-list": corrections,
    "schools:division-list": villages,
    "schools:batch-list": of("project_batch", code=lambda n: f"n{n:06d}"),
    "schools:milestone-list": milestones,
    "schools:equipment-list": of("item", name=lambda n: f"Item N{n}"),
    "schools:meal-month": of("school", code=lambda n: f"98{n:08d}"),
    "teachers:posting-list": postings,
    "students:payee-list": per_student("payee"),
    "students:roster-list": per_student("enrolment"),
    "students:class-list": classes,
    "students:run-list": of("reconciliation"),
    "subsidies:programme-list": of("programme", code=lambda n: f"n{n:06d}"),
    "subsidies:determination-list": per_student("determination"),
    "subsidies:objection-list": of("objection"),
    "reports:edition-list": editions,
    "accounts:user-list": users,
    "accounts:grant-list": of("grant", state=lambda n: "withdrawn"),
    "audit:entry-list": of("audit_entry"),
    "schools:school-list": of("school", code=lambda n: f"99{n:08d}"),
    "schools:project-list": of("project", number=lambda n: f"N{n:06d}"),
    "schools:delivery-list": deliveries,
    "schools:meal-list": of("meals", month=lambda n: date(1000 + n // 12, n % 12 + 1, 1)),
    "teachers:teacher-list": of(
        "teacher", number=lambda n: f"N{n:06d}", id_index=lambda n: f"{n:032x}"
    ),
    "teachers:training-list": of("training", name=lambda n: f"Training N{n}"),
    "students:student-list": students,
    "students:household-list": of("household", household_no=lambda n: f"N{n:08d}"),
    "students:finding-list": of("finding", subject_key=lambda n: f"n-{n}"),
    "students:logic-list": of("register_fault", subject_key=lambda n: f"n-{n}"),
    "students:assignment-list": per_finding("assignment"),
    "students:decision-list": per_finding("decision"),
    "students:snapshot-list": of("snapshot", as_of=lambda n: date(1980, 1, 1) + timedelta(days=n)),
    "students:dropout-list": of("dropout", id_index=lambda n: f"{n:032x}"),
    "students:away-list": away,
    "students:proof-list": per_student("proof"),
    "students:migrant-list": migrants,
    "students:schooling-list": of(
        "household", household_no=lambda n: f"S{n:08d}", cause=lambda n: "因学"
    ),
    "students:comparison-list": of("comparison", before_key=lambda n: f"n{n}"),
    "students:comparison-detail": of("change"),
    "students:run-children": per_student("placed"),
    "subsidies:award-list": per_student("award"),
    "subsidies:payment-list": payments,
    "subsidies:returned-list": returned,
    "subsidies:batch-list": of("batch", number=lambda n: f"N{n:08d}"),
    "subsidies:notice-list": of("notice", number=lambda n: f"N{n:08d}"),
    "subsidies:bank-return-list": of("bank_return", file_sha256=lambda n: f"{n + 10**6:064x}"),
    "subsidies:gift-list": of("gift"),
    "subsidies:loan-list": of(
        "loan", contract_no=lambda n: f"N{n:08d}", borrower_index=lambda n: f"{n:032x}"
    ),
    "subsidies:feedback-list": listed_children,
    "subsidies:feedback-entries": on_a_list,
    "subsidies:feedback-off-list": off_a_list,
    "subsidies:relief-list": of("relief", year=lambda n: 3000 + n),
    "subsidies:cap-list": of("loan_cap", since_year=lambda n: 2100 + n),
    "subsidies:history-list": of("past_payment", mark=lambda n: f"{n + 10**6:032x}"),
    "subsidies:receipt-list": of("receipt"),
    "subsidies:doubt-list": of("doubt", subject_key=lambda n: f"n-{n}"),
    "subsidies:back-pay-list": of("back_pay", number=lambda n: f"N{n:08d}"),
    "subsidies:recovery-list": recoveries,
    "subsidies:sample-list": of("sample", number=lambda n: f"N{n:08d}"),
    "subsidies:sample-item-list": drawn,
    "subsidies:sample-frame-list": framed,
    "subsidies:cell-list": per_student("aid_cell"),
    "subsidies:school-matrix-list": per_student("aid_cell"),
    "subsidies:donor-report": of("gift"),
    "subsidies:sponsorship-list": of("sponsorship", ends_on=lambda n: date(2017, 1, 1)),
    "subsidies:donor-list": of("donor", name=lambda n: f"Donor N{n}"),
    "intake:batch-list": of(
        "import_batch",
        file_sha256=lambda n: f"{n:064x}",
        target=lambda n: f"{n:064x}",
        store_key=lambda n: f"{n:032x}",
    ),
    "intake:mapping-list": of("taught_heading", heading=lambda n: f"Heading N{n}"),
    "intake:row-list": staged_rows,
    "jobs:job-list": jobs,
    "audit:subject-history": of("audit_entry"),
    "audit:subject-reveals": of("audit_entry", verb=lambda n: REVEAL),
    "students:snapshot-detail": of(
        "entry", row_number=lambda n: n + 500_000, id_index=lambda n: f"{n:032x}"
    ),
}

# Lists without a grower, each with its reason. A stale line fails.
UNGROWN: dict[str, str] = {
    "subsidies:gap-list": "a row is a programme with all its schools, of which a county has some "
    "dozens: ten questions for each are as many as it needs",
    "subsidies:programme-simulate": "it shows nothing until a change is tried; its queries are "
    "counted in tests/subsidies/test_programmes.py",
}
# Who must open a list to see what others have: everybody else sees only their own.
OPENED_BY: dict[str, str] = {"jobs:job-list": "county administrator"}
