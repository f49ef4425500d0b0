"""Whole columns sealed and indexed are what one value at a time would be."""

import base64
import hashlib
import hmac
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings

from povedu.protected import blind_index, blind_indexes, sealed_column, unseal

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
