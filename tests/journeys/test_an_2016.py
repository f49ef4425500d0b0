"""A county's published figures of 2016 come out of the demo county's ordinary records."""

import json
from typing import Any

import pytest

from tests.journeys.site import Site

# Published in the county's annual summary; money in yuan.
SUBSIDIES: dict[str, dict[str, Any]] = {
    "preschool": {"persons": 1983, "amount": 2974500, "by_source": {"county": 1971500}},
    "boarder-topup": {"persons": 1991, "amount": 995500},
    "senior-high": {"person_times": 1462, "amount": 1462000},
    "entrance": {"persons": 260, "amount": 1560000, "quota": 245, "by_source": {"county": 531000}},
    "vocational": {"person_times": 688, "amount": 1190720},
    "orphans": {"persons": 35, "amount": 35 * 12 * 700},
    "social": {"person_times": 1180, "amount": 689750},
    "meals": {"amount": 28327100},
}
MEASURES: dict[str, dict[str, Any]] = {
    "vocational": {"boarder_terms": 570, "day_terms": 118},
    "meals": {"schools": 161, "pupils": 38584, "per_day": 4},
    "kindergartens-2016": {"schools": 20, "in_poor_villages": 12, "complete": 20},
    "weak-schools-2014": {"schools": 12, "projects": 18, "building": 6, "equipment": 12},
    "weak-schools-2015": {"schools": 4, "building": 4, "equipment": 4},
    "repairs-2015": {"schools": 20},
    "ict-2016": {"items": {"班班通一体机": 43, "录播设备": 3, "其中无线录播": 1}},
    "teacher-computers-2016": {"quantity": 1800, "unit_price": 3500},
}
PROJECTS = {
    "repairs-2015": (8176000, {"central": 6160000, "province": 824000, "county": 1192000}),
    "ict-2016": (1620000, {}),
    "teacher-computers-2016": (6300000, {}),
}


@pytest.fixture(scope="module")
def lines(site: Site) -> dict[str, dict[str, Any]]:
    """Every line of the summary by its id."""
    output = site.folder / "summary.json"
    site.manage("annual_summary", "2016", "--format", "json", "--output", str(output))
    summary = json.loads(output.read_text())
    return {line["id"]: line for section in summary["sections"] for line in section["lines"]}


@pytest.mark.parametrize("line_id", SUBSIDIES)
def test_a_subsidy_has_the_published_persons_and_money(
    lines: dict[str, dict[str, Any]], line_id: str
) -> None:
    line = lines[line_id]
    for name, value in SUBSIDIES[line_id].items():
        if name == "by_source":
            assert value.items() <= line[name].items()
        else:
            assert line[name] == value, name
    if line["by_source"]:  # meal reports do not say who pays
        assert sum(line["by_source"].values()) == line["amount"]


def test_the_five_government_lines_sum_to_the_published_total(
    lines: dict[str, dict[str, Any]],
) -> None:
    five = ("preschool", "boarder-topup", "senior-high", "entrance", "vocational")
    assert sum(lines[one]["amount"] for one in five) == 8182720


@pytest.mark.parametrize("line_id", MEASURES)
def test_a_line_has_the_published_measures(lines: dict[str, dict[str, Any]], line_id: str) -> None:
    assert MEASURES[line_id].items() <= lines[line_id]["measures"].items()


@pytest.mark.parametrize("line_id", PROJECTS)
def test_a_project_line_has_the_published_money(
    lines: dict[str, dict[str, Any]], line_id: str
) -> None:
    amount, by_source = PROJECTS[line_id]
    assert lines[line_id]["amount"] == amount
    assert by_source.items() <= lines[line_id]["by_source"].items()


def test_the_year_before_stands_beside(lines: dict[str, dict[str, Any]]) -> None:
    assert lines["preschool"]["last_year"]["persons"] > 0
    assert lines["entrance"]["last_year"] is None


def test_the_chain_of_the_ledger_is_whole(site: Site) -> None:
    verified = json.loads(site.manage("verify_ledger", "--json"))
    assert verified
