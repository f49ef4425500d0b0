"""Makers of loans, gifts and letters."""

from datetime import date
from decimal import Decimal

import factory

from povedu.protected import IdNumber, Phone
from subsidies.models import (
    Donor,
    Gift,
    LetterWording,
    Loan,
    LoanCap,
    LoanRelief,
    Sponsorship,
)
from tests.factories.accounts import UserFactory
from tests.factories.schools import CountyFactory
from tests.factories.students import StudentFactory
from tests.factories.subsidies.programmes import HALF, ProgrammeFactory
from tests.factories.values import MOMENT, id_number, phone_of


class LoanFactory(factory.django.DjangoModelFactory[Loan]):
    """Eight thousand for a year of study."""

    class Meta:
        model = Loan

    county = factory.SubFactory(CountyFactory)
    contract_no = factory.Sequence(lambda n: f"L{n:08d}")
    academic_year = 2016
    borrower_name = factory.Sequence(lambda n: f"Borrower{n:05d}")
    borrower_id_number = factory.Sequence(lambda n: IdNumber(id_number(n + 60_000)))
    borrower_index = factory.LazyAttribute(lambda o: o.borrower_id_number.index)
    college = "College"
    level = "undergraduate"
    amount = Decimal("8000.00")
    entered_by = factory.SubFactory(UserFactory)
    entered_at = MOMENT


class LetterWordingFactory(factory.django.DjangoModelFactory[LetterWording]):
    """Words of a letter to a household."""

    class Meta:
        model = LetterWording

    county = factory.SubFactory(CountyFactory)
    kind = factory.Iterator(("family", "notice", "card", "sheet"))
    title = "Letter"
    signature = "Bureau"
    edited_by = factory.SubFactory(UserFactory)
    edited_at = MOMENT


class LoanCapFactory(factory.django.DjangoModelFactory[LoanCap]):
    """Nine thousand from 2016 on."""

    class Meta:
        model = LoanCap

    county = factory.SubFactory(CountyFactory)
    since_year = factory.Sequence(lambda n: 2016 + n % 80)
    usual_amount = Decimal("9000.00")
    postgraduate_amount = Decimal("13000.00")
    document = "document"


class LoanReliefFactory(factory.django.DjangoModelFactory[LoanRelief]):
    """Illness in the family; it waits."""

    class Meta:
        model = LoanRelief

    loan = factory.SubFactory(LoanFactory, state="repaying")
    kind = "rescue"
    cause = "illness"
    year = 2016
    amount = HALF
    evidence = "letter"
    entered_by = factory.SubFactory(UserFactory)
    entered_at = MOMENT


class DonorFactory(factory.django.DjangoModelFactory[Donor]):
    """A company."""

    class Meta:
        model = Donor

    name = factory.Sequence(lambda n: f"Donor {n}")
    kind = "company"
    county = factory.SubFactory(CountyFactory)
    phone = factory.Sequence(lambda n: Phone(phone_of(n)))


class GiftFactory(factory.django.DjangoModelFactory[Gift]):
    """A thousand for a pupil."""

    class Meta:
        model = Gift

    programme = factory.SubFactory(ProgrammeFactory, kind="gift", cadence="once")
    donor = factory.SubFactory(DonorFactory)
    student = factory.SubFactory(StudentFactory)
    school = factory.LazyAttribute(lambda o: o.student.school)
    given_on = date(2016, 10, 1)
    amount = Decimal("1000.00")
    settled_on = date(2016, 10, 2)
    entered_by = factory.SubFactory(UserFactory)


class SponsorshipFactory(factory.django.DjangoModelFactory[Sponsorship]):
    """A donor stands by a pupil."""

    class Meta:
        model = Sponsorship

    donor = factory.SubFactory(DonorFactory)
    student = factory.SubFactory(StudentFactory)
    starts_on = date(2016, 9, 1)
    entered_by = factory.SubFactory(UserFactory)
    entered_at = MOMENT
