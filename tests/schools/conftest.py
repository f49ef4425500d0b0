"""People of the offices that keep places."""

import pytest

from tests.factories import actor_of
from tests.factories.values import COUNTY


@pytest.fixture
def basic(db):
    """A clerk of the basic education office."""
    return actor_of("office_staff", office="basic", division_prefix=COUNTY)


@pytest.fixture
def builder(db):
    """A clerk of the projects office."""
    return actor_of("office_staff", office="projects", division_prefix=COUNTY)


@pytest.fixture
def cook(db):
    """A clerk of the nutrition office."""
    return actor_of("office_staff", office="nutrition", division_prefix=COUNTY)


@pytest.fixture
def school(db):
    """A village school with meals."""
    from tests.factories import SchoolFactory

    return SchoolFactory(code="2153000001", name="Hill School", has_meals=True)


@pytest.fixture
def stranger(db):
    """The clerk of another school."""
    return actor_of("school_clerk", division_prefix=f"{COUNTY}200", school_code="2153000099")


@pytest.fixture
def png():
    """A picture of one pixel, as an upload."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tests.schools.test_rules import png as picture

    return SimpleUploadedFile("roof.png", picture(), content_type="text/html")
