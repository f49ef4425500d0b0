"""Makers of teachers and postings."""

from datetime import date

import factory

from povedu.protected import IdNumber, Phone
from teachers.models import Posting, Teacher, Training
from tests.factories.schools import SchoolFactory
from tests.factories.values import id_number, phone_of


class TeacherFactory(factory.django.DjangoModelFactory[Teacher]):
    """A teacher at a school."""

    class Meta:
        model = Teacher

    class Params:
        n = factory.Sequence(lambda n: n)

    number = factory.LazyAttribute(lambda o: f"T{o.n:05d}")
    name = factory.LazyAttribute(lambda o: f"Teacher{o.n:05d}")
    sex = "F"
    birth_on = date(1985, 5, 1)
    id_number = factory.LazyAttribute(
        lambda o: IdNumber(id_number(o.n, area="530624", birth_on=date(1985, 5, 1 + o.n % 28)))
    )
    id_index = factory.LazyAttribute(lambda o: o.id_number.index)
    phone = factory.LazyAttribute(lambda o: Phone(phone_of(o.n)))
    school = factory.SubFactory(SchoolFactory)
    stage = "primary"
    subject = "maths"
    hired_on = date(2008, 9, 1)


class PostingFactory(factory.django.DjangoModelFactory[Posting]):
    """A year at another school."""

    class Meta:
        model = Posting

    teacher = factory.SubFactory(TeacherFactory)
    home_school = factory.LazyAttribute(lambda o: o.teacher.school)
    school = factory.SubFactory(SchoolFactory)
    kind = "exchange"
    starts_on = date(2016, 9, 1)
    ends_on = date(2017, 9, 1)


class TrainingFactory(factory.django.DjangoModelFactory[Training]):
    """A week of the county's training."""

    class Meta:
        model = Training

    teacher = factory.SubFactory(TeacherFactory)
    name = factory.Sequence(lambda n: f"Training {n}")
    hours = 40
    starts_on = date(2016, 10, 10)
    ends_on = date(2016, 10, 14)
