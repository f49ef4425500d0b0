"""Makers of children, registers and findings."""

from datetime import date

import factory

from povedu.identity import initials, normal_name, pinyin
from povedu.jobs import store
from povedu.protected import Address, BankAccount, IdNumber, Phone, Secret, blind_index
from students.models import (
    Assignment,
    AssignmentStep,
    Change,
    Comparison,
    Decision,
    DropoutCase,
    DropoutVisit,
    Enrolment,
    EvidenceFile,
    Finding,
    HardshipProof,
    HardshipStatus,
    Household,
    HouseholdMember,
    Link,
    NightlyRun,
    PayeeAccount,
    PlacedChild,
    Reconciliation,
    RegisterCheck,
    RegisterEntry,
    RegisterSnapshot,
    RuleSwitch,
    Student,
    StudyProof,
    Weighing,
)
from tests.factories.accounts import UserFactory
from tests.factories.schools import CountyFactory, DivisionFactory, SchoolFactory
from tests.factories.values import MOMENT, id_number, name_of, phone_of


class StudentFactory(factory.django.DjangoModelFactory[Student]):
    """A pupil of a primary school whose identity is confirmed."""

    class Meta:
        model = Student

    class Params:
        n = factory.Sequence(lambda n: n)
        number = factory.LazyAttribute(lambda o: id_number(o.n))
        provisional = factory.Trait(identity_confirmed=False, id_number=IdNumber(""), id_index="")

    county = factory.SubFactory(CountyFactory)
    student_no = factory.LazyAttribute(lambda o: f"G{o.number}")
    student_no_index = factory.LazyAttribute(lambda o: blind_index("student-no", o.student_no))
    name = factory.LazyAttribute(lambda o: name_of(o.n))
    normal_name = factory.LazyAttribute(lambda o: normal_name(o.name))
    pinyin = factory.LazyAttribute(lambda o: pinyin(o.name)[:80])
    initials = factory.LazyAttribute(lambda o: initials(o.name)[:40])
    sex = factory.LazyAttribute(lambda o: "M" if int(o.number[16]) % 2 else "F")
    birth_on = factory.LazyAttribute(
        lambda o: date(int(o.number[6:10]), int(o.number[10:12]), int(o.number[12:14]))
    )
    id_number = factory.LazyAttribute(lambda o: IdNumber(o.number))
    id_index = factory.LazyAttribute(lambda o: o.id_number.index)
    stated_id_number = factory.LazyAttribute(lambda o: IdNumber(o.number))
    stated_index = factory.LazyAttribute(lambda o: o.stated_id_number.index)
    identity_confirmed = True
    school = factory.SubFactory(SchoolFactory)
    stage = "primary"
    grade = 3
    class_name = "1"
    home_division = factory.LazyAttribute(lambda o: o.school.division if o.school else None)
    home_address = factory.LazyAttribute(lambda o: Address(f"House {o.n}, Long Lane"))
    guardian_name = factory.LazyAttribute(lambda o: f"Guardian{o.n:05d}")
    guardian_relation = "father"
    phone = factory.LazyAttribute(lambda o: Phone(phone_of(o.n)))
    entered_at = MOMENT


class EnrolmentFactory(factory.django.DjangoModelFactory[Enrolment]):
    """A term at the student's school."""

    class Meta:
        model = Enrolment

    student = factory.SubFactory(StudentFactory)
    term = "2016-1"
    school = factory.LazyAttribute(lambda o: o.student.school)
    stage = "primary"
    grade = 3
    class_name = "1"


class HouseholdFactory(factory.django.DjangoModelFactory[Household]):
    """A registered household."""

    class Meta:
        model = Household

    county = factory.SubFactory(CountyFactory)
    household_no = factory.Sequence(lambda n: f"H{n:08d}")
    division = factory.SubFactory(DivisionFactory, code="530623100000")
    head_name = factory.Sequence(lambda n: f"Head{n:05d}")
    phone = factory.Sequence(lambda n: Phone(phone_of(n)))
    seen_as_of = date(2016, 6, 30)


