"""One installation and one browser for all journeys of a session."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.site import Desk, Site


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the journeys in one process and in order: they share one county."""
    for item in items:
        if "tests/journeys/" in str(item.fspath):
            item.add_marker(pytest.mark.xdist_group("journeys"))
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo county, served; made once."""
    installation = Site(tmp_path_factory.mktemp("site"))
    try:
        installation.start()
        yield installation
    finally:
        installation.stop()


@pytest.fixture
def sit_down(site: Site, browser: Browser) -> Iterator[Callable[[str], Desk]]:
    """Return a function that signs somebody in; every window is checked and closed at the end."""
    desks: list[Desk] = []

    def sit(username: str) -> Desk:
        desk = Desk(site, browser, username)
        desks.append(desk)
        return desk

    yield sit
    for desk in desks:
        desk.leave()
