"""Programmes, their dated standards, sources and quotas; and the presets they start from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.scope import Actor
from schools.models import Division, School
from subsidies.choices import Cadence
from subsidies.models import Award, Programme, Quota, SourceRule, Standard
from subsidies.rules.presets import PRESETS, Preset


def save_programme(
    *, actor: Actor, now: datetime, programme: Programme | None = None, **fields: Any
) -> Programme:
    """Enter a programme or change one; ``excludes`` takes programmes, the rest model fields."""
    excludes: Iterable[Programme] | None = fields.pop("excludes", None)
    kept = programme or Programme()
    if (
        programme is None
        and Programme.objects.filter(county=fields["county"], code=fields["code"]).exists()
    ):
        raise Conflict("programme-known", _("该项目代码已存在。"), field="code")
    before = {name: getattr(kept, name) for name in fields if programme is not None}
    with transaction.atomic():
        for name, value in fields.items():
            setattr(kept, name, value)
        kept.version = (kept.version or 0) + (1 if programme else 0) or 1
        kept.save()
        if excludes is not None:
            kept.excludes.set(excludes)
        changes = {
            name: (str(before.get(name, "")), str(value))
            for name, value in fields.items()
            if before.get(name) != value
        }
        verb = "programme.edit" if programme else "programme.create"
        _recorded(verb, kept, actor, now, changes)
    return kept


def add_standard(
    *, programme: Programme, starts_on: date, actor: Actor, now: datetime, **fields: Any
) -> Standard:
    """Add a standard from a day; the one that it replaces is ended on that day, never overwritten.

    The replaced one is for the same stage, boarding, tier, grade and major.
    """
    _check_amounts(programme, fields["year_amount"], fields["instalment_amount"])
    place = {
        name: fields.get(name, default)
        for name, default in (
            ("stage", ""),
            ("boarding", "any"),
            ("tier", ""),
            ("grade", 0),
            ("major", ""),
        )
    }
    same = Standard.objects.filter(programme=programme, **place)
    with transaction.atomic():
        if same.filter(starts_on__gte=starts_on).exists():
            raise Conflict(
                "standard-later",
                _("同一范围已有从该日或更晚开始的标准，请先核对。"),
                field="starts_on",
            )
        same.filter(ends_on__isnull=True).update(ends_on=starts_on)
        same.filter(ends_on__gt=starts_on).update(ends_on=starts_on)
        standard = Standard.objects.create(programme=programme, starts_on=starts_on, **fields)
        changes = {"instalment_amount": ("", str(standard.instalment_amount))}
        _recorded("standard.create", programme, actor, now, changes)
    return standard


def _check_amounts(programme: Programme, year: Decimal, instalment: Decimal) -> None:
    if instalment > year:
        raise Refusal(
            "instalment-above-year", _("每次金额不能大于每年金额。"), field="instalment_amount"
        )
    if programme.cadence in (Cadence.YEARLY, Cadence.ONCE) and instalment != year:
        raise Refusal(
            "instalment-not-year",
            _("每学年一次或一次性的项目，每次金额应等于每年金额。"),
            field="instalment_amount",
        )


def end_standard(*, standard: Standard, ends_on: date, actor: Actor, now: datetime) -> Standard:
    """End a standard; awards made by it stay as they are."""
    if ends_on <= standard.starts_on:
        raise Refusal("ends-before-start", _("停止日期应在执行日期之后。"), field="ends_on")
    with transaction.atomic():
        moved = Standard.objects.filter(pk=standard.pk, ends_on=standard.ends_on).update(
            ends_on=ends_on
        )
        if not moved:
            raise Conflict("standard-moved", _("这条标准刚被他人修改，请刷新后核对。"))
        changes = {"ends_on": (str(standard.ends_on or ""), str(ends_on))}
        _recorded("standard.end", standard.programme, actor, now, changes)
    standard.refresh_from_db()
    return standard


@dataclass(frozen=True, slots=True)
class SourceShare:
    """A source in its place: yuan per head (None: the rest), caps in heads and yuan."""

    source: str
    amount_per_head: Decimal | None = None
    head_cap: int | None = None
    money_cap: Decimal | None = None


def set_source_rules(
    *,
    programme: Programme,
    year: int,
    shares: Iterable[SourceShare],
    actor: Actor,
    now: datetime,
) -> list[SourceRule]:
    """Set who pays in a budget year, in order; what awards have drawn already stays drawn."""
    given = list(shares)
    names = [one.source for one in given]
    if len(set(names)) != len(names):
        raise Refusal("source-twice", _("同一资金来源只能出现一次。"))
    with transaction.atomic():
        SourceRule.objects.filter(programme=programme, year=year).delete()
        rules = SourceRule.objects.bulk_create(
            [
                SourceRule(
                    programme=programme,
                    year=year,
                    position=position,
                    source=one.source,
                    amount_per_head=one.amount_per_head,
                    head_cap=one.head_cap,
                    money_cap=one.money_cap,
                )
                for position, one in enumerate(given, start=1)
            ]
        )
        _recorded("source-rule.set", programme, actor, now, {str(year): ("", "、".join(names))})
    return rules


def set_quota(
    *,
    programme: Programme,
    year: int,
    heads_count: int,
    actor: Actor,
    now: datetime,
    school: School | None = None,
    document: str = "",
) -> Quota:
    """Set the planned places of a year, for the county or one school."""
    with transaction.atomic():
        quota, _made = Quota.objects.update_or_create(
            programme=programme,
            year=year,
            school=school,
            defaults={"heads_count": heads_count, "document": document},
        )
        _recorded("quota.set", programme, actor, now, {str(year): ("", heads_count)})
    return quota


def install_presets(*, county: Division, actor: Actor, now: datetime) -> dict[str, int]:
    """Give a county the programmes and standards that it lacks; what it has stays untouched."""
    made = {"programmes": 0, "standards": 0}
    with transaction.atomic():
        known = {one.code: one for one in Programme.objects.filter(county=county)}
        for preset in PRESETS:
            programme = known.get(preset.code)
            if programme is None:
                programme = _programme(county, preset)
                made["programmes"] += 1
            made["standards"] += _standards(programme, preset)
        if any(made.values()):
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
        description=preset.description,
        starts_on=preset.starts_on,
        excludes_risk_removed=preset.excludes_risk_removed,
    )


def _standards(programme: Programme, preset: Preset) -> int:
    """Add the preset's standards where the programme has none for the place and day."""
    known = set(programme.standards.values_list("starts_on", "stage", "boarding"))
    if known and Award.objects.filter(programme=programme).exists():
        return 0  # in use: what is paid by now is the county's own business
    made = 0
    for one in preset.standards:
        if (one.starts_on, one.stage, one.boarding) in known:
            continue
        later = [
            other.starts_on
            for other in preset.standards
            if (other.stage, other.boarding) == (one.stage, one.boarding)
            and other.starts_on > one.starts_on
        ]
        Standard.objects.create(
            programme=programme,
            starts_on=one.starts_on,
            ends_on=min(later, default=None),
            stage=one.stage,
            boarding=one.boarding,
            categories=[str(category) for category in one.categories],
            year_amount=Decimal(one.year),
            instalment_amount=Decimal(one.instalment),
            document=one.document,
            confidence=one.confidence,
        )
        made += 1
    return made


def _recorded(
    verb: str, programme: Programme, actor: Actor, now: datetime, changes: dict[str, Any]
) -> None:
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=programme,
        changes=changes,
        place=(programme.county_id, ""),
    )