class HouseholdMemberFactory(factory.django.DjangoModelFactory[HouseholdMember]):
    """A child of it."""

    class Meta:
        model = HouseholdMember

    class Params:
        n = factory.Sequence(lambda n: n)

    household = factory.SubFactory(HouseholdFactory)
    name = factory.LazyAttribute(lambda o: name_of(o.n))
    id_number = factory.LazyAttribute(lambda o: IdNumber(id_number(o.n)))
    id_index = factory.LazyAttribute(lambda o: o.id_number.index)
    relation = "child"


class RegisterSnapshotFactory(factory.django.DjangoModelFactory[RegisterSnapshot]):
    """A poverty register of a day; each next one is a day later."""

    class Meta:
        model = RegisterSnapshot

    kind = "poverty-register"
    county = factory.SubFactory(CountyFactory)
    as_of = factory.Sequence(lambda n: date.fromordinal(date(2016, 6, 30).toordinal() + n))
    imported_at = MOMENT


class RegisterEntryFactory(factory.django.DjangoModelFactory[RegisterEntry]):
    """A child on it."""

    class Meta:
        model = RegisterEntry

    class Params:
        n = factory.Sequence(lambda n: n)

    snapshot = factory.SubFactory(RegisterSnapshotFactory)
    row_number = factory.LazyAttribute(lambda o: o.n + 2)
    division = factory.SubFactory(DivisionFactory, code="530623100000")
    name = factory.LazyAttribute(lambda o: name_of(o.n))
    normal_name = factory.LazyAttribute(lambda o: normal_name(o.name))
    pinyin = factory.LazyAttribute(lambda o: pinyin(o.name)[:80])
    id_number = factory.LazyAttribute(lambda o: IdNumber(id_number(o.n)))
    id_index = factory.LazyAttribute(lambda o: o.id_number.index)
    stated_index = factory.LazyAttribute(lambda o: o.id_number.index)
    category = "registered_poor"
    category_as_stated = "registered poor"


class HardshipStatusFactory(factory.django.DjangoModelFactory[HardshipStatus]):
    """A confirmed hardship."""

    class Meta:
        model = HardshipStatus

    student = factory.SubFactory(StudentFactory)
    category = "registered_poor"
    source = "poverty-register"
    starts_on = date(2014, 1, 1)
    confirmed_by = factory.SubFactory(UserFactory)
    confirmed_at = MOMENT


class PayeeAccountFactory(factory.django.DjangoModelFactory[PayeeAccount]):
    """A guardian's card that waits for its second person."""

    class Meta:
        model = PayeeAccount

    class Params:
        approved = factory.Trait(
            state="approved", approved_by=factory.SubFactory(UserFactory), approved_at=MOMENT
        )

    student = factory.SubFactory(StudentFactory)
    payee_name = factory.Sequence(lambda n: f"Payee{n:05d}")
    relation = "father"
    payee_id_number = factory.Sequence(
        lambda n: IdNumber(id_number(n, area="530625", birth_on=date(1980, 3, 1 + n % 28)))
    )
    bank_name = "Rural Bank"
    account = factory.Sequence(lambda n: BankAccount(f"621700000000{n:07d}"))
    account_index = factory.LazyAttribute(lambda o: o.account.index)
    entered_by = factory.SubFactory(UserFactory)
    entered_at = MOMENT


class ReconciliationFactory(factory.django.DjangoModelFactory[Reconciliation]):
    """A finished run."""

    class Meta:
        model = Reconciliation

    county = factory.SubFactory(CountyFactory)
    term = "2016-1"
    state = "done"
    started_at = MOMENT
    finished_at = MOMENT


class WeighingFactory(factory.django.DjangoModelFactory[Weighing]):
    """What a county's last run weighed: nothing."""

    class Meta:
        model = Weighing
        django_get_or_create = ("county",)

    county = factory.SubFactory(CountyFactory)
    version = "0" * 64
    children = b""
    entries = b""
    pairs = b"[[],[]]"


