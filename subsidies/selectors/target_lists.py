"""Locked target lists answered in both directions: every row of a list, and pupils off the list.

A list is one snapshot that a run compared. In-list pupils are aided directly; off-list pupils with
a poverty handbook or a certificate are aided equally, and are named to the office that keeps the
list. Unlike the feedback on children of school age this covers every stage. Aided is who has a
granted award of the run's term from a programme that the reader may see.
"""

from datetime import date
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from povedu.scope import Scope
from povedu.terms import Term
from students.choices import EnrolmentState, LinkStage, RegisterKind
from students.models import (
    Enrolment,
    HardshipStatus,
    Reconciliation,
    RegisterSnapshot,
    Student,
)
from students.selectors.children import entries, live_hardships, students
from students.selectors.held import held_links, held_places
from subsidies.choices import AwardState, ListResult
from subsidies.models import Award
from subsidies.selectors.programmes import for_office

SURE = Q(automatic=True) | Q(stage=LinkStage.DECIDED)
# What a handbook or a certificate proves: the registers' own rows and what was shown on paper.
_PROVING = (RegisterKind.POVERTY, RegisterKind.CIVIL_AFFAIRS, RegisterKind.DISABILITY, "paper")


def lists_of(run: Reconciliation) -> list[RegisterSnapshot]:
    """Return the lists that a run compared: locked, poverty, the others; residents are no list."""
    used = run.snapshots.exclude(kind=RegisterKind.RESIDENTS).order_by("kind", "pk")
    first = (RegisterKind.LOCKED_LIST, RegisterKind.POVERTY)
    return sorted(used, key=lambda one: [one.kind != kind for kind in first])


def _studying(term: str) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(term=term, state=EnrolmentState.STUDYING)


def _aid(term: str, office: str) -> QuerySet[Award]:
    return Award.objects.filter(for_office(office), term=term, state=AwardState.GRANTED)


def listed(
    scope: Scope, run: Reconciliation, snapshot: RegisterSnapshot, office: str = ""
) -> QuerySet[Any]:
    """Return every row of a list in scope with what became of it.

    Annotated: ``result`` (see ``ListResult``), ``pupil``, the key of the student joined, and
    ``whereabouts``, where the run placed the child, NULL beyond school age. Prefetched: the
    row's ``run_links``, and of their students ``studying`` and ``aid``.
    """
    found = held_links(run).filter(entry=OuterRef("pk")).order_by("pk")
    mine = {"student": OuterRef("pupil")}
    named = held_links(run).select_related("student__school")
    return (
        entries(scope)
        .filter(snapshot=snapshot)
        .annotate(
            pupil=Subquery(
                found.filter(SURE).values("student")[:1], output_field=BigIntegerField()
            ),
            likely=Exists(found.exclude(SURE)),
        )
        .annotate(
            at_school=Exists(_studying(run.term).filter(**mine)),
            aided=Exists(_aid(run.term, office).filter(**mine)),
            confirmed=Exists(Student.objects.filter(pk=OuterRef("pupil"), identity_confirmed=True)),
        )
        .annotate(
            result=Case(
                When(aided=True, then=Value(ListResult.AIDED)),
                When(pupil=None, likely=True, then=Value(ListResult.LIKELY)),
                When(pupil=None, id_index="", then=Value(ListResult.NUMBER_UNUSABLE)),
                When(pupil=None, then=Value(ListResult.NOT_FOUND)),
                When(at_school=False, then=Value(ListResult.NOT_AT_SCHOOL)),
                When(confirmed=False, then=Value(ListResult.UNCONFIRMED)),
                default=Value(ListResult.NOT_AIDED),
            ),
            whereabouts=_whereabouts(run),
        )
        .prefetch_related(
            Prefetch("links", named.order_by("pk"), to_attr="run_links"),
            *_of_student("run_links__student__", run, office),
        )
        .order_by("row_number", "pk")
    )


def _whereabouts(run: Reconciliation) -> Case:
    """Return where the run placed a row's child: as a pupil, else as somebody of a register."""
    placed = held_places(run).values("place")
    snapshots = list(run.snapshots.values_list("pk", flat=True))
    others = placed.filter(student=None, entry__snapshot__in=snapshots)
    numbered = others.filter(entry__id_index=OuterRef("id_index"))
    named = others.filter(
        entry__normal_name=OuterRef("normal_name"), entry__birth_on=OuterRef("birth_on")
    )
    return Case(
        When(pupil__isnull=False, then=Subquery(placed.filter(student=OuterRef("pupil"))[:1])),
        When(id_index="", then=Subquery(named[:1])),
        default=Subquery(numbered[:1]),
        output_field=CharField(),
    )


def _of_student(path: str, run: Reconciliation, office: str) -> "list[Prefetch[Any]]":
    return [
        Prefetch(
            f"{path}enrolments",
            _studying(run.term).select_related("school").order_by("pk"),
            to_attr="studying",
        ),
        Prefetch(
            f"{path}awards",
            _aid(run.term, office).select_related("programme").order_by("programme__name", "pk"),
            to_attr="aid",
        ),
    ]


def counted(rows: QuerySet[Any]) -> dict[str, int]:
    """Count a list's rows by result, every result named; the counts sum to the list."""
    found = dict(
        rows.order_by().prefetch_related(None).values_list("result").annotate(n=Count("pk"))
    )
    return {str(result): found.get(str(result), 0) for result in ListResult}


def off_list(
    scope: Scope, run: Reconciliation, snapshot: RegisterSnapshot, office: str = ""
) -> QuerySet[Any]:
    """Return the term's pupils in scope who are aided, or hold a proof, and are not on a list.

    Annotated: ``aided`` and ``holds`` (a hardship that a register or a certificate proves on the
    term's first day). Prefetched: ``studying``, ``aid`` and ``live_hardships``.
    """
    mine = {"student": OuterRef("pk")}
    day: date = Term.parse(run.term).starts_on
    on_list = held_links(run).filter(SURE, entry__snapshot=snapshot, **mine)
    held = HardshipStatus.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=day), starts_on__lte=day, source__in=_PROVING, **mine
    )
    return (
        students(scope)
        .filter(Exists(_studying(run.term).filter(**mine)), county=run.county_id)
        .annotate(aided=Exists(_aid(run.term, office).filter(**mine)), holds=Exists(held))
        .filter(~Exists(on_list), Q(aided=True) | Q(holds=True))
        .prefetch_related(
            *_of_student("", run, office),
            Prefetch("hardships", queryset=live_hardships(), to_attr="live_hardships"),
        )
        .order_by("school__code", "stage", "grade", "class_name", "pk")
    )
