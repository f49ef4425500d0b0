"""What every test stands on: quick hashing, append-only tables that can be emptied, people."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.database import django_db_setup  # noqa: F401  # replaces pytest-django's

pytest_plugins = ["tests.jobs.killer"]
SHANGHAI = ZoneInfo("Asia/Shanghai")
CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


def pytest_configure(config: pytest.Config) -> None:
    """Hash passwords cheaply: argon2 is built to be slow, and is tested on its own."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    settings.WHITENOISE_AUTOREFRESH = True
    # Playwright keeps an event loop in the thread, which Django takes for asynchronous code.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


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


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Headless Chromium; its absence fails in CI and skips elsewhere."""
    if not Path(CHROMIUM).exists():
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing: apt-get install chromium")
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()