class NightlyRunFactory(factory.django.DjangoModelFactory[NightlyRun]):
    """A county that is not compared by night."""

    class Meta:
        model = NightlyRun
        django_get_or_create = ("county",)

    county = factory.SubFactory(CountyFactory)
    is_on = False


class LinkFactory(factory.django.DjangoModelFactory[Link]):
    """A student found by number."""

    class Meta:
        model = Link

    reconciliation = factory.SubFactory(ReconciliationFactory)
    term = factory.LazyAttribute(lambda o: o.reconciliation.term)
    student = factory.SubFactory(StudentFactory)
    entry = factory.SubFactory(RegisterEntryFactory)
    stage = "id"
    automatic = True


class FindingFactory(factory.django.DjangoModelFactory[Finding]):
    """A probable match in the queue of the student's school."""

    class Meta:
        model = Finding

    county = factory.SubFactory(CountyFactory)
    term = "2016-1"
    kind = "probable-match"
    subject_key = factory.Sequence(lambda n: f"subject-{n}")
    first_run = factory.SubFactory(ReconciliationFactory)
    student = factory.SubFactory(StudentFactory)
    entry = factory.SubFactory(RegisterEntryFactory)
    division_code = factory.LazyAttribute(lambda o: o.student.school.division_id)
    school_code = factory.LazyAttribute(lambda o: o.student.school.code)
    reason = "same name and birth date"
    evidence_digest = factory.Sequence(lambda n: f"{n:064x}")


class DecisionFactory(factory.django.DjangoModelFactory[Decision]):
    """Somebody says they are the same."""

    class Meta:
        model = Decision

    finding = factory.SubFactory(FindingFactory)
    evidence_digest = factory.LazyAttribute(lambda o: o.finding.evidence_digest)
    verdict = "same-person"
    decided_by = factory.SubFactory(UserFactory)
    decided_at = MOMENT


class ComparisonFactory(factory.django.DjangoModelFactory[Comparison]):
    """Two snapshots of the poverty register compared; each next one is of two others."""

    class Meta:
        model = Comparison

    county = factory.SubFactory(CountyFactory)
    basis = "snapshots"
    register = "poverty-register"
    before_key = factory.Sequence(str)
    after_key = factory.Sequence(lambda n: str(n + 1))
    before_on = date(2016, 6, 30)
    after_on = date(2016, 10, 31)
    before_count = 1
    after_count = 2
    made_at = MOMENT


class ChangeFactory(factory.django.DjangoModelFactory[Change]):
    """Somebody new."""

    class Meta:
        model = Change

    comparison = factory.SubFactory(ComparisonFactory)
    kind = "new"
    name = factory.Sequence(name_of)
    division_code = "530623100000"
    after = "registered_poor"


class AssignmentFactory(factory.django.DjangoModelFactory[Assignment]):
    """A finding that its school must answer."""

    class Meta:
        model = Assignment

    finding = factory.SubFactory(FindingFactory)
    school = factory.LazyAttribute(lambda o: o.finding.student.school)
    due_on = date(2016, 11, 15)
    asked_by = factory.SubFactory(UserFactory)
    asked_at = MOMENT


class AssignmentStepFactory(factory.django.DjangoModelFactory[AssignmentStep]):
    """What the school was asked."""

    class Meta:
        model = AssignmentStep

    assignment = factory.SubFactory(AssignmentFactory)
    state = "asked"
    words = "Please look into it"
    said_by = factory.SubFactory(UserFactory)
    said_at = MOMENT


