#!/usr/bin/env python3
"""Backups that have been restored once before they are called backups.

    backup.py make              dump, encrypt, restore into a scratch database, compare, prune
    backup.py nightly           do that every night (the backup container)
    backup.py check FILE        restore a backup into a scratch database and compare
    backup.py restore FILE      restore into the configured database, which must be empty

A backup holds the database and the encrypted file store. It does not hold the secrets (field keys,
index key, chain key): keep those apart, on paper or a medium in a safe. It is encrypted with
``backup_key`` (AES-256-GCM in chunks; a chunk changed, moved, repeated or cut off is refused).

One file, and Python 3.11 with ``cryptography`` is all it needs: the backup container holds no more,
and whoever restores after a disaster may have no more. Environment: POVEDU_DATABASE_URL,
POVEDU_VAR, POVEDU_SECRETS_DIR, POVEDU_BACKUPS, POVEDU_BACKUP_AT, POVEDU_BACKUP_KEEP.
"""

import argparse
import base64
import hashlib
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import IO
from urllib.parse import unquote, urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("POVEDU_VAR") or ROOT / "var")
SECRETS = Path(os.environ.get("POVEDU_SECRETS_DIR") or VAR / "secrets")
BACKUPS = Path(os.environ.get("POVEDU_BACKUPS") or VAR / "backups")
URL = os.environ.get("POVEDU_DATABASE_URL") or f"sqlite:///{VAR / 'povedu.sqlite3'}"
KEEP_DAYS = int(os.environ.get("POVEDU_BACKUP_KEEP") or 35)
MAGIC = b"povedu-backup-1\n"
CHUNK = 1 << 20
APPEND_ONLY = ("audit_auditentry", "audit_auditseal", "ledger_ledgerentry")


class Broken(Exception):
    """A backup could not be made, or is not one; the sentence says why."""


# --- encryption ---------------------------------------------------------------------------------


def _key(salt: bytes) -> AESGCM:
    path = SECRETS / "backup_key"
    if not path.exists():
        raise Broken(f"no backup key at {path}; run tools/make_secrets.sh")
    secret = base64.b64decode(path.read_text())
    return AESGCM(HKDF(SHA256(), 32, salt, b"povedu backup").derive(secret))


def seal(source: IO[bytes], target: IO[bytes]) -> None:
    """Encrypt a stream; each chunk's place, and whether it is the last, is bound into it."""
    salt = os.urandom(16)
    cipher = _key(salt)
    target.write(MAGIC + salt)
    number, chunk = 0, source.read(CHUNK)
    while True:
        following = source.read(CHUNK)
        place = struct.pack(">QB", number, not following)
        sealed = cipher.encrypt(place.rjust(12, b"\0"), chunk, place)
        target.write(struct.pack(">I", len(sealed)) + sealed)
        if not following:
            return
        number, chunk = number + 1, following


def unseal(source: IO[bytes], target: IO[bytes]) -> None:
    """Decrypt a stream; raise Broken for anything but exactly what was sealed."""
    if source.read(len(MAGIC)) != MAGIC:
        raise Broken("not a backup of this system")
    cipher = _key(source.read(16))
    number, last = 0, False
    while not last:
        head = source.read(4)
        if len(head) < 4:
            raise Broken("the backup is cut off")
        length = struct.unpack(">I", head)[0]
        sealed = source.read(min(length, CHUNK + 16))
        if len(sealed) != length:
            raise Broken("the backup is cut off or damaged")
        for last in (False, True):
            place = struct.pack(">QB", number, last)
            with suppress(InvalidTag):
                target.write(cipher.decrypt(place.rjust(12, b"\0"), sealed, place))
                break
        else:
            raise Broken("the backup is damaged, or another key made it")
        number += 1
    if source.read(1):
        raise Broken("something was added to the backup")


# --- databases ----------------------------------------------------------------------------------


class Sqlite:
    """An embedded database: one file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def dump(self, folder: Path) -> None:
        """Copy a consistent state while others write."""
        with (
            closing(sqlite3.connect(self.path, timeout=60)) as source,
            closing(sqlite3.connect(folder / "database.sqlite3")) as target,
        ):
            source.backup(target)

    def counts(self) -> dict[str, int]:
        """Return the rows of every table."""
        with closing(sqlite3.connect(self.path, timeout=60)) as link:
            if link.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise Broken("the database fails its integrity check")
            names = link.execute(
                "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%'"
            ).fetchall()
            return {
                name: link.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608  # names come from the database
                for (name,) in names
            }

    def triggers(self) -> set[str]:
        """Return the names of the triggers."""
        with closing(sqlite3.connect(self.path, timeout=60)) as link:
            rows = link.execute("SELECT name FROM sqlite_master WHERE type='trigger'")
            return {name for (name,) in rows}

    def is_empty(self) -> bool:
        """Say whether there is nothing yet."""
        return not self.path.exists() or not self.counts()

    def load(self, folder: Path) -> None:
        """Put a dump in place of nothing."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(folder / "database.sqlite3", self.path)
        self.path.chmod(0o600)

    def sign(self) -> None:
        """Note the moment in the database itself, for the health page."""
        with closing(sqlite3.connect(self.path, timeout=60)) as link, link:
            link.execute(
                "INSERT INTO jobs_workersign (name, seen_at)"
                " VALUES ('backup', strftime('%Y-%m-%d %H:%M:%f', 'now'))"
                " ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at"
            )

    @contextmanager
    def scratch(self) -> Iterator["Sqlite"]:
        """Give an empty database beside this one for a while."""
        with tempfile.TemporaryDirectory(prefix="povedu-check-") as folder:
            yield Sqlite(Path(folder) / "check.sqlite3")


