"""Makers of the matrix, doubts, back-pay, recoveries and samples."""

from datetime import date
from decimal import Decimal

import factory

from subsidies.models import (
    AidCell,
    AidMatrix,
    BackPay,
    Doubt,
    DoubtDecision,
    Recovery,
    RecoveryReceipt,
    RecoverySource,
    Sample,
    SampleItem,
)
from tests.factories.accounts import UserFactory
from tests.factories.schools import CountyFactory
from tests.factories.students import StudentFactory
from tests.factories.subsidies.payments import DisbursementBatchFactory, PaymentFactory
from tests.factories.subsidies.programmes import HALF, ProgrammeFactory
from tests.factories.values import MOMENT


class AidMatrixFactory(factory.django.DjangoModelFactory[AidMatrix]):
    """A county's matrix of the autumn; there is one."""

    class Meta:
        model = AidMatrix
        django_get_or_create = ("county", "term")

    county = factory.SubFactory(CountyFactory)
    term = "2016-1"
    computed_at = MOMENT
    computed_by = factory.SubFactory(UserFactory)


class AidCellFactory(factory.django.DjangoModelFactory[AidCell]):
    """A pupil who was forgotten."""

    class Meta:
        model = AidCell

    matrix = factory.SubFactory(AidMatrixFactory)
    student = factory.SubFactory(StudentFactory)
    programme = factory.SubFactory(ProgrammeFactory)
    school = factory.LazyAttribute(lambda o: o.student.school)
    stage = "primary"
    grade = 3
    class_name = "1"
    state = "missed"
    reason = "left-out"
    amount = HALF


class DoubtFactory(factory.django.DjangoModelFactory[Doubt]):
    """A pupil who may have been forgotten."""

    class Meta:
        model = Doubt

    county = factory.SubFactory(CountyFactory)
    term = "2016-1"
    kind = "missed"
    subject_key = factory.Sequence(lambda n: f"doubt-{n}")
    student = factory.SubFactory(StudentFactory)
    school = factory.LazyAttribute(lambda o: o.student.school)
    evidence = factory.LazyFunction(lambda: {"reason": "left-out", "amount": 50000})
    evidence_digest = "0" * 64
    found_at = MOMENT
    seen_at = MOMENT


class DoubtDecisionFactory(factory.django.DjangoModelFactory[DoubtDecision]):
    """It is true."""

    class Meta:
        model = DoubtDecision

    doubt = factory.SubFactory(DoubtFactory)
    verdict = "confirmed"
    evidence_digest = "0" * 64
    decided_by = factory.SubFactory(UserFactory)
    decided_at = MOMENT


class BackPayFactory(factory.django.DjangoModelFactory[BackPay]):
    """A late batch."""

    class Meta:
        model = BackPay

    number = factory.Sequence(lambda n: f"BF{n:06d}")
    batch = factory.SubFactory(DisbursementBatchFactory)
    programme = factory.LazyAttribute(lambda o: o.batch.programme)
    county = factory.LazyAttribute(lambda o: o.programme.county)
    term = "2016-1"
    kind = "payments"
    reason = "forgotten"
    made_by = factory.SubFactory(UserFactory)
    made_at = MOMENT


class RecoveryFactory(factory.django.DjangoModelFactory[Recovery]):
    """A hundred asked back."""

    class Meta:
        model = Recovery

    number = factory.Sequence(lambda n: f"ZH{n:06d}")
    payment = factory.SubFactory(PaymentFactory, state="settled", settled_on=date(2016, 11, 1))
    cause = "duplicate"
    reason = "paid twice"
    payer_name = factory.LazyAttribute(lambda o: o.payment.payee_name)
    amount = Decimal("100.00")
    made_by = factory.SubFactory(UserFactory)
    made_at = MOMENT


class RecoverySourceFactory(factory.django.DjangoModelFactory[RecoverySource]):
    """All of it to the centre."""

    class Meta:
        model = RecoverySource

    recovery = factory.SubFactory(RecoveryFactory)
    source = "central"
    amount = Decimal("100.00")


class RecoveryReceiptFactory(factory.django.DjangoModelFactory[RecoveryReceipt]):
    """Forty came back."""

    class Meta:
        model = RecoveryReceipt

    recovery = factory.SubFactory(
        RecoveryFactory, state="approved", approved_by=factory.SubFactory(UserFactory)
    )
    received_on = date(2016, 11, 20)
    amount = Decimal("40.00")
    document = factory.Sequence(lambda n: f"R{n:05d}")
    entered_by = factory.SubFactory(UserFactory)
    entered_at = MOMENT


class SampleFactory(factory.django.DjangoModelFactory[Sample]):
    """A frame that waits for its seed."""

    class Meta:
        model = Sample

    number = factory.Sequence(lambda n: f"CC{n:06d}")
    county = factory.SubFactory(CountyFactory)
    title = factory.LazyAttribute(lambda o: f"Sample {o.number}")
    starts_on = date(2016, 1, 1)
    ends_on = date(2017, 1, 1)
    size = 5
    framed_by = factory.SubFactory(UserFactory)
    framed_at = MOMENT
    frame_digest = "0" * 64


class SampleItemFactory(factory.django.DjangoModelFactory[SampleItem]):
    """A drawn payment nobody has looked into."""

    class Meta:
        model = SampleItem

    sample = factory.SubFactory(
        SampleFactory, state="drawn", seed="8", drawn_by=factory.SubFactory(UserFactory)
    )
    payment = factory.SubFactory(PaymentFactory, state="settled", settled_on=date(2016, 11, 1))
    rank = factory.Sequence(lambda n: n + 1)
    payment_key = factory.LazyAttribute(lambda o: f"{o.payment.batch.number}-{o.payment.line_no}")
    draw_hash = factory.Sequence(lambda n: f"{n:064x}")
