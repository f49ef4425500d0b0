"""What a production installation is described by hangs together, as far as no engine is needed."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat")


def test_the_services_of_production_are_all_there():
    assert set(SERVICES) == {"db", "redis", *OURS, "proxy", "backup"}
    assert SERVICES["db"]["image"].endswith("postgres:16-bookworm}")


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_each_service_restarts_and_is_watched(name):
    service = SERVICES[name]
    if name == "migrate":
        assert service["restart"] == "no"
        return
    assert service["restart"] == "unless-stopped"
    assert "healthcheck" in service or name == "backup"
    assert service["logging"]["options"]["max-size"]


@pytest.mark.parametrize("name", [*OURS, "backup", "redis", "proxy"])
def test_our_containers_can_do_little(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    if name != "redis":
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_only_the_proxy_is_reachable():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert "front" not in SERVICES["db"]["networks"] + SERVICES["redis"]["networks"]


def test_secrets_are_files_that_the_script_makes(tmp_path):
    subprocess.run(["sh", ROOT / "tools/make_secrets.sh", tmp_path / "s"], check=True)
    made = {path.name for path in (tmp_path / "s").iterdir()}
    assert set(COMPOSE["secrets"]) == made
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", ())}
    assert used == made
    text = (ROOT / "docker-compose.yml").read_text()
    assert re.findall(r"PASSWORD\w*: (\S+)", text) == ["/run/secrets/database_admin_password"]
    before = (tmp_path / "s/field_keys").read_bytes()
    subprocess.run(["sh", ROOT / "tools/make_secrets.sh", tmp_path / "s"], check=True)
    assert (tmp_path / "s/field_keys").read_bytes() == before


def test_what_is_mounted_and_built_exists():
    stages = set(re.findall(r"^FROM .* AS (\w+)$", (ROOT / "Dockerfile").read_text(), re.M))
    for service in SERVICES.values():
        if "build" in service:
            assert service["build"]["target"] in stages
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if source.startswith("./"):
                assert (ROOT / source).exists(), source
            elif not source.startswith("$"):
                assert source in COMPOSE["volumes"]


def test_only_digested_health_addresses_are_asked():
    from django.urls import resolve

    asked = re.search(r"localhost:8000(/[\w/]+)", str(SERVICES["web"]["healthcheck"]))
    assert asked is not None
    assert resolve(asked[1]).view_name == "jobs:ready"


def test_the_proxy_limits_uploads_a_little_above_the_products_own_limit():
    from django.conf import settings

    text = (ROOT / "Caddyfile").read_text()
    limit = int(re.search(r"max_size (\d+)MB", text)[1])
    assert limit * 10**6 >= settings.INTAKE_LIMITS["file_bytes"]
    assert text.count("{") == text.count("}")


@pytest.mark.parametrize("script", sorted(ROOT.glob("tools/*.sh")) + [ROOT / ".ci/run"])
def test_scripts_parse(script):
    shell = "bash" if "bash" in script.read_text().splitlines()[0] else "sh"
    subprocess.run([shell, "-n", script], check=True)
