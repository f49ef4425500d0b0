"""Personal data at rest: sealed with AES-GCM under a named key, found again by a keyed blind index.

Keys live outside the database (``SECRETS_DIR``): ``field_keys`` holds ``id:base64`` lines of which
the last one seals and all unseal, ``index_key`` makes blind indexes. A sealed value is
``key id · 0x00 · nonce(12) · ciphertext``; the column's name is bound in as associated data, so a
value moved to another column does not open.
"""

import base64
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self, overload

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

from povedu.identity import mask_id

if TYPE_CHECKING:
    from hashlib import _Hash as HASH

    from django.db.backends.base.base import BaseDatabaseWrapper

    _BinaryField = models.BinaryField[Any, Any]
else:
    _BinaryField = models.BinaryField

_NONCE = 12
_SHA_BLOCK = 64
_NO_INDEX = "0" * 32
_HELD_AT_ONCE = 1000


class KeyMissing(Exception):
    """A sealed value names a key that this installation does not hold."""


@cache
def _keys() -> dict[bytes, AESGCM]:
    lines = (Path(settings.SECRETS_DIR) / "field_keys").read_text().split()
    pairs = (line.split(":", 1) for line in lines)
    return {key_id.encode(): AESGCM(base64.b64decode(key)) for key_id, key in pairs}


@cache
def _index_key() -> bytes:
    return base64.b64decode((Path(settings.SECRETS_DIR) / "index_key").read_text())


def forget_keys() -> None:
    """Read the key files again at next use; called after a rotation."""
    _keys.cache_clear()
    _index_key.cache_clear()
    _index_states.cache_clear()


def seal(plain: bytes, *, context: str = "") -> bytes:
    """Encrypt bytes under the newest key; ``context`` must be given again to open them."""
    return sealer(context)(plain)


def sealer(context: str) -> Callable[[bytes], bytes]:
    """Return ``seal`` for many values of one context, the key looked up once."""
    keys = _keys()
    key_id = next(reversed(keys))
    encrypt, head, bound = keys[key_id].encrypt, key_id + b"\0", context.encode()

    def one(plain: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return head + nonce + encrypt(nonce, plain, bound)

    return one


def sealed_column(context: str, texts: Iterable[str]) -> list[bytes]:
    """Return texts sealed one by one under the newest key, "" as no bytes.

    Every value has a nonce of its own, as from ``seal``; these are drawn from the system together.
    """
    keys = _keys()
    key_id = next(reversed(keys))
    encrypt, head, bound = keys[key_id].encrypt, key_id + b"\0", context.encode()
    plain = [text.encode() for text in texts]
    nonces = os.urandom(_NONCE * len(plain))
    sealed = []
    for at, one in enumerate(plain):
        nonce = nonces[at * _NONCE : at * _NONCE + _NONCE]
        sealed.append(head + nonce + encrypt(nonce, one, bound) if one else b"")
    return sealed


def unseal(sealed: bytes, *, context: str = "") -> bytes:
    """Decrypt bytes; raise KeyMissing or cryptography's InvalidTag."""
    key_id, _, rest = sealed.partition(b"\0")
    key = _keys().get(key_id)
    if key is None:
        raise KeyMissing(key_id.decode(errors="replace"))
    return key.decrypt(rest[:_NONCE], rest[_NONCE:], context.encode())


@cache
def _index_states() -> tuple["HASH", "HASH"]:
    """Return SHA-256 with the index key's inner and outer pad taken in, as RFC 2104 has HMAC."""
    key = _index_key()
    block = (hashlib.sha256(key).digest() if len(key) > _SHA_BLOCK else key).ljust(
        _SHA_BLOCK, b"\0"
    )
    return (
        hashlib.sha256(bytes(byte ^ 0x36 for byte in block)),
        hashlib.sha256(bytes(byte ^ 0x5C for byte in block)),
    )


def blind_indexes(kind: str, texts: Iterable[str]) -> list[str]:
    """Return the blind index of each of a column's texts."""
    inner, outer = _index_states()
    begun = inner.copy()
    begun.update(f"{kind}\0".encode())
    found = []
    for text in texts:
        if not text:
            found.append("")
            continue
        first, second = begun.copy(), outer.copy()
        first.update(text.encode())
        second.update(first.digest())
        found.append(second.hexdigest()[:32])
    return found


class HeldIndexes(Sequence[str]):
    """The blind indexes of a column's texts: made when first looked at, then 16 bytes each."""

    def __init__(self, kind: str, texts: Sequence[str]) -> None:
        self._kind, self._texts = kind, texts
        self._blocks: dict[int, bytes] = {}
        self._others: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._texts)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, int):
            block, place = divmod(at, _HELD_AT_ONCE)
            found = self._block(block)[place * 16 : place * 16 + 16].hex()
            return self._others.get(at, self._shown(found))
        first, last, _step = at.indices(len(self))
        blocks = range(first // _HELD_AT_ONCE, -(-last // _HELD_AT_ONCE))
        shown = b"".join(map(self._block, blocks)).hex()
        start = blocks.start * _HELD_AT_ONCE
        made = [
            self._shown(shown[n : n + 32])
            for n in range((first - start) * 32, (last - start) * 32, 32)
        ]
        return list(map(self._others.get, range(first, last), made)) if self._others else made

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self), _HELD_AT_ONCE):
            yield from self[start : start + _HELD_AT_ONCE]

    def _block(self, block: int) -> bytes:
        held = self._blocks.get(block)
        if held is None:
            start = block * _HELD_AT_ONCE
            found = blind_indexes(self._kind, self._texts[start : start + _HELD_AT_ONCE])
            held = self._blocks[block] = bytes.fromhex("".join([one or _NO_INDEX for one in found]))
        return held

    @staticmethod
    def _shown(index: str) -> str:
        return "" if index == _NO_INDEX else index

    def replaced(self, places: Sequence[int], indexes: Sequence[str]) -> Self:
        """Return the same with other indexes at some places."""
        other = copy(self)  # what either makes the other need not
        other._others = self._others | dict(zip(places, indexes, strict=True))
        return other


