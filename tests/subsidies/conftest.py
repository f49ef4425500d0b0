"""What tests of money stand on."""

import pytest

from tests.subsidies.county import County


@pytest.fixture
def county(db: None) -> County:
    """A county with people and a school, and no children yet."""
    return County()
