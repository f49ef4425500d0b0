"""The demo site, its people and its browser."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from povedu.screens import menu
from tests.factories import DivisionFactory, SchoolFactory, actor_of, sign_in


@pytest.fixture
def demo(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Serve the demo site; office staff may edit in it, auditors only look."""
    from povedu.accounts import selectors
    from tests.screens import demo as site

    granted = {
        "office_staff": frozenset({site.VIEW, site.EDIT}),
        "auditor": frozenset({site.VIEW}),
    }
    monkeypatch.setattr(
        selectors, "actions_of", lambda role, office="": granted.get(role, frozenset())
    )
    settings.ROOT_URLCONF = "tests.screens.demo"
    folder = Path(__file__).parent / "templates"
    settings.TEMPLATES = [
        {**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], folder]}
    ]
    from povedu.screens import urls as own

    monkeypatch.setattr(menu, "_modules", lambda: [own, site])
    site.EXPORTS.clear()


@pytest.fixture
def schools(db: None) -> list[Any]:
    """Thirty schools in one township, one in the neighbouring county."""
    town = DivisionFactory(code="530623100000", name="青河镇", level="township")
    made = [
        SchoolFactory(
            code=f"21530000{index:02d}",
            name=f"青河镇第{index}小学",
            initials=f"qhzd{index}xx",
            division=town,
            kind=("primary", "junior", "kindergarten")[index % 3],
            principal_name="",
        )
        for index in range(1, 31)
    ]
    far = DivisionFactory(code="530624100000", name="邻县镇", level="township")
    SchoolFactory(code="2153999999", name="邻县小学", division=far)
    return made


@pytest.fixture
def staff(demo: None, db: None) -> Client:
    return sign_in(actor_of("office_staff", office="aid", division_prefix="530623"))


@pytest.fixture
def auditor(demo: None, db: None) -> Client:
    return sign_in(actor_of("auditor", division_prefix="530623"))


@pytest.fixture
def nobody(demo: None, db: None) -> Client:
    return sign_in(actor_of("system_admin", division_prefix="530623"))
