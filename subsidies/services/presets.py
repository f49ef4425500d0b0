"""Giving a county what it lacks of the programmes, standards and scoring that it may start from."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from povedu.audit.services import record
from povedu.scope import Actor
from schools.models import Division
from subsidies.models import (
    Award,
    Programme,
    Quota,
    ScoreBand,
    ScoreItem,
    SourceRule,
    Standard,
)
from subsidies.rules.presets import PRESETS, SCORE_BANDS, SCORE_ITEMS, Preset, PresetStandard


def install_presets(
    *,
    county: Division,
    actor: Actor,
    now: datetime,
    presets: Iterable[Preset] = PRESETS,
    year: int | None = None,
) -> dict[str, int]:
    """Give a county the programmes and standards that it lacks; what it has stays untouched.

    1. Programmes and standards; a programme in use gets no further standards. 2. Which stacks on
    or excludes which, for those just made. 3. Sources and quotas that presets name, for budget
    ``year`` where one is given. 4. The scoring of families, where the county has none.
    """
    given = list(presets)
    made = {"programmes": 0, "standards": 0}
    with transaction.atomic():
        known = {one.code: one for one in Programme.objects.filter(county=county)}
        fresh = [one for one in given if one.code not in known]
        for preset in fresh:
            known[preset.code] = _programme(county, preset)
        made["programmes"] = len(fresh)
        for preset in given:
            made["standards"] += _standards(known[preset.code], preset)
        for preset in fresh:
            _relate(known, preset)
            if year is not None:
                _budget(known[preset.code], preset, year)
        scored = _scoring(county)
        if any(made.values()) or scored:
            record(
                actor=actor,
                now=now,
                verb="programme.presets",
                subject=county,
                count=made["programmes"] + made["standards"],
                place=(county.pk, ""),
            )
    return made


def _programme(county: Division, preset: Preset) -> Programme:
    return Programme.objects.create(
        county=county,
        code=preset.code,
        name=preset.name,
        kind=preset.kind,
        cadence=preset.cadence,
        payee_kind=preset.payee_kind,
        document=preset.document,
        confidence=preset.confidence,
        description=preset.description,
        starts_on=preset.starts_on,
        excludes_risk_removed=preset.excludes_risk_removed,
        needs_application=preset.needs_application,
        needs_notice=preset.needs_notice,
        residence=preset.residence,
        skipped_months=list(preset.skipped_months),
    )


def _relate(known: dict[str, Programme], preset: Preset) -> None:
    programme = known[preset.code]
    if preset.stacks_on:
        programme.stacks_on = known[preset.stacks_on]
        programme.save(update_fields=["stacks_on"])
    if preset.excludes:
        programme.excludes.set([known[code] for code in preset.excludes])


def _budget(programme: Programme, preset: Preset, year: int) -> None:
    SourceRule.objects.bulk_create(
        SourceRule(
            programme=programme,
            year=year,
            position=position,
            source=one.source,
            amount_per_head=Decimal(one.per_head) if one.per_head else None,
        )
        for position, one in enumerate(preset.sources, start=1)
    )
    if preset.percent:
        Quota.objects.create(programme=programme, year=year, percent=Decimal(preset.percent))


def _standards(programme: Programme, preset: Preset) -> int:
    """Add the preset's standards where the programme has none for the place and day."""
    known = {
        (starts_on, tuple(place))
        for starts_on, *place in programme.standards.values_list(
            "starts_on", "stage", "boarding", "tier", "grade", "major"
        )
    }
    if known and Award.objects.filter(programme=programme).exists():
        return 0  # in use: what is paid by now is the county's own business
    made = [
        Standard(
            programme=programme,
            starts_on=one.starts_on,
            ends_on=_ends_on(preset, one),
            stage=one.stage,
            boarding=one.boarding,
            tier=one.tier,
            grade=one.grade,
            major=one.major,
            categories=[str(category) for category in one.categories],
            year_amount=Decimal(one.year),
            instalment_amount=Decimal(one.instalment),
            parts=[list(part) for part in one.parts],
            document=one.document,
            confidence=one.confidence,
        )
        for one in preset.standards
        if (one.starts_on, one.place) not in known
    ]
    Standard.objects.bulk_create(made)
    return len(made)


def _ends_on(preset: Preset, one: PresetStandard) -> date | None:
    later = [
        other.starts_on
        for other in preset.standards
        if other.place == one.place and other.starts_on > one.starts_on
    ]
    return one.ends_on or min(later, default=None)


def _scoring(county: Division) -> int:
    """Give a county the circumstances and levels to start from, where it has none at all."""
    made = 0
    if not ScoreItem.objects.filter(county=county).exists():
        items = [
            ScoreItem(county=county, name=name, points=points, position=position)
            for position, (name, points) in enumerate(SCORE_ITEMS, start=1)
        ]
        made += len(ScoreItem.objects.bulk_create(items))
    if not ScoreBand.objects.filter(county=county).exists():
        bands = [
            ScoreBand(county=county, above=above, level=level, tier=tier)
            for above, level, tier in SCORE_BANDS
        ]
        made += len(ScoreBand.objects.bulk_create(bands))
    return made
