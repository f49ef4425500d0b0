"""Programmes, their dated standards, sources and quotas."""

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
from schools.models import School
from subsidies.choices import PayeeKind, ProgrammeKind
from subsidies.models import Programme, Quota, SourceRule, Standard
from subsidies.rules.instalments import yearly


def save_programme(
    *, actor: Actor, now: datetime, programme: Programme | None = None, **fields: Any
) -> Programme:
    """Enter a programme or change one; ``excludes`` takes programmes, the rest model fields.

    Raises Refusal where goods in kind would be paid to somebody's card.
    """
    _check_payee(programme, fields)
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
    _check_amounts(
        programme,
        fields["year_amount"],
        fields["instalment_amount"],
        fields.get("spring_amount"),
    )
    _check_parts(fields.get("parts", ()), fields["year_amount"])
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


def _check_payee(programme: Programme | None, fields: dict[str, Any]) -> None:
    kind = fields.get("kind", programme.kind if programme else ProgrammeKind.CASH)
    payee = fields.get("payee_kind", programme.payee_kind if programme else PayeeKind.STUDENT)
    if kind == ProgrammeKind.IN_KIND and payee != PayeeKind.SCHOOL:
        raise Refusal(
            "in-kind-to-card",
            _("实物性质的项目不得以现金发到个人账户，收款方应为学校账户。"),
            field="payee_kind",
        )


def _check_amounts(
    programme: Programme, year: Decimal, instalment: Decimal, spring: Decimal | None
) -> None:
    """Refuse instalments that do not make up the year."""
    if instalment > year:
        raise Refusal(
            "instalment-above-year", _("每次金额不能大于每年金额。"), field="instalment_amount"
        )
    told = yearly(programme.cadence, instalment, spring, programme.skipped_months)
    if told != year:
        raise Refusal(
            "instalments-not-year",
            _("按发放周期，每年应为 %(told)s 元，填写的是 %(year)s 元；请核对每次金额。")
            % {"told": f"{told:,.2f}", "year": f"{year:,.2f}"},
            field="instalment_amount",
        )


def _check_parts(parts: Iterable[tuple[str, str]], year: Decimal) -> None:
    given = list(parts)
    total = sum((Decimal(amount) for _words, amount in given), Decimal(0))
    if given and total != year:
        raise Refusal(
            "parts-not-year",
            _("金额构成合计 %(total)s 元，与每年金额 %(year)s 元不符。")
            % {"total": f"{total:,.2f}", "year": f"{year:,.2f}"},
            field="parts",
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
    actor: Actor,
    now: datetime,
    heads_count: int | None = None,
    percent: Decimal | None = None,
    school: School | None = None,
    document: str = "",
) -> Quota:
    """Set the planned places of a year, for the county or one school.

    Either so many heads or a percentage of those enrolled at the programme's stages; raises Refusal
    where both or neither are given.
    """
    if (heads_count is None) == (percent is None):
        raise Refusal(
            "quota-one-of-two", _("请填写计划人数或占在校生比例，二者选一。"), field="percent"
        )
    with transaction.atomic():
        quota, _made = Quota.objects.update_or_create(
            programme=programme,
            year=year,
            school=school,
            defaults={"heads_count": heads_count, "percent": percent, "document": document},
        )
        planned = heads_count if percent is None else f"{percent}%"
        _recorded("quota.set", programme, actor, now, {str(year): ("", planned)})
    return quota


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