class EvidenceFileFactory(factory.django.DjangoModelFactory[EvidenceFile]):
    """A paper put to a finding; its bytes are in the store."""

    class Meta:
        model = EvidenceFile

    class Params:
        n = factory.Sequence(lambda n: n)

    finding = factory.SubFactory(FindingFactory)
    caption = factory.LazyAttribute(lambda o: f"Paper {o.n}")
    stored_name = factory.LazyAttribute(lambda o: store.put(b"%PDF-1.4 paper %%EOF"))
    content_type = "application/pdf"
    bytes_count = 20
    digest = factory.LazyAttribute(lambda o: f"{o.n:064x}")
    added_by = factory.SubFactory(UserFactory)
    added_at = MOMENT


class HardshipProofFactory(factory.django.DjangoModelFactory[HardshipProof]):
    """A handbook that a school saw."""

    class Meta:
        model = HardshipProof

    finding = factory.SubFactory(FindingFactory, kind="not-on-register")
    kind = "handbook"
    number = factory.Sequence(lambda n: Secret(f"HB{n:08d}"))
    issued_by = "Village office"
    recorded_by = factory.SubFactory(UserFactory)
    recorded_at = MOMENT


class RegisterCheckFactory(factory.django.DjangoModelFactory[RegisterCheck]):
    """A snapshot looked through."""

    class Meta:
        model = RegisterCheck

    snapshot = factory.SubFactory(RegisterSnapshotFactory)
    edition = "1"
    rows_mark = "1:1"


class RuleSwitchFactory(factory.django.DjangoModelFactory[RuleSwitch]):
    """A rule that a county does not ask about."""

    class Meta:
        model = RuleSwitch

    county = factory.SubFactory(CountyFactory)
    rule = factory.Sequence(lambda n: f"rule-{n}")
    is_on = False
    changed_by = factory.SubFactory(UserFactory)
    changed_at = MOMENT


class PlacedChildFactory(factory.django.DjangoModelFactory[PlacedChild]):
    """A child at school."""

    class Meta:
        model = PlacedChild

    reconciliation = factory.SubFactory(ReconciliationFactory)
    term = factory.LazyAttribute(lambda o: o.reconciliation.term)
    student = factory.SubFactory(StudentFactory)
    place = "here"
    division_code = "530623100000"


class StudyProofFactory(factory.django.DjangoModelFactory[StudyProof]):
    """A proof that was asked for and has not come yet."""

    class Meta:
        model = StudyProof

    county = factory.SubFactory(CountyFactory)
    term = "2016-1"
    student = factory.SubFactory(StudentFactory)
    name = factory.LazyAttribute(lambda o: o.student.name if o.student else name_of(0))
    normal_name = factory.LazyAttribute(lambda o: normal_name(o.name))
    division_code = "530623100000"
    school_code = factory.LazyAttribute(lambda o: o.student.school.code if o.student else "")
    place = "out_of_county"
    requested_on = date(2016, 9, 20)
    due_on = date(2016, 10, 20)


class DropoutCaseFactory(factory.django.DjangoModelFactory[DropoutCase]):
    """A suspected dropout of a school."""

    class Meta:
        model = DropoutCase

    class Params:
        n = factory.Sequence(lambda n: n)

    county = factory.SubFactory(CountyFactory)
    name = factory.LazyAttribute(lambda o: name_of(o.n))
    normal_name = factory.LazyAttribute(lambda o: normal_name(o.name))
    id_number = factory.LazyAttribute(lambda o: IdNumber(id_number(o.n)))
    id_index = factory.LazyAttribute(lambda o: o.id_number.index)
    school = factory.SubFactory(SchoolFactory)
    division = factory.LazyAttribute(lambda o: o.school.division if o.school else None)
    found_on = date(2016, 9, 20)
    entered_at = MOMENT


class DropoutVisitFactory(factory.django.DjangoModelFactory[DropoutVisit]):
    """A home visit."""

    class Meta:
        model = DropoutVisit

    case = factory.SubFactory(DropoutCaseFactory)
    visited_on = date(2016, 9, 21)
    people = "Teacher and cadre"
    way = "home"
    result = "Will think about it"
    recorded_by = factory.SubFactory(UserFactory)
    recorded_at = MOMENT
