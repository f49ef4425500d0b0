"""Makers of programmes, their standards, sources and quotas."""

from datetime import date, timedelta
from decimal import Decimal

import factory

from subsidies.models import (
    CalendarDay,
    Programme,
    Quota,
    QuotaExcess,
    SourceRule,
    Standard,
)
from tests.factories.accounts import UserFactory
from tests.factories.schools import CountyFactory
from tests.factories.values import MOMENT

HALF = Decimal("500.00")  # of the usual standard of a year


class ProgrammeFactory(factory.django.DjangoModelFactory[Programme]):
    """A boarders' allowance paid each term."""

    class Meta:
        model = Programme

    county = factory.SubFactory(CountyFactory)
    code = factory.Sequence(lambda n: f"programme-{n}")
    name = factory.LazyAttribute(lambda o: f"Programme {o.code}")
    cadence = "term"
    starts_on = date(2010, 9, 1)


class StandardFactory(factory.django.DjangoModelFactory[Standard]):
    """A thousand a year."""

    class Meta:
        model = Standard

    programme = factory.SubFactory(ProgrammeFactory)
    starts_on = date(2010, 9, 1)
    year_amount = Decimal("1000.00")
    instalment_amount = HALF


class SourceRuleFactory(factory.django.DjangoModelFactory[SourceRule]):
    """The centre pays."""

    class Meta:
        model = SourceRule

    programme = factory.SubFactory(ProgrammeFactory)
    year = 2016
    position = 1
    source = "central"


class QuotaFactory(factory.django.DjangoModelFactory[Quota]):
    """A hundred places."""

    class Meta:
        model = Quota

    programme = factory.SubFactory(ProgrammeFactory)
    year = 2016
    heads_count = 100


class CalendarDayFactory(factory.django.DjangoModelFactory[CalendarDay]):
    """A day off."""

    class Meta:
        model = CalendarDay

    county = factory.SubFactory(CountyFactory)
    day = factory.Sequence(lambda n: date(2016, 10, 10) + timedelta(days=n))
    note = "A county's own feast"


class QuotaExcessFactory(factory.django.DjangoModelFactory[QuotaExcess]):
    """Fifteen more than planned."""

    class Meta:
        model = QuotaExcess

    programme = factory.SubFactory(ProgrammeFactory)
    year = 2016
    planned_count = 245
    actual_count = 260
    reason = "nobody is left out"
    approved_by = factory.SubFactory(UserFactory)
    approved_at = MOMENT
