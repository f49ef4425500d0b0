"""Thousands of changed files: where the truth holds it is met exactly, else nothing breaks.

A sample runs with the other tests, all of them in the nightly run.
"""

import zlib
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import transaction

from povedu import identity
from povedu.intake import reader, rows
from povedu.intake.services import stage
from tests.factories import CountyCalendarFactory, CountyFactory, SchoolFactory
from tests.intake.corpus.bench import brought_in, differences, faults_of
from tests.intake.corpus.cases import SCHOOL, rendered
from tests.intake.corpus.forks import ForkServer
from tests.intake.corpus.mutations import changed, rewrapped, torn
from tests.intake.corpus.registers import registers
from tests.intake.corpus.themes import corpus

CASES = [*corpus(), *registers()]
KEEPING, BREAKING = 150, 100
NIGHTLY_KEEPING, NIGHTLY_BREAKING = 3000, 2500


@pytest.fixture
def county(db: None, monkeypatch: Any, tmp_path: Path) -> Iterator[Path]:
    CountyFactory()
    CountyCalendarFactory()
    SchoolFactory(code=SCHOOL, name="东山小学")
    folder = tmp_path / "scratch"
    folder.mkdir()
    server = ForkServer(folder)
    monkeypatch.setattr(reader, "_documents", server.documents)
    yield folder
    assert server.children() == 0
    server.close()
    assert list(folder.iterdir()) == []


def one_kept(seed: int) -> list[str]:
    """Return what is wrong with one file that was changed without changing its truth."""
    rng = Random(f"keeping {seed}")
    case, ways = changed(rng, rng.choice(CASES))
    content, truth = rendered(case)
    with transaction.atomic():
        outcome = brought_in(rewrapped(rng, content), case.name, case.kind)
        found = faults_of(outcome) + differences(outcome, truth)
        transaction.set_rollback(True)
    return [f"seed {seed} ({case.name} as {case.format}, {ways}): {one}" for one in found[:4]]


def one_broken(seed: int) -> list[str]:
    """Return what is wrong with how one broken file was met."""
    rng = Random(f"breaking {seed}")
    case = rng.choice(CASES)
    content, _truth = rendered(case)
    with transaction.atomic():
        try:
            found = faults_of(brought_in(torn(rng, content), case.name, case.kind))
        except Exception as error:  # noqa: BLE001  # whatever it is, it is the finding
            found = [f"{type(error).__name__}: {error}"]
        transaction.set_rollback(True)
    return [f"seed {seed} ({case.name}): {one}" for one in found[:4]]


def gathered(one: Any, seeds: range) -> list[str]:
    return [line for seed in seeds for line in one(seed)]


def told(found: list[str]) -> str:
    return f"{len(found)} findings:\n" + "\n".join(found[:40])


def test_a_changed_file_is_read_as_its_truth_says(county: Path) -> None:
    found = gathered(one_kept, range(KEEPING))
    assert not found, told(found)


def test_a_broken_file_breaks_nothing(county: Path) -> None:
    found = gathered(one_broken, range(BREAKING))
    assert not found, told(found)


@pytest.mark.nightly
def test_thousands_of_changed_files(county: Path) -> None:
    found = gathered(one_kept, range(NIGHTLY_KEEPING))
    assert not found, told(found)


@pytest.mark.nightly
def test_thousands_of_broken_files(county: Path) -> None:
    found = gathered(one_broken, range(NIGHTLY_BREAKING))
    assert not found, told(found)


# --- the control: with a rule broken, the same harness reports


def _no_totals(monkeypatch: Any) -> None:
    monkeypatch.setattr(rows, "TOTAL", rows.re.compile("nothing is a total"))


def _luck_of_the_check(monkeypatch: Any) -> None:
    monkeypatch.setattr(identity, "_SCIENTIFIC", rows.re.compile("nothing is scientific"))


def _silent_width(monkeypatch: Any) -> None:
    honest = identity._squeezed

    def silent(raw: str) -> tuple[str, list[str]]:
        text, fixes = honest(raw)
        return text, [code for code in fixes if code != "fixed-width"]

    monkeypatch.setattr(identity, "_squeezed", silent)


@pytest.mark.parametrize("spoil", [_no_totals, _luck_of_the_check, _silent_width])
def test_the_control_a_broken_rule_is_reported(spoil: Any, county: Path, monkeypatch: Any) -> None:
    spoil(monkeypatch)
    assert gathered(one_kept, range(40))


def test_the_control_a_crash_and_a_half_write_are_reported(county: Path, monkeypatch: Any) -> None:
    honest = stage.insert_columns

    def half(model: Any, columns: Any, **about: Any) -> Any:
        height = len(columns["number"]) // 2
        return honest(model, {name: column[:height] for name, column in columns.items()}, **about)

    monkeypatch.setattr(stage, "insert_columns", half)
    assert gathered(one_kept, range(5))
    monkeypatch.setattr(reader, "_documents", lambda data, bounds: [{"end": zlib.crc32(data) / 0}])
    assert any("ZeroDivisionError" in line for line in gathered(one_broken, range(3)))
