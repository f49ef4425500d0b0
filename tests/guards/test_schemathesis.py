"""Schemathesis finds nothing: every operation of the API, by its description, on a live server."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from povedu.accounts.tokens import token_digest
from tests.factories import ApiTokenFactory, AuditEntryFactory, JurisdictionFactory

pytestmark = [
    pytest.mark.nightly,  # minutes long
    pytest.mark.worker,
    pytest.mark.django_db(transaction=True),
]
KEY = "schemathesis-key"


@pytest.mark.parametrize("role", ["auditor", "security_admin"])
def test_the_api_keeps_to_its_description(role, live_server, tmp_path):
    """Run all of its checks as one person; no failure is allowed."""
    program = Path(sys.executable).parent / "st"
    if not program.exists() and shutil.which("st") is None:
        pytest.fail("schemathesis is not installed")
    jurisdiction = JurisdictionFactory(role=role, office="")
    ApiTokenFactory(jurisdiction=jurisdiction, digest=token_digest(KEY))
    AuditEntryFactory.create_batch(3)
    header = f"Authorization: Token {KEY}"
    done = subprocess.run(
        [
            str(program),
            "run",
            f"{live_server.url}/api/v1/schema/",
            "--header",
            header,
            "--checks",
            "all",
            # A filter by the key of a row that is not there, or by nothing, is refused: right, and
            # more than a description can say.
            "--exclude-checks",
            "positive_data_acceptance",
            "--max-examples",
            os.environ.get("POVEDU_FUZZ", "10"),
            "--seed",
            "20161101",
            "--generation-database",
            "none",
            "--no-color",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-2_000:]
