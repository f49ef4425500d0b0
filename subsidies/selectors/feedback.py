"""What is told to the office that sent a list: who was found where, is aided, or was not found.

The base is a run's children of school age, each once. The list is the locked target list where the
run compared one, else all registers it compared. Aided is who has a granted award of the run's
term from a programme that the reader may see.
"""

from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable

from povedu.scope import Scope
from students.choices import (
    EnrolmentState,
    FindingKind,
    FindingState,
    LinkStage,
    RegisterKind,
)
from students.models import (
    Decision,
    Enrolment,
    Finding,
    PlacedChild,
    Reconciliation,
    RegisterEntry,
    RegisterSnapshot,
)
from students.selectors.held import held_links
from students.selectors.runs import places
from subsidies.choices import AwardState, Found
from subsidies.models import Award
from subsidies.selectors.programmes import for_office

_ASKED = (
    FindingKind.NOT_ON_ROSTER,
    FindingKind.MISSING_FROM_ROSTER,
    FindingKind.PROBABLE_MATCH,
)
_SURE = Q(automatic=True) | Q(stage=LinkStage.DECIDED)


def list_of(run: Reconciliation) -> QuerySet[RegisterSnapshot]:
    """Return the snapshots that are the list: the locked one, else every one but residents."""
    used = run.snapshots.order_by("kind", "pk")
    locked = used.filter(kind=RegisterKind.LOCKED_LIST)
    return locked if locked.exists() else used.exclude(kind=RegisterKind.RESIDENTS)


def feedback(scope: Scope, run: Reconciliation, office: str = "") -> QuerySet[PlacedChild]:
    """Return the run's children in scope who are on the list or aided, each with what was found.

    Annotated: ``found`` (see ``Found``), ``aided``, ``on_list`` (surely), and what the list's row
    says of those whom no pupil is joined to (``list_…``). Prefetched: the student's ``list_links``,
    ``studying``, ``aid`` and ``asked``, the entry's ``asked``.
    """
    snapshots = list(list_of(run).values_list("pk", flat=True))
    links = held_links(run).filter(entry__snapshot__in=snapshots)
    studying = Enrolment.objects.filter(term=run.term, state=EnrolmentState.STUDYING)
    aid = Award.objects.filter(for_office(office), term=run.term, state=AwardState.GRANTED)
    asked = Finding.objects.filter(county=run.county_id, term=run.term, kind__in=_ASKED).exclude(
        state=FindingState.GONE
    )
    live = Decision.objects.filter(undone_at=None)
    asked = asked.prefetch_related(Prefetch("decisions", live, to_attr="live")).order_by("pk")
    named = links.select_related("entry").order_by("pk")
    mine = {"student": OuterRef("student")}
    return (
        places(scope, run)
        .annotate(
            on_list=Exists(links.filter(_SURE, **mine)),
            likely=Exists(links.filter(stage=LinkStage.PROBABLE, **mine)),
            list_row=_list_row(snapshots),
            at_school=Exists(studying.filter(**mine)),
            aided=Exists(aid.filter(**mine)),
        )
        .filter(Q(on_list=True) | Q(likely=True) | Q(list_row__isnull=False) | Q(aided=True))
        .annotate(
            found=Case(
                When(on_list=True, at_school=True, then=Value(Found.AT_SCHOOL)),
                When(on_list=True, then=Value(Found.NOT_AT_SCHOOL)),
                When(likely=True, then=Value(Found.LIKELY)),
                When(list_row__isnull=False, then=Value(Found.NOT_FOUND)),
                default=Value(Found.OFF_LIST),
            ),
            list_row_number=_of_list_row("row_number"),
            list_household_no=_of_list_row("household_no"),
            list_category=_of_list_row("category"),
            list_category_as_stated=_of_list_row("category_as_stated"),
        )
        .select_related("student__home_division")
        .prefetch_related(
            Prefetch("student__links", named, to_attr="list_links"),
            Prefetch(
                "student__enrolments",
                studying.select_related("school").order_by("pk"),
                to_attr="studying",
            ),
            Prefetch(
                "student__awards",
                aid.select_related("programme").order_by("programme__name", "pk"),
                to_attr="aid",
            ),
            Prefetch("student__findings", asked, to_attr="asked"),
            Prefetch("entry__findings", asked, to_attr="asked"),
        )
        .order_by("division_code", "pk")
    )


def _list_row(snapshots: list[int]) -> Combinable:
    """Return the key of the list's row about somebody whom no pupil is joined to, NULL for none.

    A run counts a person of several registers once, by one row: the list may have another row.
    """
    listed = RegisterEntry.objects.filter(snapshot__in=snapshots).order_by("pk").values("pk")
    numbered = listed.filter(id_index=OuterRef("entry__id_index")).exclude(id_index="")
    named = listed.filter(
        id_index="",
        normal_name=OuterRef("entry__normal_name"),
        birth_on=OuterRef("entry__birth_on"),
    )
    return Case(
        When(student__isnull=False, then=Value(None)),
        When(entry__snapshot__in=snapshots, then=F("entry")),
        When(entry__id_index="", then=Subquery(named[:1])),
        default=Subquery(numbered[:1]),
        output_field=BigIntegerField(),
    )


def _of_list_row(column: str) -> Subquery:
    return Subquery(RegisterEntry.objects.filter(pk=OuterRef("list_row")).values(column)[:1])
