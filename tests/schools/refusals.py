"""What a refusal must say."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from povedu.errors import Refusal


@contextmanager
def refused(code: str, **where: Any) -> Iterator[None]:
    """Expect a refusal with this code, these coordinates, and a sentence."""
    with pytest.raises(Refusal) as info:
        yield
    assert info.value.code == code
    assert str(info.value)
    assert {key: info.value.where.get(key) for key in where} == where
