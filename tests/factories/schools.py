"""Makers of places and what is built there."""

from datetime import date
from decimal import Decimal

import factory

from schools.models import (
    Division,
    EquipmentDelivery,
    EquipmentItem,
    MealReport,
    Milestone,
    Project,
    ProjectBatch,
    ProjectFunding,
    ProjectPayment,
    ProjectPhoto,
    ProjectStep,
    PupilCount,
    School,
    SchoolAlias,
    SchoolEvent,
)
from tests.factories.accounts import UserFactory
from tests.factories.values import COUNTY, MOMENT


class DivisionFactory(factory.django.DjangoModelFactory[Division]):
    """A township of the county; the same code gives the same division."""

    class Meta:
        model = Division
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"{COUNTY}{100 + n % 900}000")
    name = factory.LazyAttribute(lambda o: f"Township {o.code[6:9]}")
    level = "township"


class CountyFactory(DivisionFactory):
    """The county itself."""

    code = f"{COUNTY}000000"
    name = "County"
    level = "county"


class SchoolFactory(factory.django.DjangoModelFactory[School]):
    """A rural primary school; the same code gives the same school."""

    class Meta:
        model = School
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"2153{n:06d}")
    name = factory.LazyAttribute(lambda o: f"School {o.code}")
    kind = "primary"
    division = factory.SubFactory(DivisionFactory, code=f"{COUNTY}100000")


class SchoolAliasFactory(factory.django.DjangoModelFactory[SchoolAlias]):
    """Another name."""

    class Meta:
        model = SchoolAlias

    school = factory.SubFactory(SchoolFactory)
    county_code = COUNTY
    name = factory.Sequence(lambda n: f"Alias {n}")


class SchoolEventFactory(factory.django.DjangoModelFactory[SchoolEvent]):
    """A school is opened."""

    class Meta:
        model = SchoolEvent

    school = factory.SubFactory(SchoolFactory)
    kind = "opened"
    happened_on = date(2010, 9, 1)


class PupilCountFactory(factory.django.DjangoModelFactory[PupilCount]):
    """A hundred day pupils."""

    class Meta:
        model = PupilCount

    school = factory.SubFactory(SchoolFactory)
    term = "2016-1"
    stage = "primary"
    is_boarder = False
    pupils_count = 100


class MealReportFactory(factory.django.DjangoModelFactory[MealReport]):
    """A month of meals for fifty pupils."""

    class Meta:
        model = MealReport

    school = factory.SubFactory(SchoolFactory)
    month = date(2016, 9, 1)
    mode = "canteen"
    pupils_count = 50
    feeding_days = 20
    meals_count = 1000
    standard = Decimal("4.00")
    amount = Decimal("4000.00")
    reported_by = factory.SubFactory(UserFactory)
    reported_at = MOMENT


class ProjectBatchFactory(factory.django.DjangoModelFactory[ProjectBatch]):
    """A batch of the year."""

    class Meta:
        model = ProjectBatch

    code = factory.Sequence(lambda n: f"batch-{n}")
    name = factory.LazyAttribute(lambda o: f"Batch {o.code}")
    county = factory.SubFactory(CountyFactory)
    category = "building"
    year = 2016


class ProjectFactory(factory.django.DjangoModelFactory[Project]):
    """A building at a school."""

    class Meta:
        model = Project

    batch = factory.SubFactory(ProjectBatchFactory)
    number = factory.Sequence(lambda n: f"P{n:05d}")
    name = factory.LazyAttribute(lambda o: f"Project {o.number}")
    school = factory.SubFactory(SchoolFactory)
    division = factory.LazyAttribute(lambda o: o.school.division)
    category = "building"
    planned_completion_on = date(2016, 12, 1)


class ProjectFundingFactory(factory.django.DjangoModelFactory[ProjectFunding]):
    """Central money."""

    class Meta:
        model = ProjectFunding

    project = factory.SubFactory(ProjectFactory)
    source = "central"
    amount = Decimal("100000.00")


class MilestoneFactory(factory.django.DjangoModelFactory[Milestone]):
    """A step due."""

    class Meta:
        model = Milestone

    project = factory.SubFactory(ProjectFactory)
    name = "Roof"
    due_on = date(2016, 10, 1)


class ProjectPaymentFactory(factory.django.DjangoModelFactory[ProjectPayment]):
    """Money to the contractor."""

    class Meta:
        model = ProjectPayment

    project = factory.SubFactory(ProjectFactory)
    paid_on = date(2016, 10, 1)
    source = "central"
    amount = Decimal("5000.00")


class ProjectStepFactory(factory.django.DjangoModelFactory[ProjectStep]):
    """The tender begins."""

    class Meta:
        model = ProjectStep

    project = factory.SubFactory(ProjectFactory)
    state = "tendering"
    happened_on = date(2016, 3, 1)
    recorded_by = factory.SubFactory(UserFactory)
    recorded_at = MOMENT


class ProjectPhotoFactory(factory.django.DjangoModelFactory[ProjectPhoto]):
    """A photograph whose file is not there."""

    class Meta:
        model = ProjectPhoto

    project = factory.SubFactory(ProjectFactory)
    taken_on = date(2016, 10, 1)
    stored_name = factory.Sequence(lambda n: f"{n:064x}")
    content_type = "image/jpeg"
    added_by = factory.SubFactory(UserFactory)


class EquipmentItemFactory(factory.django.DjangoModelFactory[EquipmentItem]):
    """Ten of something."""

    class Meta:
        model = EquipmentItem

    project = factory.SubFactory(ProjectFactory, category="equipment")
    name = factory.Sequence(lambda n: f"Item {n}")
    quantity = 10
    unit = "pc"
    unit_price = Decimal("3000.00")


class EquipmentDeliveryFactory(factory.django.DjangoModelFactory[EquipmentDelivery]):
    """Two of them at a school."""

    class Meta:
        model = EquipmentDelivery

    item = factory.SubFactory(EquipmentItemFactory)
    school = factory.SubFactory(SchoolFactory)
    quantity = 2
    delivered_on = date(2016, 10, 8)
