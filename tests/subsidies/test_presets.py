"""The published programmes: installed once, adding up, with their documents and days."""

from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from povedu.scope import Scope
from subsidies.choices import ProgrammeKind
from subsidies.models import Programme, ScoreBand, ScoreItem, Standard
from subsidies.rules.instalments import yearly
from subsidies.rules.presets import PRESETS
from subsidies.services.presets import install_presets
from tests.factories import ProgrammeFactory
from tests.subsidies.county import SHANGHAI_NOON, County

ALL = Scope.everything()


def test_presets_are_installed_once_and_leave_what_is_there(county: County) -> None:
    own = ProgrammeFactory(county=county.division, code="rain-dew", name="Our own")
    out = StringIO()
    call_command("install_presets", stdout=out, json=True)
    assert Programme.objects.count() == len(PRESETS)
    own.refresh_from_db()
    assert own.name == "Our own"
    assert {one.level for one in ScoreBand.objects.all()} == {"困难", "一般困难", "特别困难"}
    ScoreItem.objects.filter(name="单亲家庭").delete()
    kept = Standard.objects.count()
    call_command("install_presets", stdout=StringIO())
    assert Standard.objects.count() == kept
    assert not ScoreItem.objects.filter(name="单亲家庭").exists()


@pytest.mark.parametrize("preset", PRESETS, ids=lambda one: one.code)
def test_a_preset_adds_up_and_says_where_it_comes_from(preset: Any) -> None:
    assert preset.confidence
    assert preset.document or all(one.document for one in preset.standards)
    for one in preset.standards:
        each, year = Decimal(one.instalment), Decimal(one.year)
        assert yearly(preset.cadence, each, None, preset.skipped_months) == year
    if preset.kind == ProgrammeKind.IN_KIND:
        assert preset.payee_kind == "school"


@pytest.mark.parametrize(
    ("code", "stage", "day", "grade", "year"),
    [
        ("boarder-living", "primary", date(2016, 10, 1), 3, "1000"),
        ("boarder-living", "primary", date(2024, 3, 1), 3, "1250"),
        ("boarder-living", "junior", date(2024, 2, 28), 7, "1250"),
        ("boarder-living", "junior", date(2024, 10, 1), 7, "1500"),
        ("day-living", "primary", date(2019, 10, 1), 3, "500"),
        ("day-living", "junior", date(2024, 3, 1), 7, "750"),
        ("meals", "primary", date(2014, 10, 31), 3, "600"),
        ("meals", "primary", date(2014, 11, 1), 3, "800"),
        ("meals", "junior", date(2021, 9, 1), 7, "1000"),
        ("senior-grant", "senior", date(2025, 3, 1), 10, "2300"),
        ("vocational-grant", "vocational", date(2016, 10, 1), 11, "2000"),
        ("vocational-grant", "vocational", date(2016, 10, 1), 12, None),
        ("vocational-grant", "vocational", date(2025, 3, 1), 12, "2300"),
        ("higher-grant", "undergraduate", date(2024, 9, 1), 1, "3700"),
        ("higher-encouragement", "undergraduate", date(2024, 9, 1), 1, "6000"),
        ("higher-scholarship", "undergraduate", date(2023, 9, 1), 1, "8000"),
        ("rain-dew", "undergraduate", date(2022, 9, 1), 1, None),
        ("rain-dew", "higher_vocational", date(2022, 9, 1), 1, "3000"),
        ("orphan-living", "primary", date(2016, 9, 1), 3, "8400"),
    ],
)
def test_the_published_standard_of_a_day(
    county: County, code: str, stage: str, day: date, grade: int, year: str | None
) -> None:
    install_presets(county=county.division, actor=county.maker, now=SHANGHAI_NOON)
    fitting = [
        one
        for one in Standard.objects.filter(programme__code=code, starts_on__lte=day)
        if (one.ends_on is None or one.ends_on > day)
        and one.stage in ("", stage)
        and one.grade in (0, grade)
    ]
    assert [one.year_amount for one in fitting] == ([Decimal(year)] if year else [])
