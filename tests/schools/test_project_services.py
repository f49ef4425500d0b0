"""Writing projects, their money, equipment and photographs."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from povedu.audit.models import AuditEntry
from povedu.errors import Conflict, Refusal
from povedu.jobs import store
from schools import services
from schools.models import EquipmentDelivery, Project, ProjectPayment
from tests.factories import (
    ClosedYearFactory,
    CountyFactory,
    DivisionFactory,
    EquipmentItemFactory,
    ProjectBatchFactory,
    ProjectFactory,
    ProjectFundingFactory,
    SchoolFactory,
)
from tests.schools.refusals import refused
from tests.schools.test_rules import jpeg

pytestmark = pytest.mark.django_db
DAY = date(2016, 10, 8)


@pytest.fixture
def project(school):
    return ProjectFactory(school=school, state="planned")


def details(number="P1", **changes):
    return services.ProjectDetails(
        **{"number": number, "name": "Roof", "category": "building", **changes}
    )


def walk(project, actor, now, *states, on=DAY):
    for to in states:
        step = services.Step(to, on)
        project = services.advance_project(project=project, step=step, actor=actor, now=now)
    return project


def test_a_batch_code_is_unique_in_the_county(builder, now):
    county = CountyFactory()
    given = services.BatchDetails("weak-2016", "Weak schools 2016", "building", 2016)
    batch = services.create_batch(county=county, details=given, actor=builder, now=now)
    with refused("batch-code-taken"):
        services.create_batch(county=county, details=given, actor=builder, now=now)
    other = ProjectBatchFactory(code="other")
    with refused("batch-code-taken"):
        services.edit_batch(batch=other, details=given, actor=builder, now=now)
    better = services.BatchDetails("weak-2016", "Better name", "building", 2016)
    assert services.edit_batch(batch=batch, details=better, actor=builder, now=now).version == 2


def test_a_project_stands_where_its_school_stands(builder, now, school):
    batch = ProjectBatchFactory()
    made = services.create_project(
        batch=batch, details=details(school=school), actor=builder, now=now
    )
    assert made.division == school.division
    county_wide = services.create_project(
        batch=batch, details=details("P2"), actor=builder, now=now
    )
    assert county_wide.division == batch.county
    with refused("project-number-taken", field="number"):
        services.create_project(batch=batch, details=details(), actor=builder, now=now)
    far = SchoolFactory(code="99", division=DivisionFactory(code="530624100000"))
    with refused("project-other-county"):
        services.create_project(
            batch=batch, details=details("P3", school=far), actor=builder, now=now
        )
    backwards = details("P4", planned_start_on=DAY, planned_completion_on=date(2016, 1, 1))
    with refused("plan-out-of-order"):
        services.create_project(batch=batch, details=backwards, actor=builder, now=now)


def test_editing_keeps_the_version(builder, stranger, now, project):
    seen = Project.objects.get(pk=project.pk)
    changed = details(project.number, school=project.school, area=Decimal("120.50"))
    services.edit_project(project=project, details=changed, actor=builder, now=now)
    with pytest.raises(Conflict):
        services.edit_project(project=seen, details=changed, actor=builder, now=now)
    with refused("out-of-scope"):
        services.edit_project(project=project, details=changed, actor=stranger, now=now)


def test_a_project_walks_to_its_end_and_keeps_every_step(builder, now, project):
    done = walk(
        project, builder, now, "tendering", "under_way", "main_structure", "complete", "in_use"
    )
    assert (done.started_on, done.completed_on, done.in_use_on) == (DAY, DAY, DAY)
    assert done.steps.count() == 5
    assert done.version == 6
    assert AuditEntry.objects.filter(verb="project.advance").count() == 5


def test_a_purchase_has_no_main_structure(builder, now, school):
    bought = ProjectFactory(school=school, category="ict")
    assert walk(bought, builder, now, "tendering", "under_way", "complete").state == "complete"


def test_steps_are_taken_in_order_by_whoever_is_first(builder, now, project):
    with refused("state-not-next", field="to"):
        walk(project, builder, now, "complete")
    seen = Project.objects.get(pk=project.pk)
    walk(project, builder, now, "tendering")
    with pytest.raises(Conflict):
        walk(seen, builder, now, "tendering")
    with refused("date-before-last-step"):
        walk(Project.objects.get(pk=project.pk), builder, now, "under_way", on=date(2016, 10, 7))
    assert project.steps.count() == 1


def test_the_database_wants_a_date_for_what_is_complete(project):
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(state="complete")
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(state="in_use", completed_on=DAY)


def fund(project, actor, now, **amounts):
    return services.set_funding(
        project=project,
        amounts={source: Decimal(amount) for source, amount in amounts.items()},
        actor=actor,
        now=now,
    )


def pay(project, actor, now, amount, source="central", on=DAY):
    given = services.PaymentDetails(on, source, Decimal(amount))
    return services.pay_project(project=project, payment=given, actor=actor, now=now)


def test_sources_sum_to_the_project_and_zero_takes_one_out(builder, now, project):
    project = fund(project, builder, now, central="100", county="50.50")
    assert sum(one.amount for one in project.funding.all()) == Decimal("150.50")
    project = fund(project, builder, now, central="100")
    assert [one.source for one in project.funding.all()] == ["central"]
    same = fund(project, builder, now, central="100")
    assert same.version == project.version
    assert AuditEntry.objects.filter(verb="project.fund").count() == 2


def test_no_source_pays_more_than_it_has(builder, now, project):
    project = fund(project, builder, now, central="100")
    with refused("project-not-payable"):
        pay(project, builder, now, "1")
    project = walk(project, builder, now, "tendering")
    pay(project, builder, now, "60")
    with refused("payment-over-funding", field="amount"):
        pay(project, builder, now, "40.01")
    with refused("payment-over-funding"):
        pay(project, builder, now, "1", source="county")
    with refused("date-in-future", field="paid_on"):
        pay(project, builder, now, "1", on=date(2017, 1, 1))
    ClosedYearFactory(year=2015)
    with refused("year-closed"):
        pay(project, builder, now, "1", on=date(2015, 12, 31))
    pay(project, builder, now, "40")
    assert sum(one.amount for one in ProjectPayment.objects.all()) == 100
    with refused("funding-below-paid", field="central"):
        fund(Project.objects.get(pk=project.pk), builder, now, central="99.99")
    with refused("project-has-payments"):
        walk(Project.objects.get(pk=project.pk), builder, now, "cancelled")


def test_milestones_are_done_once(builder, now, project):
    step = services.add_milestone(project=project, name="Roof", due_on=DAY, actor=builder, now=now)
    services.finish_milestone(milestone=step, done_on=DAY, actor=builder, now=now)
    with pytest.raises(Conflict):
        services.finish_milestone(milestone=step, done_on=DAY, actor=builder, now=now)
    with pytest.raises(Conflict):
        services.remove_milestone(milestone=step, actor=builder, now=now)
    other = services.add_milestone(project=project, name="Wall", due_on=DAY, actor=builder, now=now)
    services.remove_milestone(milestone=other, actor=builder, now=now)
    assert project.milestones.count() == 1


# --- equipment ----------------------------------------------------------------------------------


def item(name="Recorder", quantity=3, **changes):
    return services.ItemDetails(name=name, quantity=quantity, **changes)


def test_of_which_lines_add_nothing_and_stay_within_their_line(builder, now, project):
    whole = services.add_item(
        project=project, details=item(unit_price=Decimal("100")), actor=builder, now=now
    )
    assert whole.amount == 300
    part = services.add_item(
        project=project, details=item("wireless", 1, part_of=whole), actor=builder, now=now
    )
    with refused("part-over-whole"):
        services.add_item(
            project=project, details=item("wired", 3, part_of=whole), actor=builder, now=now
        )
    with refused("part-of-other"):
        services.add_item(
            project=project, details=item("deep", 1, part_of=part), actor=builder, now=now
        )
    with refused("part-of-other"):
        foreign = EquipmentItemFactory()
        services.add_item(
            project=project, details=item("other", 1, part_of=foreign), actor=builder, now=now
        )
    with refused("item-twice"):
        services.add_item(project=project, details=item(), actor=builder, now=now)
    with refused("quantity-below-used"):
        services.edit_item(item=whole, details=item("Recorder", 0), actor=builder, now=now)


def deliver(item, school, quantity, actor, now):
    return services.deliver(
        item=item, school=school, quantity=quantity, delivered_on=DAY, actor=actor, now=now
    )


def test_schools_receive_no_more_than_was_bought(builder, now, project, school):
    bought = EquipmentItemFactory(project=project, quantity=10)
    other = SchoolFactory(code="2153000002")
    deliver(bought, school, 6, builder, now)
    with refused("delivery-over-quantity", field="quantity"):
        deliver(bought, other, 5, builder, now)
    deliver(bought, school, 8, builder, now)  # replaces the six
    deliver(bought, other, 2, builder, now)
    assert EquipmentDelivery.objects.count() == 2
    smaller = services.ItemDetails(name=bought.name, quantity=9)
    with refused("quantity-below-used"):
        services.edit_item(item=bought, details=smaller, actor=builder, now=now)
    far = SchoolFactory(code="99", division=DivisionFactory(code="530624100000"))
    with refused("out-of-scope"):
        deliver(bought, far, 1, builder, now)


# --- photographs --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_photograph_is_sealed_and_goes_with_its_row(builder, now, project, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    photo = services.add_photo(
        project=project, content=jpeg(), taken_on=DAY, caption="Roof", actor=builder, now=now
    )
    assert store.read(photo.stored_name) == jpeg()
    (kept,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert jpeg() not in kept.read_bytes()
    services.remove_photo(photo=photo, actor=builder, now=now)
    assert not kept.exists()


def test_only_pictures_of_the_past_are_kept(builder, now, project):
    with refused("photo-kind"):
        services.add_photo(project=project, content=b"MZ", taken_on=DAY, actor=builder, now=now)
    with refused("date-in-future", field="taken_on"):
        services.add_photo(
            project=project, content=jpeg(), taken_on=date(2017, 1, 1), actor=builder, now=now
        )
    assert not project.photos.exists()


def test_funding_rows_are_positive_and_one_per_source(project):
    ProjectFundingFactory(project=project)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProjectFundingFactory(project=project)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProjectFundingFactory(project=project, source="county", amount=0)


def test_refusals_speak(builder, now, project):
    with pytest.raises(Refusal) as info:
        walk(project, builder, now, "in_use")
    assert "计划" in str(info.value)
