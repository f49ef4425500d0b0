"""Makers of programmes, awards, batches and gifts."""

from datetime import date
from decimal import Decimal

import factory

from povedu.protected import BankAccount, Phone
from subsidies.models import (
    Award,
    AwardSource,
    BankReturn,
    BankReturnLine,
    Determination,
    DisbursementBatch,
    Donor,
    FundReceipt,
    Gift,
    Instalment,
    NoticeLine,
    Objection,
    Payment,
    PaymentSource,
    Programme,
    PublicNotice,
    Quota,
    SourceRule,
    Standard,
)
from tests.factories.accounts import UserFactory
from tests.factories.base import MOMENT, phone_of
from tests.factories.schools import CountyFactory
from tests.factories.students import EnrolmentFactory, StudentFactory

HALF = Decimal("500.00")


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


class DeterminationFactory(factory.django.DjangoModelFactory[Determination]):
    """An application that waits."""

    class Meta:
        model = Determination

    student = factory.SubFactory(StudentFactory)
    academic_year = 2016
    evidence = "letter"
    entered_by = factory.SubFactory(UserFactory)
    entered_at = MOMENT


class PublicNoticeFactory(factory.django.DjangoModelFactory[PublicNotice]):
    """A notice on the wall."""

    class Meta:
        model = PublicNotice

    programme = factory.SubFactory(ProgrammeFactory)
    term = "2016-1"
    number = factory.Sequence(lambda n: f"N{n:05d}")
    heading = factory.LazyAttribute(lambda o: f"Notice {o.number}")
    starts_on = date(2016, 10, 10)
    ends_on = date(2016, 10, 18)
    made_by = factory.SubFactory(UserFactory)


class AwardFactory(factory.django.DjangoModelFactory[Award]):
    """Five hundred for the term, granted."""

    class Meta:
        model = Award

    enrolment = factory.SubFactory(EnrolmentFactory)
    student = factory.LazyAttribute(lambda o: o.enrolment.student)
    school = factory.LazyAttribute(lambda o: o.enrolment.school)
    programme = factory.SubFactory(ProgrammeFactory)
    term = "2016-1"
    stage = "primary"
    grade = 3
    standard = factory.SubFactory(StandardFactory, programme=factory.SelfAttribute("..programme"))
    amount = HALF
    budget_year = 2016
    state = "granted"
    proposed_by = factory.SubFactory(UserFactory)
    proposed_at = MOMENT
    granted_by = factory.SubFactory(UserFactory)
    granted_at = MOMENT


class AwardSourceFactory(factory.django.DjangoModelFactory[AwardSource]):
    """All of it from the centre."""

    class Meta:
        model = AwardSource

    award = factory.SubFactory(AwardFactory)
    source = "central"
    amount = HALF


class InstalmentFactory(factory.django.DjangoModelFactory[Instalment]):
    """The term's part."""

    class Meta:
        model = Instalment

    award = factory.SubFactory(AwardFactory)
    period = "2016-1"
    due_on = date(2016, 10, 31)
    amount = HALF


class NoticeLineFactory(factory.django.DjangoModelFactory[NoticeLine]):
    """A name on the wall."""

    class Meta:
        model = NoticeLine

    notice = factory.SubFactory(PublicNoticeFactory)
    award = factory.SubFactory(AwardFactory)
    name = factory.LazyAttribute(lambda o: o.award.student.name)
    school_name = factory.LazyAttribute(lambda o: o.award.school.name)


class ObjectionFactory(factory.django.DjangoModelFactory[Objection]):
    """Somebody doubts it."""

    class Meta:
        model = Objection

    notice = factory.SubFactory(PublicNoticeFactory)
    received_on = date(2016, 10, 12)
    content = "not poor"
    entered_by = factory.SubFactory(UserFactory)


class FundReceiptFactory(factory.django.DjangoModelFactory[FundReceipt]):
    """A transfer from the centre."""

    class Meta:
        model = FundReceipt

    county = factory.SubFactory(CountyFactory)
    source = "central"
    amount = Decimal("100000.00")
    received_on = date(2016, 9, 20)
    entered_by = factory.SubFactory(UserFactory)


class DisbursementBatchFactory(factory.django.DjangoModelFactory[DisbursementBatch]):
    """A batch in the making."""

    class Meta:
        model = DisbursementBatch

    number = factory.Sequence(lambda n: f"B{n:06d}")
    programme = factory.SubFactory(ProgrammeFactory)
    term = "2016-1"
    title = factory.LazyAttribute(lambda o: f"Batch {o.number}")
    made_by = factory.SubFactory(UserFactory)
    made_at = MOMENT


class PaymentFactory(factory.django.DjangoModelFactory[Payment]):
    """A payment that waits."""

    class Meta:
        model = Payment

    instalment = factory.SubFactory(InstalmentFactory)
    batch = factory.SubFactory(DisbursementBatchFactory)
    line_no = factory.Sequence(lambda n: n + 1)
    amount = HALF
    payee_kind = "guardian"
    payee_name = factory.Sequence(lambda n: f"Payee{n:05d}")
    account = factory.Sequence(lambda n: BankAccount(f"621700000000{n:07d}"))
    account_index = factory.LazyAttribute(lambda o: o.account.index)


class PaymentSourceFactory(factory.django.DjangoModelFactory[PaymentSource]):
    """All of it from the centre."""

    class Meta:
        model = PaymentSource

    payment = factory.SubFactory(PaymentFactory)
    source = "central"
    amount = HALF


class BankReturnFactory(factory.django.DjangoModelFactory[BankReturn]):
    """A bank's answer."""

    class Meta:
        model = BankReturn

    batch = factory.SubFactory(DisbursementBatchFactory)
    file_name = "return.csv"
    file_sha256 = factory.Sequence(lambda n: f"{n:064x}")
    received_at = MOMENT
    entered_by = factory.SubFactory(UserFactory)


class BankReturnLineFactory(factory.django.DjangoModelFactory[BankReturnLine]):
    """A line that matches nothing."""

    class Meta:
        model = BankReturnLine

    bank_return = factory.SubFactory(BankReturnFactory)
    row_number = factory.Sequence(lambda n: n + 2)
    outcome = "unmatched"


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
