"""A production installation passes Django's own inspection, and refuses to start half-armed."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings


def run(tmp_path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py as production does."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("POVEDU_", "DJANGO_ALLOW"))
    }
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={
            **kept,
            "POVEDU_MODE": "production",
            "POVEDU_VAR": str(tmp_path),
            "POVEDU_ALLOWED_HOSTS": "edu.example.cn",
            "POVEDU_DATABASE_URL": "postgres://povedu@database/povedu",
            "POVEDU_BROKER_URL": "redis://redis:6379/0",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def armed(tmp_path: Path) -> Path:
    """A folder with secrets, the way the installation script makes them."""
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o700)
    for name in ("secret_key", "index_key", "chain_key"):
        (folder / name).write_text(base64.b64encode(os.urandom(48)).decode())
    (folder / "field_keys").write_text(f"k1:{base64.b64encode(os.urandom(32)).decode()}")
    return tmp_path


def test_the_deployment_check_is_clean(armed):
    done = run(armed, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


def test_the_deployment_check_can_fail(armed):
    done = run(armed, "check", "--deploy", "--fail-level", "WARNING", POVEDU_TLS="0")
    assert done.returncode != 0
    assert "security.W" in done.stderr


@pytest.mark.parametrize("name", ["secret_key", "field_keys", "index_key", "chain_key"])
def test_production_does_not_start_without_a_secret(armed, name):
    (armed / "secrets" / name).unlink()
    done = run(armed, "check")
    assert done.returncode != 0
    assert name in done.stderr
    assert not (armed / "secrets" / name).exists()


def test_production_serves_no_debug_pages(armed):
    done = run(armed, "shell", "-c", "from django.conf import settings; print(settings.DEBUG)")
    assert done.stdout.strip().endswith("False")
