"""The small county for tests of children's records."""

import pytest

from tests.students.world import World


@pytest.fixture
def world(db):
    return World().build()
