"""What every test stands on: quick hashing, append-only tables that can be emptied, people."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.database import django_db_setup  # noqa: F401  # replaces pytest-django's

pytest_plugins = ["tests.jobs.killer"]
SHANGHAI = ZoneInfo("Asia/Shanghai")


def pytest_configure(config: pytest.Config) -> None:
    """Hash passwords cheaply: argon2 is built to be slow, and is tested on its own."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session", autouse=True)
def _append_only_tables_can_be_emptied() -> Iterator[None]:
    """Lift the triggers while Django empties the tables after a transactional test."""
    from django.db import connection
    from django.test import TransactionTestCase

    from povedu import triggers

    original = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with triggers.lifted(connection):
            original(self)

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = original  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _own_anchor(tmp_path: Path, settings: Any) -> None:
    """Keep the heads of one test's audit chain apart from the next one's."""
    settings.ANCHOR_DIR = tmp_path / "anchor"


@pytest.fixture
def now() -> datetime:
    """One instant in the autumn term of 2016, in local time."""
    return datetime(2016, 11, 8, 9, 30, tzinfo=SHANGHAI)


@pytest.fixture
def clerk(db: None) -> Any:
    """The actor of a school clerk of school 2153000001."""
    from tests.factories import actor_of

    return actor_of("school_clerk", division_prefix="530623100", school_code="2153000001")


@pytest.fixture
def office(db: None) -> Any:
    """The actor of a clerk of the aid office of county 530623."""
    from tests.factories import actor_of

    return actor_of("office_staff", office="aid", division_prefix="530623")


@pytest.fixture
def approver(db: None) -> Any:
    """The actor of an approver of the aid office of county 530623."""
    from tests.factories import actor_of

    return actor_of("approver", office="aid", division_prefix="530623")


@pytest.fixture
def auditor(db: None) -> Any:
    """The actor of an auditor of county 530623."""
    from tests.factories import actor_of

    return actor_of("auditor", division_prefix="530623")
