"""Makers of templates and editions of the annual summary."""

import factory

from reports.models import SummaryEdition, SummaryTemplate
from reports.rules.frozen import digest
from tests.factories.accounts import UserFactory
from tests.factories.values import COUNTY, MOMENT


class SummaryTemplateFactory(factory.django.DjangoModelFactory[SummaryTemplate]):
    """A short text."""

    class Meta:
        model = SummaryTemplate
        django_get_or_create = ("county_code",)

    county_code = COUNTY
    title = "Summary of {{year}}"
    body = "{{lines:subsidies}}"
    updated_by = factory.SubFactory(UserFactory)
    updated_at = MOMENT


class SummaryEditionFactory(factory.django.DjangoModelFactory[SummaryEdition]):
    """A draft without lines."""

    class Meta:
        model = SummaryEdition

    county_code = COUNTY
    year = 2016
    number = factory.Sequence(lambda n: n % 30000 + 1)
    title = factory.LazyAttribute(lambda o: f"Summary {o.number}")
    content = factory.LazyAttribute(lambda o: {"year": o.year, "sections": []})
    paper = factory.LazyAttribute(
        lambda o: {
            **dict.fromkeys(("issuer", "number", "signer", "recipients", "signature", "note"), ""),
            "copies_to": "",
            "printed_by": "",
            "title": o.title,
            "sealed": True,
            "dated_on": None,
            "printed_on": None,
            "body": [],
            "annexes": [],
        }
    )
    sha256 = factory.LazyAttribute(lambda o: digest(o.content, o.paper))
    made_by = factory.SubFactory(UserFactory)
    made_at = MOMENT
