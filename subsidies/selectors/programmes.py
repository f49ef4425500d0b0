"""Reading programmes, standards, sources and quotas."""

from datetime import date

from django.db.models import Count, Q, QuerySet, Sum

from povedu.accounts.choices import OfficeCode, Role
from povedu.money import fen
from povedu.scope import Actor, Scope
from povedu.terms import Term
from schools.models import Division
from subsidies.choices import AwardState, ProgrammeKind
from subsidies.models import AwardSource, Programme, SourceRule
from subsidies.rules.eligibility import StandardLine
from subsidies.rules.sources import SourceLine, Used


def office_of(actor: Actor) -> str:
    """Return the office whose programmes alone somebody sees, "" for those who see every one's.

    The finance office pays for all offices and so sees all.
    """
    if actor.role not in (Role.OFFICE_STAFF, Role.APPROVER):
        return ""
    return "" if actor.office == OfficeCode.FINANCE else actor.office


def for_office(office: str, path: str = "programme__office") -> Q:
    """Return the filter that keeps an office's own programmes, everything for ""."""
    return Q(**{path: office}) if office else Q()


def programmes(scope: Scope, office: str = "") -> QuerySet[Programme]:
    """Return the programmes of the counties in scope; somebody in one place sees its county's."""
    return (
        Programme.objects.filter(
            for_office(office, "office"), county__code__startswith=scope.division_prefix[:6]
        )
        .select_related("county", "stacks_on")
        .order_by("county_id", "code")
    )


def counties_with_programmes() -> QuerySet[Division]:
    """Return the counties that have programmes, for whatever is done county by county."""
    return Division.objects.filter(pk__in=Programme.objects.values("county")).order_by("pk")


def programmes_by_name(county_code: str) -> dict[str, tuple[str, int]]:
    """Return (code, key) of a county's programmes by code and by name."""
    rows = Programme.objects.filter(county__code=f"{county_code}000000").order_by("-pk")
    found: dict[str, tuple[str, int]] = {}
    for pk, code, name in rows.values_list("pk", "code", "name"):
        found[name] = found[code] = (code, pk)
    return found


def gift_programmes(county_code: str) -> dict[str, int]:
    """Return the keys of a county's programmes of social gifts by name; one name, one key."""
    rows = Programme.objects.filter(
        county__code=f"{county_code}000000", kind=ProgrammeKind.GIFT
    ).order_by("-pk")
    return dict(rows.values_list("name", "pk"))


def standard_lines(programme: Programme, day: date) -> list[StandardLine]:
    """Return the standards of a day as rules see them, with the instalment of that day's term."""
    is_spring = Term.on(day).half == 2
    return [
        StandardLine(
            one.pk,
            one.stage,
            one.boarding,
            one.tier,
            one.grade,
            one.major,
            frozenset(one.categories),
            fen(
                one.spring_amount
                if is_spring and one.spring_amount is not None
                else one.instalment_amount
            ),
        )
        for one in programme.standards.all()  # whoever asks for many has prefetched them
        if one.starts_on <= day and (one.ends_on is None or one.ends_on > day)
    ]


def source_lines(programme: Programme, year: int) -> list[SourceLine]:
    """Return who pays in a budget year, in order."""
    return [
        SourceLine(
            one.source,
            None if one.amount_per_head is None else fen(one.amount_per_head),
            one.head_cap,
            None if one.money_cap is None else fen(one.money_cap),
        )
        for one in SourceRule.objects.filter(programme=programme, year=year).order_by("position")
    ]


def used_sources(programme: Programme, year: int) -> dict[str, Used]:
    """Return what the live awards of a budget year have drawn from each source."""
    rows = (
        AwardSource.objects.filter(award__programme=programme, award__budget_year=year)
        .exclude(award__state=AwardState.CANCELLED)
        .order_by("source")
        .values_list("source")
        .annotate(heads=Count("pk"), total=Sum("amount"))
    )
    return {source: Used(heads, fen(total)) for source, heads, total in rows}
