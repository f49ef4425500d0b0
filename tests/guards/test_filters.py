"""Every list of the API takes each of its filters as described, to the very edge."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from povedu.api import offered
from tests.guards.sweep import Visitor, visitor
from tests.guards.world import World

PEOPLE = ("county administrator", "auditor", "security administrator", "aid office")


def edges(schema: dict[str, Any]) -> tuple[list[object], list[object]]:
    """Return values that a schema just allows, and such as it just does not."""
    if "enum" in schema:
        return [schema["enum"][0], schema["enum"][-1]], ["x-no-such"]
    if schema["type"] == "boolean":
        return ["true", "false"], ["maybe"]
    if schema["type"] == "integer":
        least, most = schema["minimum"], schema["maximum"]
        return [least, most], [least - 1, most + 1, "one"]
    if schema.get("format") == "date":
        return ["0001-01-01", "9999-12-31"], ["2016-02-30", "0000-01-01"]
    longest = schema["maxLength"]
    if schema["minLength"] == longest:
        return ["1000-01", "2999-12"], ["2016-13"]
    return ["%", "甲" * longest], ["", "甲" * (longest + 1)]


def filters(visitors: list[Visitor]) -> Iterator[tuple[Client, str, dict[str, Any]]]:
    """Yield, for each list, somebody who may see it, its address, and each filter of it."""
    clients = [Client(HTTP_AUTHORIZATION=f"Token {one.token}") for one in visitors]
    paths = clients[0].get("/api/v1/schema/?format=json").json()["paths"]
    for prefix, _viewset in offered():
        address = f"/api/v1/{prefix}/"
        reader = next((one for one in clients if one.get(address).status_code == 200), None)
        if reader is None:
            continue
        for parameter in paths[address]["get"].get("parameters", []):
            if parameter["name"] not in ("cursor", "page"):
                yield reader, address, parameter


@pytest.mark.django_db
def test_a_filter_takes_what_its_description_allows() -> None:
    world, tried, faults = World(), 0, []
    for reader, address, parameter in filters([visitor(world, name) for name in PEOPLE]):
        name, tried = parameter["name"], tried + 1
        allowed, beyond = edges(parameter["schema"])
        for wanted, values in ((200, allowed), (400, beyond)):
            for value in values:
                status = reader.get(address, {name: value}).status_code
                if status != wanted:
                    faults.append(f"{address}?{name}={value}: {status} instead of {wanted}")
    assert faults == []
    assert tried > 100
