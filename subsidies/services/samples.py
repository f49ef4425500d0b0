"""Samples: fix the frame, name the seed, draw, record what was found, close with a report."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.money import yuan
from povedu.scope import Actor
from schools.models import Division
from subsidies.choices import SampleMethod, SampleResult, SampleState
from subsidies.models import Programme, Sample, SampleItem
from subsidies.rules.sampling import draw, frame_digest
from subsidies.selectors.samples import frame_lines
from subsidies.services.numbers import next_number


def fix_frame(
    *,
    county: Division,
    title: str,
    starts_on: date,
    ends_on: date,
    stratum: str,
    size: int,
    actor: Actor,
    now: datetime,
    programme: Programme | None = None,
) -> Sample:
    """Fix what may be drawn: the payments that settled from a day up to, not including, another.

    Raises Refusal where there are none, or the days are in the wrong order.
    """
    if ends_on <= starts_on:
        raise Refusal("sample-dates", _("“到账日期止”应晚于“到账日期起”。"), field="ends_on")
    with transaction.atomic():
        sample = Sample(
            number=next_number(Sample, "CC", county.pk, timezone.localtime(now).date()),
            county=county,
            title=title,
            starts_on=starts_on,
            ends_on=ends_on,
            programme=programme,
            stratum=stratum,
            size=size,
            framed_by_id=actor.user_id,
            framed_at=now,
        )
        lines = [line for _pk, line in frame_lines(sample)]
        if not lines:
            raise Refusal("sample-empty", _("所选日期内没有已到账的款项，不能抽查。"))
        sample.frame_count = len(lines)
        sample.frame_amount = yuan(sum(line.amount_fen for line in lines))
        sample.frame_digest = frame_digest(lines)
        sample.save()
        _recorded("sample.frame", sample, actor, now, count=len(lines))
    return sample


def draw_sample(
    *, sample: Sample, seed: str, seed_origin: str, actor: Actor, now: datetime
) -> Sample:
    """Draw by a seed that somebody else than who fixed the frame names, and say where it is from.

    Raises Refusal where the same person does both, Conflict where the frame in the database is no
    more the one that was fixed.
    """
    seed = " ".join(seed.split())
    if not seed or not seed_origin.strip():
        raise Refusal("seed-missing", _("请填写种子及其来源。"), field="seed")
    if sample.framed_by_id == actor.user_id:
        raise Refusal("maker-is-checker", _("固定总体的人不能定种子，请由他人办理。"))
    with transaction.atomic():
        moved = Sample.objects.filter(pk=sample.pk, state=SampleState.FRAMED).update(
            state=SampleState.DRAWN,
            seed=seed,
            seed_origin=seed_origin[:120],
            drawn_by_id=actor.user_id,
            drawn_at=now,
        )
        if not moved:
            raise Conflict("sample-moved", _("该抽查刚被他人办理，请刷新后核对。"))
        sample.refresh_from_db()
        lines = frame_lines(sample)
        if frame_digest(line for _pk, line in lines) != sample.frame_digest:
            raise Conflict(
                "frame-changed", _("总体与固定时不一致：有到账记录被改动，请停止抽查并报告审计。")
            )
        keys = {line.key: pk for pk, line in lines}
        SampleItem.objects.bulk_create(
            SampleItem(
                sample=sample,
                payment_id=keys[one.key],
                rank=rank,
                payment_key=one.key,
                stratum_key=one.stratum,
                draw_hash=one.hash,
            )
            for rank, one in enumerate(
                draw([line for _pk, line in lines], seed, sample.size), start=1
            )
        )
        _recorded("sample.draw", sample, actor, now, count=sample.items.count())
    return sample


def record_result(
    *,
    item: SampleItem,
    result: str,
    method: str,
    checked_on: date,
    actor: Actor,
    now: datetime,
    found_amount: Decimal | None = None,
    document: str = "",
    note: str = "",
) -> SampleItem:
    """Write down what looking into a drawn payment gave; may be corrected until the report.

    A difference needs a note; the one who made the payment's batch does not look into it.
    """
    if result not in (SampleResult.MATCHES, SampleResult.DIFFERS, SampleResult.UNREACHABLE):
        raise Refusal("result-missing", _("请选择核查结果。"), field="result")
    if method not in SampleMethod.values:
        raise Refusal("method-missing", _("请选择核查方式。"), field="method")
    if result != SampleResult.MATCHES and not note.strip():
        raise Refusal("note-missing", _("不符或无法核实的，请写明情况。"), field="note")
    if checked_on > timezone.localtime(now).date():
        raise Refusal("date-ahead", _("核查日期晚于今天，请核对。"), field="checked_on")
    if item.payment.batch.made_by_id == actor.user_id:
        raise Refusal("maker-is-checker", _("该笔款项由您编制发放，请由他人核查。"))
    with transaction.atomic():
        if not Sample.objects.filter(pk=item.sample_id, state=SampleState.DRAWN).exists():
            raise Conflict("sample-moved", _("该抽查已出报告，不能再改。"))
        before = item.result
        SampleItem.objects.filter(pk=item.pk).update(
            result=result,
            method=method,
            checked_on=checked_on,
            found_amount=found_amount,
            document=document[:80],
            note=note[:200],
            checked_by_id=actor.user_id,
        )
        item.refresh_from_db()
        record(
            actor=actor,
            now=now,
            verb="sample.check",
            subject=item,
            changes={"result": (before, result)},
            place=(item.sample.county_id, ""),
        )
    return item


def close_sample(*, sample: Sample, conclusion: str, actor: Actor, now: datetime) -> Sample:
    """Close a sample of which every payment has been looked into, with a conclusion."""
    if not conclusion.strip():
        raise Refusal("conclusion-missing", _("请填写抽查结论。"), field="conclusion")
    with transaction.atomic():
        waiting = sample.items.filter(result=SampleResult.OPEN).count()
        if waiting:
            raise Refusal(
                "sample-open", _("还有 %(count)d 笔没有核查结果，不能出报告。") % {"count": waiting}
            )
        moved = Sample.objects.filter(pk=sample.pk, state=SampleState.DRAWN).update(
            state=SampleState.CLOSED, closed_at=now, conclusion=conclusion[:300]
        )
        if not moved:
            raise Conflict("sample-moved", _("该抽查刚被他人办理，请刷新后核对。"))
        sample.refresh_from_db()
        _recorded("sample.close", sample, actor, now)
    return sample


def _recorded(verb: str, sample: Sample, actor: Actor, now: datetime, *, count: int = 1) -> None:
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=sample,
        changes={"state": ("", sample.state), "digest": ("", sample.frame_digest)},
        count=count,
        place=(sample.county_id, ""),
    )
