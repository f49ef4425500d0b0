"""Makers of the framework's own rows: jobs, their files, the ledger, the calendar."""

from datetime import date, timedelta
from decimal import Decimal

import factory

from povedu.accounts.models import CountyCalendar
from povedu.jobs.models import Job, JobFile, WorkerSign
from povedu.ledger.models import ClosedYear, Correction, LedgerEntry, LedgerHead
from povedu.screens.models import Submission
from tests.factories.accounts import JurisdictionFactory, UserFactory
from tests.factories.values import COUNTY, MOMENT


class CountyCalendarFactory(factory.django.DjangoModelFactory[CountyCalendar]):
    """The county works in the autumn of 2016."""

    class Meta:
        model = CountyCalendar
        django_get_or_create = ("county_code",)

    county_code = COUNTY
    current_term = "2016-1"


class JobFactory(factory.django.DjangoModelFactory[Job]):
    """A job that is done."""

    class Meta:
        model = Job

    kind = "tests.kind"
    jurisdiction = factory.SubFactory(JurisdictionFactory)
    owner = factory.LazyAttribute(lambda o: o.jurisdiction.user)
    owner_name = factory.LazyAttribute(lambda o: o.owner.name)
    language = "zh-hans"
    state = "done"
    division_code = COUNTY
    not_before = MOMENT
    woken_at = MOMENT
    created_at = MOMENT
    finished_at = MOMENT


class JobFileFactory(factory.django.DjangoModelFactory[JobFile]):
    """A file whose content is not there."""

    class Meta:
        model = JobFile

    job = factory.SubFactory(JobFactory)
    filename = factory.Sequence(lambda n: f"file-{n}.xlsx")
    store_key = factory.Sequence(lambda n: f"{n:064x}")
    sha256 = "0" * 64
    byte_count = 10
    made_at = MOMENT
    expires_at = MOMENT + timedelta(days=36500)


class WorkerSignFactory(factory.django.DjangoModelFactory[WorkerSign]):
    """A part that is alive."""

    class Meta:
        model = WorkerSign

    name = factory.Sequence(lambda n: f"worker-{n}")
    seen_at = MOMENT


class LedgerEntryFactory(factory.django.DjangoModelFactory[LedgerEntry]):
    """One leg, outside any chain."""

    class Meta:
        model = LedgerEntry

    county_code = COUNTY
    seq = factory.Sequence(lambda n: n + 1)
    transaction_no = factory.Sequence(lambda n: n + 1)
    posted_at = MOMENT
    effective_on = date(2016, 10, 1)
    account = "cash"
    amount = Decimal("100.00")
    source = "central"
    posted_by = factory.SubFactory(UserFactory)
    previous_hash = "0" * 64
    hash = "1" * 64


class CorrectionFactory(factory.django.DjangoModelFactory[Correction]):
    """A voucher that somebody asks to have taken back."""

    class Meta:
        model = Correction

    county_code = COUNTY
    transaction_no = factory.Sequence(lambda n: n + 1)
    reason = "entered twice"
    effective_on = date(2016, 10, 1)
    asked_by = factory.SubFactory(UserFactory)
    asked_at = MOMENT


class LedgerHeadFactory(factory.django.DjangoModelFactory[LedgerHead]):
    """The start of a chain."""

    class Meta:
        model = LedgerHead

    county_code = factory.Sequence(lambda n: f"{n:06d}")


class ClosedYearFactory(factory.django.DjangoModelFactory[ClosedYear]):
    """A year that nothing more is dated into."""

    class Meta:
        model = ClosedYear

    county_code = COUNTY
    year = factory.Sequence(lambda n: 1990 + n)
    closed_by = factory.SubFactory(UserFactory)
    closed_at = MOMENT


class SubmissionFactory(factory.django.DjangoModelFactory[Submission]):
    """A form that was sent."""

    class Meta:
        model = Submission

    token = factory.Sequence("form-{}".format)
    user_id = 1
    sent_at = MOMENT
