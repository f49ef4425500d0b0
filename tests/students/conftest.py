"""The small county for tests of children's records, and who works in it."""

import pytest

from tests.factories import actor_of
from tests.students.asking import BORN, OLD, run
from tests.students.world import World


@pytest.fixture
def world(db):
    return World().build()


@pytest.fixture
def county(world):
    """Children too old for their grade at two schools, and a claim that no register knows."""
    for name, school in (("赵一", "S1"), ("钱二", "S1"), ("孙三", "S2")):
        world.student(name, world.next_id(OLD), grade=1, school=school)
    world.student("李四", world.next_id(BORN), grade=4, claim="建档立卡")
    world.snapshot()
    run(world)
    return world


@pytest.fixture
def staff(db):
    return actor_of("office_staff", office="aid")


@pytest.fixture
def other_staff(db):
    return actor_of("office_staff", office="aid")


@pytest.fixture
def clerk(db):
    return actor_of("school_clerk", division_prefix="530623100", school_code="2153000001")


@pytest.fixture
def other_clerk(db):
    return actor_of("school_clerk", division_prefix="530623101", school_code="2153000002")


@pytest.fixture
def township(db):
    return actor_of("township_officer", division_prefix="530623100")
