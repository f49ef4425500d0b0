"""A backup is restored before it is called one; a damaged one is refused."""

import importlib.util
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tools" / "backup.py"
POSTGRES = os.environ.get("POVEDU_DATABASE_URL", "").startswith("postgres")


@pytest.fixture
def place(tmp_path):
    """Return an environment with secrets and one filled SQLite database."""
    var = tmp_path / "var"
    var.mkdir()
    subprocess.run(["sh", ROOT / "tools/make_secrets.sh", tmp_path / "secrets"], check=True)
    link = sqlite3.connect(var / "povedu.sqlite3")
    link.executescript(
        """
        CREATE TABLE audit_auditentry (id INTEGER PRIMARY KEY, what TEXT);
        CREATE TABLE jobs_workersign (name TEXT PRIMARY KEY, seen_at TEXT NOT NULL);
        CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit_auditentry
            BEGIN SELECT RAISE(ABORT, 'no'); END;
        """
    )
    link.executemany("INSERT INTO audit_auditentry (what) VALUES (?)", [("secret word",)] * 5000)
    link.commit()
    link.close()
    store = var / "store" / "ab"
    store.mkdir(parents=True)
    (store / "abcdef").write_bytes(b"sealed")
    (store / "half.part").write_bytes(b"half")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("POVEDU_")},
        "POVEDU_VAR": str(var),
        "POVEDU_SECRETS_DIR": str(tmp_path / "secrets"),
        "POVEDU_BACKUPS": str(tmp_path / "backups"),
    }


def backup(environment, *arguments):
    return subprocess.run(
        [sys.executable, SCRIPT, *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def made(environment):
    done = backup(environment, "make")
    assert done.returncode == 0, done.stderr
    return next(Path(environment["POVEDU_BACKUPS"]).glob("*.backup"))


def test_a_backup_comes_back_whole_and_says_nothing_to_a_thief(place, tmp_path):
    path = made(place)
    assert b"secret word" not in path.read_bytes()
    signed = sqlite3.connect(Path(place["POVEDU_VAR"]) / "povedu.sqlite3")
    assert signed.execute("SELECT name FROM jobs_workersign").fetchall() == [("backup",)]
    signed.close()
    fresh = {**place, "POVEDU_VAR": str(tmp_path / "new")}
    done = backup(fresh, "restore", path)
    assert done.returncode == 0, done.stderr
    assert "5000 rows in 2 tables" in done.stdout
    assert (tmp_path / "new/store/ab/abcdef").read_bytes() == b"sealed"
    assert not (tmp_path / "new/store/ab/half.part").exists()
    again = backup(fresh, "restore", path)
    assert again.returncode == 2
    assert "not empty" in again.stderr


def _flip(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


DAMAGE = {
    "empty": lambda content: b"",
    "head only": lambda content: content[:20],
    "cut at half": lambda content: content[: len(content) // 2],
    "last byte gone": lambda content: content[:-1],
    "byte added": lambda content: content + b"x",
    "bit flipped": _flip,
    "64 bytes of zeros": lambda content: content[:5000] + bytes(64) + content[5064:],
    "salt changed": lambda content: content[:16] + bytes(16) + content[32:],
    "other file": lambda content: b"PK\x03\x04" + content[4:],
    "length overstated": lambda content: content[:32] + b"\xff\xff\xff\xff" + content[36:],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_backup_is_refused(place, damage):
    path = made(place)
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    done = backup(place, "check", path)
    assert done.returncode == 2
    assert done.stderr.startswith("check: ")
    assert "Traceback" not in done.stderr


def test_a_backup_without_its_triggers_or_rows_is_refused(place, tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("backup_tool", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    database = module.Sqlite(Path(place["POVEDU_VAR"]) / "povedu.sqlite3")
    good = {"tables": 2, "at_least": {"audit_auditentry": 5000}, "triggers": ["audit_no_delete"]}
    module._compare(database, good)
    for bad in ({"tables": 3}, {"at_least": {"audit_auditentry": 5001}}, {"triggers": ["gone"]}):
        with pytest.raises(module.Broken):
            module._compare(database, good | bad)


def test_another_key_does_not_open_it(place, tmp_path):
    path = made(place)
    subprocess.run(["sh", ROOT / "tools/make_secrets.sh", tmp_path / "other"], check=True)
    done = backup({**place, "POVEDU_SECRETS_DIR": str(tmp_path / "other")}, "check", path)
    assert done.returncode == 2


def test_old_backups_go_but_each_month_keeps_one(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("backup_tool", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "BACKUPS", tmp_path)
    names = ["20250101-020000", "20250102-020000", "20250201-020000", "20250202-020000"]
    for name in names:
        path = tmp_path / f"povedu-{name}.backup"
        path.touch()
        os.utime(path, (0, 0))
    module.prune()
    left = sorted(path.name[7:15] for path in tmp_path.glob("*.backup"))
    assert left == ["20250101", "20250201"]


@pytest.mark.postgres
@pytest.mark.skipif(not POSTGRES, reason="the suite runs on SQLite")
def test_the_same_on_postgresql(bench, place, tmp_path):
    environment = {**place, "POVEDU_DATABASE_URL": bench.environment["POVEDU_DATABASE_URL"]}
    path = made(environment)
    assert backup(environment, "check", path).returncode == 0
    assert "not empty" in backup(environment, "restore", path).stderr
