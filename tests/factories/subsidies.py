"""Makers of programmes, awards, batches and gifts."""

from datetime import date, timedelta
from decimal import Decimal

import factory

from povedu.protected import BankAccount, IdNumber, Phone
from subsidies.models import (
    AidCell,
    AidMatrix,
    Allocation,
    AllocationLine,
    Award,
    AwardChange,
    AwardSource,
    BackPay,
    BankReturn,
    BankReturnLine,
    BatchApproval,
    CalendarDay,
    Determination,
    DeterminationStep,
    DisbursementBatch,
    Donor,
    Doubt,
    DoubtDecision,
    FundReceipt,
    Gift,
    Instalment,
    LetterWording,
    Loan,
    LoanCap,
    LoanRelief,
    NoticeLine,
    Objection,
    PastPayment,
    PastPaymentWithdrawal,
    Payment,
    PaymentRules,
    PaymentSource,
    Programme,
    PublicNotice,
    Quota,
    QuotaExcess,
    Recovery,
    RecoveryReceipt,
    RecoverySource,
    Sample,
    SampleItem,
    ScoreBand,
    ScoreItem,
    SourceRule,
    Sponsorship,
    Standard,
)
from tests.factories.accounts import UserFactory
from tests.factories.base import MOMENT, id_number, phone_of
from tests.factories.schools import CountyFactory, SchoolFactory
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


class BatchApprovalFactory(factory.django.DjangoModelFactory[BatchApproval]):
    """The first approval of a batch as it was first frozen."""

    class Meta:
        model = BatchApproval

    batch = factory.SubFactory(DisbursementBatchFactory, round=1, digest="d")
    round = factory.SelfAttribute("batch.round")
    level = 1
    made_by = factory.SelfAttribute("batch.made_by")
    approved_by = factory.SubFactory(UserFactory)
    approved_at = MOMENT
    digest = factory.SelfAttribute("batch.digest")


class PaymentRulesFactory(factory.django.DjangoModelFactory[PaymentRules]):
    """A second approver from a hundred thousand yuan on."""

    class Meta:
        model = PaymentRules
        django_get_or_create = ("county",)

    county = factory.SubFactory(CountyFactory)
    second_from = Decimal("100000.00")


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


class PastPaymentFactory(factory.django.DjangoModelFactory[PastPayment]):
    """Five hundred that another system paid."""

    class Meta:
        model = PastPayment

    county = factory.SubFactory(CountyFactory)
    programme = factory.SubFactory(ProgrammeFactory)
    programme_as_stated = "grant"
    term = "2016-1"
    period = "2016-1"
    amount = HALF
    name = factory.Sequence(lambda n: f"Paid{n:05d}")
    id_number = factory.Sequence(lambda n: IdNumber(id_number(n + 40_000)))
    id_index = factory.LazyAttribute(lambda o: o.id_number.index)
    school = factory.SubFactory(SchoolFactory)
    file_name = "list.xlsx"
    source_row = factory.Sequence(lambda n: n + 2)
    mark = factory.Sequence(lambda n: f"{n:032x}")
    entered_by = factory.SubFactory(UserFactory)
    entered_at = MOMENT


class PastPaymentWithdrawalFactory(factory.django.DjangoModelFactory[PastPaymentWithdrawal]):
    """Somebody else's payment after all."""

    class Meta:
        model = PastPaymentWithdrawal

    past_payment = factory.SubFactory(PastPaymentFactory)
    reason = "not theirs"
    withdrawn_by = factory.SubFactory(UserFactory)
    withdrawn_at = MOMENT


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


class DeterminationStepFactory(factory.django.DjangoModelFactory[DeterminationStep]):
    """The class agrees."""

    class Meta:
        model = DeterminationStep

    determination = factory.SubFactory(DeterminationFactory)
    step = "class"
    agreed = True
    signed_name = "Teacher"
    signed_on = date(2016, 9, 20)
    entered_by = factory.SubFactory(UserFactory)
    entered_at = MOMENT


class ScoreItemFactory(factory.django.DjangoModelFactory[ScoreItem]):
    """Thirty points for illness."""

    class Meta:
        model = ScoreItem

    county = factory.SubFactory(CountyFactory)
    name = factory.Sequence(lambda n: f"Item {n}")
    points = 30


class ScoreBandFactory(factory.django.DjangoModelFactory[ScoreBand]):
    """Hardship above forty."""

    class Meta:
        model = ScoreBand

    county = factory.SubFactory(CountyFactory)
    above = factory.Sequence(lambda n: 40 + n)
    level = factory.LazyAttribute(lambda o: f"Level {o.above}")


class AwardChangeFactory(factory.django.DjangoModelFactory[AwardChange]):
    """The pupil left."""

    class Meta:
        model = AwardChange

    award = factory.SubFactory(AwardFactory)
    kind = "left"
    effect = "stopped"
    reason = "left"
    from_school = factory.LazyAttribute(lambda o: o.award.school)
    marker = "left"
    made_by = factory.SubFactory(UserFactory)
    made_at = MOMENT


class CalendarDayFactory(factory.django.DjangoModelFactory[CalendarDay]):
    """A day off."""

    class Meta:
        model = CalendarDay

    county = factory.SubFactory(CountyFactory)
    day = factory.Sequence(lambda n: date(2016, 10, 10) + timedelta(days=n))
    note = "A county's own feast"


class AllocationFactory(factory.django.DjangoModelFactory[Allocation]):
    """A hundred thousand to be split."""

    class Meta:
        model = Allocation

    number = factory.Sequence(lambda n: f"F{n:06d}")
    programme = factory.SubFactory(ProgrammeFactory)
    term = "2016-1"
    source = "central"
    amount = Decimal("100000.00")
    made_by = factory.SubFactory(UserFactory)
    made_at = MOMENT


class AllocationLineFactory(factory.django.DjangoModelFactory[AllocationLine]):
    """One school's part."""

    class Meta:
        model = AllocationLine

    allocation = factory.SubFactory(AllocationFactory)
    school = factory.SubFactory(SchoolFactory)
    first_amount = HALF
    amount = HALF


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
