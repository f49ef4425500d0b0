"""An outsider checks an exported ledger with one file and no key."""

import json
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from povedu.ledger.models import LedgerEntry
from povedu.ledger.services import Leg, post_many
from reports.exports.ledger import LedgerFilter, write_ledger

SCRIPT = Path(settings.BASE_DIR) / "tools" / "verify_export.py"
COUNTY = "530623"


@pytest.fixture
def export(auditor: Any, office: Any, now: Any, tmp_path: Path) -> Any:
    legs = []
    for number in range(30):
        day = date(2016, 1 + number % 12, 5)
        about = ("p", "s", "2016-1", f"payment:{number}", "=1+1" if number % 2 else "@home, “x”")
        legs += [
            Leg(number, day, "expense", 10_050 + number, "county", *about),
            Leg(number, day, "cash", -10_050 - number, "county", *about),
        ]
    post_many(county_code=COUNTY, legs=legs, actor=office, now=now)

    def write(fmt: str, **chosen: str) -> Path:
        target = tmp_path / f"ledger.{fmt}"
        with target.open("wb") as file:
            write_ledger(file, fmt, actor=auditor, now=now, chosen=LedgerFilter(2016, **chosen))
        return target

    return write


@pytest.fixture(params=["xlsx", "csv"])
def exported(request: Any, export: Any) -> Path:
    return export(request.param)


def run(*arguments: object) -> tuple[int, Any]:
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), "--json", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


def test_whole_export_is_found_whole(exported: Path) -> None:
    last = LedgerEntry.objects.get(seq=60)
    code, found = run(exported, "--anchor", f"60:{last.hash}")
    assert (code, found["rows"], found["gaps"], found["hash"]) == (0, 60, 0, last.hash)
    code, found = run(exported, "--anchor", f"60:{'0' * 64}")
    assert (code, found["number"]) == (1, "60")
    code, found = run(exported, "--anchor", f"61:{last.hash}")
    assert (code, found["fault"]) == (1, "the anchored row is missing")


def test_changed_rows_are_named(export: Any, tmp_path: Path) -> None:
    lines = export("csv").read_text("utf-8-sig").splitlines()
    for edit, number in (
        (lambda rows: rows.__setitem__(7, rows[7].replace("payment:3", "payment:9")), "7"),
        (lambda rows: rows.__setitem__(9, rows[9].replace("county", "city")), "9"),
        (lambda rows: rows.__setitem__(5, rows[6]), "6"),
    ):
        rows = list(lines)
        edit(rows)
        bad = tmp_path / "bad.csv"
        bad.write_text("\n".join(rows), "utf-8-sig")
        code, found = run(bad)
        assert code == 1, found
        assert found["number"] in (number, lines[int(number)].split(",")[1])
    short = tmp_path / "short.csv"
    short.write_text("\n".join(lines[:5] + lines[7:]), "utf-8-sig")
    code, found = run(short)
    assert (code, found["fault"]) == (1, "the rows are not those that the cover was made for")
    bare = [line for line in lines[:5] + lines[7:] if not line.startswith("#")]
    short.write_text("\n".join(bare), "utf-8-sig")
    code, found = run(short)
    assert (code, found["gaps"], found["cover"]) == (0, 1, False)


def test_the_content_is_that_of_the_audit_trail_in_either_form(export: Any) -> None:
    told = {fmt: run(export(fmt))[1] for fmt in ("xlsx", "csv")}
    assert told["xlsx"]["content"] == told["csv"]["content"] != ""
    assert told["xlsx"]["cover"]
    assert told["csv"]["cover"]
    code, found = run(export("xlsx", source="county"))
    assert (code, found["cover"]) == (0, True)


def test_an_anchor_on_the_cover_is_held_against_the_rows(export: Any) -> None:
    path = export("csv")
    last = LedgerEntry.objects.get(seq=60).hash
    head, _comma, cover = path.read_text("utf-8-sig").rpartition(last)
    assert f"60 {last}" in f"{head}{last}{cover}"
    path.write_text(f"{head}{'0' * 64}{cover}", "utf-8-sig")
    code, found = run(path)
    assert (code, found["fault"], found["number"]) == (1, "hash differs from the cover's", "60")


def replaced(path: Path, old: str, new: str) -> None:
    """Write an export anew with every ``old`` in it made ``new``."""
    if path.suffix == ".csv":
        text = path.read_text("utf-8-sig")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8-sig")
        return
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    assert any(old.encode() in part for part in parts.values())
    with zipfile.ZipFile(path, "w") as book:
        for name, part in parts.items():
            book.writestr(name, part.replace(old.encode(), new.encode()))


SPENT = "3019.35"  # thirty vouchers of 100.50 to 100.79


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (SPENT, SPENT, ""),
        (SPENT, "3019.36", f"3019.36, summed {SPENT}"),
        (SPENT, "much", f"much, summed {SPENT}"),
        ("100.79", "100.79", ""),
        ("100.79", "100.97", "the row does not give its hash"),
    ],
)
def test_totals_are_held_against_the_rows(exported: Path, old: str, new: str, fault: str) -> None:
    replaced(exported, old, new)
    code, found = run(exported)
    assert (code, found["ok"]) == ((1, False) if fault else (0, True))
    assert found["fault"].endswith(fault)


def told_by(path: Path, **changed: str) -> Any:
    """Return what is found in a .csv one line of which, by the beginning of it, was changed."""
    lines = path.read_text("utf-8-sig").splitlines()
    for start, value in changed.items():
        [at] = [n for n, line in enumerate(lines) if line.startswith(start)]
        lines[at] = lines[at].rpartition(",")[0] + "," + value
    path.write_text("\n".join(lines), "utf-8-sig")
    return run(path)[1]


def test_the_number_of_rows_is_held_against_the_cover(export: Any) -> None:
    assert told_by(export("csv"), **{"# 行数": "60"})["ok"]
    assert told_by(export("csv"), **{"# 行数": "59"})["fault"].endswith("行数 59, counted 60")


def test_money_out_beside_the_hashed_columns_is_held_against_them(export: Any) -> None:
    line = f"{COUNTY},2,"  # the cash leg of the first voucher
    assert told_by(export("csv"), **{line: "100.50"})["ok"]
    found = told_by(export("csv"), **{line: "100.51"})
    assert (found["fault"], found["number"]) == ("money in and out are not the amount", "2")


def test_something_else_is_not_read(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    assert run(other)[0] == 2
