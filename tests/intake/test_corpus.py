"""The corpus: every file with the truth for each of its rows, brought in as a worker does."""

from collections.abc import Iterator
from typing import Any

import pytest

from povedu.intake import reader
from tests.factories import CountyCalendarFactory, CountyFactory, SchoolFactory
from tests.intake.corpus.bench import brought_in, differences, faults_of
from tests.intake.corpus.cases import FORMATS, SCHOOL, rendered
from tests.intake.corpus.forks import ForkServer
from tests.intake.corpus.registers import LAYOUTS, registers
from tests.intake.corpus.themes import THEMES, corpus

CASES = {case.name: case for case in (*corpus(), *registers())}


@pytest.fixture(scope="module")
def forks() -> Iterator[ForkServer]:
    server = ForkServer()
    yield server
    server.close()


@pytest.fixture
def county(db: None, forks: ForkServer, monkeypatch: Any) -> ForkServer:
    CountyFactory()
    CountyCalendarFactory()
    SchoolFactory(code=SCHOOL, name="东山小学")
    monkeypatch.setattr(reader, "_documents", forks.documents)
    return forks


def test_the_corpus_is_large_and_in_every_format() -> None:
    assert len(CASES) >= 200
    assert {case.format for case in CASES.values()} == FORMATS.keys()


@pytest.mark.parametrize("theme", [*THEMES, *LAYOUTS])
def test_every_file_of_the_corpus_is_read_as_the_truth_says(theme: str, county: ForkServer) -> None:
    wrong = {}
    for name, case in CASES.items():
        if name.startswith(f"{theme}."):
            content, truth = rendered(case)
            outcome = brought_in(content, name, case.kind)
            found = faults_of(outcome) + differences(outcome, truth)
            if outcome.batch.format != FORMATS[case.format].read_as:
                found.append(f"read as {outcome.batch.format}")
            if found:
                wrong[name] = found[:8]
    assert not wrong, "\n".join(f"{name}: {found}" for name, found in wrong.items())
    assert county.children() == 0
