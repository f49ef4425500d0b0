"""Makers of applications, awards and public notices."""

from datetime import date

import factory

from povedu.jobs import store
from subsidies.models import (
    ApplicationPaper,
    Award,
    AwardChange,
    AwardSource,
    Determination,
    DeterminationStep,
    Instalment,
    NoticeLine,
    Objection,
    PublicNotice,
    ScoreBand,
    ScoreItem,
)
from tests.factories.accounts import UserFactory
from tests.factories.schools import CountyFactory
from tests.factories.students import EnrolmentFactory, StudentFactory
from tests.factories.subsidies.programmes import HALF, ProgrammeFactory, StandardFactory
from tests.factories.values import MOMENT


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


class ApplicationPaperFactory(factory.django.DjangoModelFactory[ApplicationPaper]):
    """A scanned household book; its bytes are in the store."""

    class Meta:
        model = ApplicationPaper

    class Params:
        n = factory.Sequence(lambda n: n)

    determination = factory.SubFactory(DeterminationFactory)
    kind = "household"
    stored_name = factory.LazyAttribute(lambda o: store.put(b"%PDF-1.4 paper %%EOF"))
    content_type = "application/pdf"
    bytes_count = 20
    digest = factory.LazyAttribute(lambda o: f"{o.n:064x}")
    added_by = factory.SubFactory(UserFactory)
    added_at = MOMENT


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
