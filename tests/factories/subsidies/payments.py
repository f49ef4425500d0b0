"""Makers of money that arrives, of batches and of the bank's answers."""

from datetime import date
from decimal import Decimal

import factory

from povedu.protected import BankAccount, IdNumber
from subsidies.models import (
    Allocation,
    AllocationLine,
    BankReturn,
    BankReturnLine,
    BatchApproval,
    DisbursementBatch,
    FundReceipt,
    PastPayment,
    PastPaymentWithdrawal,
    Payment,
    PaymentRules,
    PaymentSource,
)
from tests.factories.accounts import UserFactory
from tests.factories.schools import CountyFactory, SchoolFactory
from tests.factories.subsidies.awards import InstalmentFactory
from tests.factories.subsidies.programmes import HALF, ProgrammeFactory
from tests.factories.values import MOMENT, id_number


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
