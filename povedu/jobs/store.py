"""The store: files at rest, encrypted, under random names that say nothing."""

import os
import secrets
from pathlib import Path

from django.conf import settings

from povedu.protected import seal, unseal


def _folder() -> Path:
    folder = Path(settings.VAR_DIR) / "store"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _path(key: str) -> Path:
    if not key.isalnum():
        raise ValueError("not a store key")
    return _folder() / key[:2] / key


def put(content: bytes) -> str:
    """Keep bytes and return their key; whole and on disk when this returns, or not there at all."""
    key = secrets.token_hex(16)
    path = _path(key)
    path.parent.mkdir(exist_ok=True, mode=0o700)
    scratch = path.with_suffix(".part")
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(seal(content, context=f"store:{key}"))
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)
    return key


def read(key: str) -> bytes:
    """Return what was put; raise FileNotFoundError where it is gone."""
    return unseal(_path(key).read_bytes(), context=f"store:{key}")


def remove(key: str) -> None:
    """Forget what was put; nothing happens where it is gone already."""
    _path(key).unlink(missing_ok=True)


def remove_scraps(*, before: float) -> None:
    """Delete what was only half written when its writer died, last touched before a POSIX time."""
    for path in _folder().glob("??/*.part"):
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
