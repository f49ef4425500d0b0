"""Schemathesis finds nothing: every operation of the API, by its description, on a live server.

Each list and its rows are driven by the first member of the cast who may do everything there; what
others are refused, the matrix tries. Every value that a description names as a limit is tried on a
seeded half of the prefixes, which is most of the cost; the long proof tries them on all, as
everybody.
"""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from povedu.api import offered
from tests.guards.sweep import visitor
from tests.guards.world import CAST, World

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.worker,
    pytest.mark.django_db(transaction=True),
]
# Methods that are not offered: the matrix tries each on every address, so one is enough here.
SETTINGS = """
[phases.coverage]
unexpected-methods = ["PATCH"]
"""
# Operations whose limits are left to the long proof.
SPARED = """
[[operations]]
include-path-regex = "^/api/v1/({})/"
phases.coverage.enabled = false
"""
DRIVERS = ("county administrator", "auditor", "security administrator")


def shares(world: World) -> dict[str, list[str]]:
    """Return the prefixes that each driver drives."""
    found: dict[str, list[str]] = {name: [] for name in DRIVERS}
    people = [visitor(world, name) for name in DRIVERS]
    for prefix, viewset in offered():
        needed = {action for action in viewset.actions_by_method.values() if action}
        able = [who.name for who in people if all(map(who.may, needed))]
        assert able, f"{prefix}: none of {DRIVERS} may do all of {sorted(needed)}"
        found[able[0]].append(prefix)
    return found


def spared(prefixes: list[str]) -> list[str]:
    """Return the seeded three quarters of a driver's prefixes that the long proof tries."""
    return sorted(random.Random(20161101).sample(prefixes, len(prefixes) * 3 // 4))


def drive(url: str, key: str, folder: Path, *options: str, spare: Sequence[str] = ()) -> None:
    """Run all of schemathesis's checks as one person; no failure is allowed."""
    program = Path(sys.executable).parent / "st"
    if not program.exists() and shutil.which("st") is None:
        pytest.fail("schemathesis is not installed")
    (folder / "schemathesis.toml").write_text(
        SETTINGS + (SPARED.format("|".join(spare)) if spare else "")
    )
    done = subprocess.run(
        [
            *(str(program), "run", f"{url}/api/v1/schema/", "--checks", "all"),
            *("--header", f"Authorization: Token {key}", "--seed", "20161101"),
            *("--generation-database", "none", "--no-color", "--warnings", "off", *options),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-2_000:]


@pytest.mark.parametrize("name", DRIVERS)
def test_the_api_keeps_to_its_description(name, live_server, tmp_path):
    world = World()
    prefixes = shares(world)[name]
    assert prefixes, f"{name} drives nothing: drop the name"
    mine = f"^/api/v1/({'|'.join(prefixes)})/"
    drive(
        *(live_server.url, visitor(world, name).token, tmp_path),
        *("--include-path-regex", mine, "--max-examples", os.environ.get("POVEDU_FUZZ", "5")),
        # It asks everything twice more, without a key and with a wrong one: so does the matrix.
        *("--exclude-checks", "ignored_auth"),
        spare=spared(prefixes),
    )


def reach(world: World, name: str) -> list[str]:
    """Return the prefixes where somebody may do anything at all."""
    who = visitor(world, name)
    return [
        prefix
        for prefix, viewset in offered()
        if any(who.may(action) for action in viewset.actions_by_method.values() if action)
    ]


@pytest.mark.nightly
@pytest.mark.parametrize("name", CAST)
def test_everybody_finds_the_api_as_described(name, live_server, tmp_path):
    world = World()
    mine = f"^/api/v1/({'|'.join(reach(world, name))})/"
    drive(
        *(live_server.url, visitor(world, name).token, tmp_path),
        *("--include-path-regex", mine, "--max-examples", os.environ.get("POVEDU_FUZZ", "20")),
    )
