"""Reading samples: the frame as it was fixed, what was drawn, what was found."""

from django.db.models import BigIntegerField, CharField, Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Concat

from povedu.money import ZERO, fen
from povedu.scope import Scope
from subsidies.choices import LineOutcome, PaymentState, SampleResult, Stratum
from subsidies.models import Payment, Sample, SampleItem
from subsidies.rules.sampling import FrameLine, Rates, frame_digest

_STRATA = {
    Stratum.PROGRAMME: "batch__programme__code",
    Stratum.SCHOOL: "instalment__award__school__code",
}


def samples(scope: Scope) -> QuerySet[Sample]:
    """Return the samples of the counties in scope, for those who answer for a whole county."""
    rows = Sample.objects.filter(county__code__startswith=scope.division_prefix[:6])
    if scope.school_code is not None or len(scope.division_prefix) > 6:
        rows = rows.none()
    return (
        rows.select_related("county", "programme", "framed_by", "drawn_by")
        .annotate(open_count=Count("items", filter=Q(items__result=SampleResult.OPEN)))
        .order_by("-framed_at", "-pk")
    )


def items(sample: Sample) -> QuerySet[SampleItem]:
    """Return a sample's drawn payments in order of the draw."""
    return (
        SampleItem.objects.filter(sample=sample)
        .select_related(
            "payment__instalment__award__student",
            "payment__instalment__award__school",
            "payment__instalment__award__programme",
            "checked_by",
            "sample",
        )
        .order_by("rank")
    )


def items_in(scope: Scope) -> QuerySet[SampleItem]:
    """Return the drawn payments of the samples in scope."""
    return SampleItem.objects.filter(sample__in=samples(scope).values("pk")).select_related(
        "sample",
        "payment__batch",
        "payment__instalment__award__student",
        "payment__instalment__award__school",
        "payment__instalment__award__programme",
    )


def frame(sample: Sample) -> QuerySet[Payment]:
    """Return the payments of a sample's frame, in order of batch and line.

    Only what the ledger had by the instant the frame was fixed: a payment posted later belongs to
    none, whatever day it is dated.
    """
    rows = Payment.objects.filter(
        batch__programme__county=sample.county_id,
        state=PaymentState.SETTLED,
        settled_on__gte=sample.starts_on,
        settled_on__lt=sample.ends_on,
        return_lines__outcome=LineOutcome.SETTLED,
        return_lines__bank_return__applied_at__lte=sample.framed_at,
    )
    if sample.programme_id:
        rows = rows.filter(batch__programme=sample.programme_id)
    return rows.order_by("batch__number", "line_no")


def frame_rows(sample: Sample) -> QuerySet[Payment]:
    """Return a frame with ``key``, ``stratum`` and ``fen`` of each payment, as it is exported."""
    path = _STRATA.get(Stratum(sample.stratum))
    stratum = F(path) if path else Value("")
    number = Cast("line_no", CharField())
    return frame(sample).annotate(
        key=Concat("batch__number", Value("-"), number, output_field=CharField()),
        stratum=Cast(stratum, CharField()),
        fen=Cast("amount", BigIntegerField()),
    )


def frame_lines(sample: Sample) -> list[tuple[int, FrameLine]]:
    """Return (payment key, line) of a frame; one query."""
    path = _STRATA.get(Stratum(sample.stratum))
    rows = frame(sample).values_list(
        "pk",
        "batch__number",
        "line_no",
        path or "return_reason",  # of a settled payment always empty: one stratum
        "amount",
        "settled_on",
    )
    return [
        (
            pk,
            FrameLine(
                f"{batch}-{line}",
                stratum,
                fen(amount),
                settled_on.isoformat() if settled_on else "",
            ),
        )
        for pk, batch, line, stratum, amount, settled_on in rows.iterator(chunk_size=5000)
    ]


def is_as_fixed(sample: Sample) -> bool:
    """Say whether the frame in the database is still the one that was fixed."""
    return frame_digest(line for _pk, line in frame_lines(sample)) == sample.frame_digest


def rates(sample: Sample) -> Rates:
    """Return what the sample found so far."""
    counts = dict(
        SampleItem.objects.filter(sample=sample)
        .order_by()
        .values_list("result")
        .annotate(count=Count("pk"))
    )
    drawn = sum(counts.values())
    return Rates(
        drawn,
        drawn - counts.get(SampleResult.OPEN, 0),
        counts.get(SampleResult.MATCHES, 0),
        counts.get(SampleResult.DIFFERS, 0),
        counts.get(SampleResult.UNREACHABLE, 0),
    )


def differing_amount(sample: Sample) -> tuple[object, object]:
    """Return what was paid and what was found of the payments that differ, in yuan."""
    sums = SampleItem.objects.filter(sample=sample, result=SampleResult.DIFFERS).aggregate(
        paid=Sum("payment__amount"), found=Sum("found_amount")
    )
    return sums["paid"] or ZERO, sums["found"] or ZERO
