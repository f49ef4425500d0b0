"""The small county that the guards look at."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from tests.guards.world import World


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[World]:
    """Build the county once for a module; forget it afterwards.

    A module that uses it marks one test with django_db: that is what makes the session set a test
    database up.
    """
    name = str(connection.settings_dict["NAME"])
    assert "test_" in name or "memory" in name, "no test database: mark a test with django_db"
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)
