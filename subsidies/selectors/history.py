"""Reading past payments: what lists show, and whom they keep from being paid twice."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from povedu.accounts.choices import OfficeCode
from povedu.scope import Scope
from povedu.terms import Term
from students.models import Student
from subsidies.choices import Cadence
from subsidies.models import PastPayment, Programme
from subsidies.selectors.programmes import for_office


def past_payments(scope: Scope, office: str = "") -> QuerySet[PastPayment]:
    """Return the records about students of the schools in scope; a county sees all of its own.

    ``is_linked`` says whether a confirmed student has the stated number now.
    """
    if scope.school_code is None and len(scope.division_prefix) <= 6:
        inside = Q(county__code__startswith=scope.division_prefix)
    else:
        inside = scope.q(division="school__division_id", school="school__code") | scope.q(
            division="student__school__division_id", school="student__school__code"
        )
    own = for_office(office)
    if office == OfficeCode.AID:
        own |= Q(programme__isnull=True)
    known = Student.objects.filter(
        identity_confirmed=True, id_index=OuterRef("id_index"), county=OuterRef("county")
    ).exclude(id_index="")
    return (
        PastPayment.objects.filter(inside, own)
        .annotate(is_linked=Exists(known))
        .select_related("programme", "school", "student", "withdrawal")
        .order_by("-term", "-pk")
    )


def believed() -> QuerySet[PastPayment]:
    """Return the records that nobody has withdrawn."""
    return PastPayment.objects.filter(withdrawal__isnull=True)


def past_of(programme: Programme, term: Term | None) -> QuerySet[PastPayment]:
    """Return the believed records of a programme that stand against paying it in a term.

    By the cadence: of the same term, of the academic year, or ever.
    """
    rows = believed().filter(
        Q(programme=programme)
        | Q(programme__isnull=True, programme_as_stated__in=[programme.name, programme.code]),
        county=programme.county_id,
    )
    if programme.cadence == Cadence.ONCE or term is None:
        return rows
    if programme.cadence == Cadence.YEARLY:
        return rows.filter(term__in=[Term(term.year, 1).code, Term(term.year, 2).code])
    return rows.filter(term=term.code)


def paid_before(programme: Programme, term: Term) -> QuerySet[Student]:
    """Return the confirmed students whom a past payment of the programme was made to."""
    numbers = past_of(programme, term).exclude(id_index="").values("id_index")
    return Student.objects.filter(
        county=programme.county_id, identity_confirmed=True, id_index__in=numbers
    )


def barred_by_history(
    programme: Programme, excluded: Iterable[Programme], term: Term
) -> tuple[set[int], set[int]]:
    """Return who was paid this programme before, and who one that it excludes, in a term."""
    before = set(paid_before(programme, term).values_list("pk", flat=True))
    others: set[int] = set()
    for one in excluded:
        others |= set(
            Student.objects.filter(
                county=programme.county_id,
                identity_confirmed=True,
                id_index__in=past_of(one, term)
                .filter(term=term.code)
                .exclude(id_index="")
                .values("id_index"),
            ).values_list("pk", flat=True)
        )
    return before, others


def past_of_student(student: Student) -> QuerySet[PastPayment]:
    """Return the believed records about one student."""
    own = Q(student=student)
    if student.identity_confirmed and student.id_index:
        own |= Q(id_index=student.id_index)
    return believed().filter(own).select_related("programme")