def blind_index(kind: str, text: str) -> str:
    """Return 32 hex characters that are equal for equal text of one kind, "" for no text."""
    return blind_indexes(kind, (text,))[0]


class Secret:
    """A personal value that shows itself masked; only ``reveal`` gives the whole of it."""

    kind: ClassVar[str] = "secret"
    __slots__ = ("_context", "_plain", "_sealed")

    def __init__(self, plain: str) -> None:
        self._plain: str | None = plain
        self._sealed = b""
        self._context = ""

    @classmethod
    def from_sealed(cls, sealed: bytes, context: str) -> Self:
        """Wrap a stored value without opening it."""
        secret = cls("")
        secret._plain, secret._sealed, secret._context = None, sealed, context
        return secret

    def reveal(self) -> str:
        """Return the full value; whoever shows it to a person records that first."""
        if self._plain is None:
            self._plain = unseal(self._sealed, context=self._context).decode()
        return self._plain

    @classmethod
    def mask(cls, plain: str) -> str:
        """Return what anybody may see."""
        return "*" * min(len(plain), 8)

    @property
    def index(self) -> str:
        """Return the blind index of the value."""
        return blind_index(self.kind, self.reveal())

    def __str__(self) -> str:
        return self.mask(self.reveal())

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.reveal() == other.reveal()

    def __hash__(self) -> int:
        return hash(self.reveal())

    def __bool__(self) -> bool:
        return bool(self._sealed) or bool(self._plain)


class IdNumber(Secret):
    """A resident identity number, shown as its first six and last four characters."""

    kind = "id"
    __slots__ = ()

    @classmethod
    def mask(cls, plain: str) -> str:
        """Show six and four."""
        return mask_id(plain)


class BankAccount(Secret):
    """A bank card or passbook number, shown as its last four digits."""

    kind = "account"
    __slots__ = ()

    @classmethod
    def mask(cls, plain: str) -> str:
        """Show the last four."""
        return f"{'*' * max(len(plain) - 4, 4)}{plain[-4:]}" if len(plain) > 6 else "****"


class Phone(Secret):
    """A telephone number, shown as three and four digits."""

    kind = "phone"
    __slots__ = ()

    @classmethod
    def mask(cls, plain: str) -> str:
        """Show three and four of a full-length number."""
        return f"{plain[:3]}****{plain[-4:]}" if len(plain) >= 11 else "****"


class Address(Secret):
    """A home address, shown as its first six characters (county and township)."""

    kind = "address"
    __slots__ = ()

    @classmethod
    def mask(cls, plain: str) -> str:
        """Show the beginning."""
        return f"{plain[:6]}****" if len(plain) > 6 else "****"


class ProtectedField(_BinaryField):
    """Store a ``Secret`` sealed; Python sees the secret type, the database only ciphertext.

    Empty is stored as zero bytes. Equality searches go through a blind-index column beside it.
    """

    def __init__(self, secret: type[Secret] = Secret, **kwargs: Any) -> None:
        self.secret = secret
        kwargs.setdefault("default", b"")
        kwargs.setdefault("editable", True)
        kwargs.setdefault("blank", True)
        super().__init__(**kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Keep migrations free of the secret type: the column is bytes whatever it holds."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs

    @cached_property
    def context(self) -> str:
        """Return the associated data that binds a value to this column."""
        return f"{self.model._meta.label_lower}.{self.attname}"

    def from_db_value(
        self,
        value: bytes | memoryview | None,
        expression: object,
        connection: "BaseDatabaseWrapper",
    ) -> Secret:
        """Wrap the stored bytes; they are opened only when somebody looks."""
        sealed = bytes(value or b"")
        return self.secret.from_sealed(sealed, self.context) if sealed else self.secret("")

    def get_default(self) -> Any:
        """Start empty."""
        return self.secret("")

    def to_python(self, value: Any) -> Any:
        """Accept plain text from forms."""
        return self.secret(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        """Seal on the way to the database."""
        if value is None or isinstance(value, bytes):
            return value or b""
        plain = value.reveal() if isinstance(value, Secret) else str(value)
        return seal(plain.encode(), context=self.context) if plain else b""

    def prepared_column(self, values: Sequence[Any]) -> list[bytes]:
        """Seal a whole column on its way to the database, as ``get_prep_value`` does one."""
        if not any(values):
            return [b""] * len(values)
        if set(map(type, values)) == {str}:
            return sealed_column(self.context, values)
        return [self.get_prep_value(value) for value in values]

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002  # Django's signature
        """Hand the sealed bytes to the driver."""
        if not prepared:
            value = self.get_prep_value(value)
        return connection.Database.Binary(value) if value is not None else None

    def value_to_string(self, obj: models.Model) -> str:
        """Write ciphertext into fixtures, never the value."""
        return base64.b64encode(self.get_prep_value(self.value_from_object(obj))).decode()

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        """Offer a text field; forms that edit one declare it themselves where masking matters."""
        from django import forms

        return models.Field.formfield(self, form_class=forms.CharField, **kwargs)