class Postgres:
    """A PostgreSQL database, through its own command-line tools."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.name = parts.path.lstrip("/")
        secret = SECRETS / "database_password"
        password = unquote(parts.password or "") or (
            secret.read_text().strip() if secret.exists() else ""
        )
        self.environment = {
            **os.environ,
            "PGHOST": parts.hostname or "127.0.0.1",
            "PGPORT": str(parts.port or 5432),
            "PGUSER": unquote(parts.username or "postgres"),
            "PGPASSWORD": password,
            "PGCONNECT_TIMEOUT": "10",
            "PGTZ": "UTC",
        }

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Broken(f"{command[0]} failed: {done.stderr.strip()[-500:]}")
        return done.stdout

    def _ask(self, statement: str, database: str = "") -> list[list[str]]:
        options = ("-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1")
        answer = self._run("psql", *options, "-d", database or self.name, "-c", statement)
        return [line.split("\t") for line in answer.splitlines() if line]

    def dump(self, folder: Path) -> None:
        """Dump one consistent state."""
        path = str(folder / "database.dump")
        self._run("pg_dump", "-Fc", "--no-owner", "--no-privileges", "-f", path, self.name)

    def counts(self) -> dict[str, int]:
        """Return the rows of every table."""
        tables = [row[0] for row in self._ask(_TABLES)]
        found = {}
        for table in tables:
            found[table] = int(self._ask(f'SELECT count(*) FROM public."{table}"')[0][0])  # noqa: S608  # names come from the database
        return found

    def triggers(self) -> set[str]:
        """Return the names of the triggers that fire."""
        return {row[0] for row in self._ask(_TRIGGERS)}

    def is_empty(self) -> bool:
        """Say whether there is nothing yet."""
        return not self._ask(_TABLES)

    def load(self, folder: Path) -> None:
        """Restore a dump in one transaction."""
        path = str(folder / "database.dump")
        options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
        self._run("pg_restore", *options, "-d", self.name, path)

    def sign(self) -> None:
        """Note the moment in the database itself, for the health page."""
        self._ask(
            "INSERT INTO jobs_workersign (name, seen_at) VALUES ('backup', now())"
            " ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at"
        )

    @contextmanager
    def scratch(self) -> Iterator["Postgres"]:
        """Give an empty database on the same server for a while."""
        other = Postgres.__new__(Postgres)
        other.name, other.environment = f"{self.name}_check_{os.getpid()}", self.environment
        self._ask(f'CREATE DATABASE "{other.name}" TEMPLATE template0', "postgres")
        try:
            yield other
        finally:
            self._ask(f'DROP DATABASE IF EXISTS "{other.name}" WITH (FORCE)', "postgres")


_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
_TRIGGERS = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
Database = Sqlite | Postgres


def database() -> Database:
    """Return the configured database."""
    if URL.startswith("sqlite"):
        return Sqlite(Path("/" + urlsplit(URL).path.lstrip("/")))
    return Postgres(URL)


# --- the work -----------------------------------------------------------------------------------


def make() -> Path:
    """Make a backup, check it, prune old ones; return its path."""
    BACKUPS.mkdir(parents=True, exist_ok=True, mode=0o700)
    source = database()
    before = source.counts()
    name = f"povedu-{datetime.now():%Y%m%d-%H%M%S}.backup"  # noqa: DTZ005  # people look for the local hour
    partial = BACKUPS / f".{name}.part"
    with tempfile.TemporaryDirectory(prefix="povedu-backup-") as scratch:
        folder = Path(scratch)
        source.dump(folder)
        manifest = {
            "made_at": datetime.now().astimezone().isoformat(timespec="seconds"),
            "kind": type(source).__name__.lower(),
            "triggers": sorted(source.triggers()),
            "at_least": {name: before.get(name, 0) for name in APPEND_ONLY},
            "tables": len(before),
        }
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=1))
        bundle = folder / "bundle.tar"
        with tarfile.open(bundle, "w") as tar:
            for path in sorted(folder.glob("[md]*.[jds]*")):
                tar.add(path, path.name)
            for path in sorted((VAR / "store").glob("??/*")):
                with suppress(FileNotFoundError):  # expired files go at any time
                    if path.suffix != ".part":
                        tar.add(path, f"store/{path.parent.name}/{path.name}")
        with bundle.open("rb") as plain, partial.open("wb") as sealed:
            seal(plain, sealed)
            sealed.flush()
            os.fsync(sealed.fileno())
    try:
        check(partial)
    except Broken:
        partial.unlink()
        raise
    final = BACKUPS / name
    partial.rename(final)
    (BACKUPS / f"{name}.sha256").write_text(f"{_sha256(final)}  {name}\n")
    prune()
    source.sign()
    return final


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def opened(path: Path) -> Iterator[tuple[Path, dict[str, object]]]:
    """Give the unpacked content of a backup and its manifest for a while."""
    with tempfile.TemporaryDirectory(prefix="povedu-restore-") as scratch:
        folder = Path(scratch)
        with path.open("rb") as sealed, (folder / "bundle.tar").open("wb") as plain:
            unseal(sealed, plain)
        with tarfile.open(folder / "bundle.tar") as tar:
            tar.extractall(folder, filter="data")
        (folder / "bundle.tar").unlink()
        yield folder, json.loads((folder / "manifest.json").read_text())


def check(path: Path) -> dict[str, int]:
    """Restore a backup into a scratch database and compare; return the rows of every table."""
    with opened(path) as (folder, manifest), database().scratch() as scratch:
        scratch.load(folder)
        return _compare(scratch, manifest)


def _compare(restored: Database, manifest: dict[str, object]) -> dict[str, int]:
    found = restored.counts()
    if len(found) != manifest["tables"]:
        raise Broken(f"{len(found)} tables came back of {manifest['tables']}")
    for table, rows in dict(manifest["at_least"]).items():  # type: ignore[call-overload]
        if found.get(table, 0) < rows:
            raise Broken(f"{table}: {found.get(table, 0)} rows came back of {rows}")
    gone = set(manifest["triggers"]) - restored.triggers()  # type: ignore[call-overload]
    if gone:
        raise Broken(f"triggers did not come back: {sorted(gone)}")
    return found


def restore(path: Path) -> dict[str, int]:
    """Restore a backup into the configured, empty database and file store."""
    target = database()
    if not target.is_empty():
        raise Broken("the database is not empty; restore into a new one")
    with opened(path) as (folder, manifest):
        if manifest["kind"] != type(target).__name__.lower():
            raise Broken(f"this is a backup of {manifest['kind']}")
        target.load(folder)
        found = _compare(target, manifest)
        _restore_files(folder / "store")
    return found


def _restore_files(store: Path) -> None:
    for file in store.rglob("*"):
        if file.is_file():
            place = VAR / "store" / PurePosixPath(file.relative_to(store))
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copyfile(file, place)
            place.chmod(0o600)


def prune() -> None:
    """Delete what is older than the days to keep, except the first backup of each month."""
    limit = time.time() - KEEP_DAYS * 86400
    months: set[str] = set()
    for path in sorted(BACKUPS.glob("povedu-*.backup")):
        month = path.name[7:13]
        if month in months and path.stat().st_mtime < limit:
            path.unlink()
            path.with_name(f"{path.name}.sha256").unlink(missing_ok=True)
        months.add(month)


def nightly() -> None:
    """Make a backup every night at POVEDU_BACKUP_AT, for ever."""
    hour, minute = map(int, (os.environ.get("POVEDU_BACKUP_AT") or "02:00").split(":"))
    while True:
        now = datetime.now()  # noqa: DTZ005  # the office's own night
        due = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        time.sleep(((due if due > now else due + timedelta(days=1)) - now).total_seconds())
        try:
            print(f"backup made and checked: {make()}", flush=True)
        except (Broken, OSError, subprocess.SubprocessError) as error:
            print(f"BACKUP FAILED: {error}", flush=True)


def main(arguments: list[str]) -> int:
    """Do what was asked for; 2 where it could not be done."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("verb", choices=["make", "nightly", "check", "restore"])
    parser.add_argument("file", nargs="?", type=Path)
    given = parser.parse_args(arguments)
    if given.verb in {"check", "restore"} and given.file is None:
        parser.error("which file?")
    try:
        if given.verb == "make":
            print(f"made and checked: {make()}")
        elif given.verb == "nightly":
            nightly()
        else:
            found = (check if given.verb == "check" else restore)(given.file)
            print(f"{sum(found.values())} rows in {len(found)} tables came back")
    except (Broken, OSError, sqlite3.Error, tarfile.TarError) as error:
        print(f"{given.verb}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
