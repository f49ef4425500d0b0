"""Whole columns sealed and indexed are what one value at a time would be."""

import base64
import hashlib
import hmac
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings

from povedu.protected import HeldIndexes, blind_index, blind_indexes, sealed_column, unseal

TEXTS = ["110101201501011234", "", "测试路1号", "110101201501011234", "𬭚" * 40]


def test_blind_indexes_are_keyed_hashes():
    key = base64.b64decode((Path(settings.SECRETS_DIR) / "index_key").read_text())
    wanted = [
        hmac.new(key, f"id\0{text}".encode(), hashlib.sha256).hexdigest()[:32] if text else ""
        for text in TEXTS
    ]
    assert blind_indexes("id", TEXTS) == wanted
    assert [blind_index("id", text) for text in TEXTS] == wanted
    assert blind_index("phone", TEXTS[0]) != wanted[0]


def test_a_sealed_column_opens_value_by_value_and_shows_no_repeats():
    sealed = sealed_column("students.phone", TEXTS)
    opened = [unseal(one, context="students.phone").decode() if one else "" for one in sealed]
    assert opened == TEXTS
    assert sealed[0] != sealed[3]
    assert len({one[:20] for one in sealed if one}) == 4  # key and nonce: none is used twice
    with pytest.raises(InvalidTag):
        unseal(sealed[0], context="students.name")


def test_indexes_held_as_bytes_are_the_same_indexes():
    texts = ["", *(f"5306232007030{n:05d}" for n in range(2100)), "", "X"]
    found, held = blind_indexes("id", texts), HeldIndexes("id", texts)
    assert len(held) == len(texts)
    assert list(held) == held[:] == found
    assert held[998:1003] == found[998:1003]
    assert (held[0], held[7]) == ("", found[7])
    other = held.replaced([0, 7], [found[8], ""])
    assert list(other) == [found[8], *found[1:7], "", *found[8:]]
    assert list(held) == found
