"""Reading children, their terms, hardship, cards and households, each within a scope."""

from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from povedu.scope import Scope
from povedu.terms import Term
from students.choices import ApprovalState, FindingKind, FindingState
from students.models import (
    Enrolment,
    Finding,
    HardshipStatus,
    Household,
    HouseholdMember,
    PayeeAccount,
    RegisterEntry,
    RegisterSnapshot,
    Student,
)


def _of_students(scope: Scope, path: str = "") -> Q:
    """Return the filter over students; those without a school are the whole county's to see."""
    at_school = scope.q(division=f"{path}school__division_id", school=f"{path}school__code")
    if scope.school_code is not None or not scope.division_prefix:
        return at_school
    if len(scope.division_prefix) > 6:
        home = Q(**{f"{path}home_division__code__startswith": scope.division_prefix})
    else:
        home = Q(**{f"{path}county__code__startswith": scope.division_prefix})
    return at_school | (Q(**{f"{path}school": None}) & home)


def students(scope: Scope) -> QuerySet[Student]:
    """Return the children in scope."""
    return Student.objects.filter(_of_students(scope)).select_related("school__division")


def student_ledger(scope: Scope) -> QuerySet[Student]:
    """Return the children in scope for the ledger, newest first, with their live hardships."""
    return students(scope).prefetch_related(
        Prefetch("hardships", queryset=live_hardships(), to_attr="live_hardships")
    )


def live_hardships() -> QuerySet[HardshipStatus]:
    """Return the hardships that have not ended, in a fixed order."""
    return HardshipStatus.objects.filter(ends_on=None).order_by("student_id", "category")


def with_live_hardship(rows: QuerySet[Student], category: str) -> QuerySet[Student]:
    """Keep the students who hold a category now; ``none`` keeps those who hold no category."""
    held = HardshipStatus.objects.filter(student=OuterRef("pk"), ends_on=None)
    if category == "none":
        return rows.filter(~Exists(held))
    return rows.filter(Exists(held.filter(category=category)))


def enrolments(scope: Scope) -> QuerySet[Enrolment]:
    """Return the terms at school in scope."""
    return Enrolment.objects.filter(
        scope.q(division="school__division_id", school="school__code")
    ).select_related("student", "school__division")


def enrolments_of(scope: Scope, student: Student) -> QuerySet[Enrolment]:
    """Return a child's whole way through school; seen by whoever may see the child."""
    return (
        Enrolment.objects.filter(student__in=students(scope), student=student)
        .select_related("school")
        .order_by("-term", "-pk")
    )


def class_sizes(scope: Scope, term: Term) -> QuerySet[Enrolment, Any]:
    """Return one row per school and class of a term: pupils, boarders and provisional ones."""
    return (
        enrolments(scope)
        .filter(term=term.code, state="studying")
        .select_related(None)
        .order_by("school__code", "stage", "grade", "class_name")
        .values("school_id", "school__code", "school__name", "stage", "grade", "class_name")
        .annotate(
            pupils=Count("pk"),
            boarders=Count("pk", filter=Q(is_boarder=True)),
            provisional=Count("pk", filter=Q(student__identity_confirmed=False)),
        )
    )


def hardships(scope: Scope) -> QuerySet[HardshipStatus]:
    """Return the hardships of children in scope."""
    return HardshipStatus.objects.filter(_of_students(scope, "student__")).select_related(
        "student", "entry__snapshot", "confirmed_by"
    )


def payee_accounts(scope: Scope) -> QuerySet[PayeeAccount]:
    """Return the cards of children in scope."""
    return PayeeAccount.objects.filter(_of_students(scope, "student__")).select_related(
        "student__school", "entered_by", "approved_by"
    )


def payees_waiting(scope: Scope) -> QuerySet[PayeeAccount]:
    """Return the cards that wait for a second person, oldest first."""
    return payee_accounts(scope).filter(state=ApprovalState.PENDING).order_by("entered_at", "pk")


def households(scope: Scope) -> QuerySet[Household]:
    """Return the households in scope; a school sees those of its own pupils."""
    rows = Household.objects.select_related("division")
    if scope.school_code is not None:
        pupils = Student.objects.filter(school__code=scope.school_code).exclude(id_index="")
        of_pupils = HouseholdMember.objects.filter(
            household=OuterRef("pk"), id_index__in=pupils.values("id_index")
        )
        return rows.filter(Exists(of_pupils))
    if len(scope.division_prefix) <= 6:
        return rows.filter(county__code__startswith=scope.division_prefix)
    return rows.filter(division__code__startswith=scope.division_prefix)


def members(scope: Scope) -> QuerySet[HouseholdMember]:
    """Return the members of the households in scope."""
    return HouseholdMember.objects.filter(household__in=households(scope))


def household_members(scope: Scope, household: Household) -> QuerySet[HouseholdMember]:
    """Return a household's members with the student that each is, where one is known."""
    return members(scope).filter(household=household)


def students_by_number(scope: Scope, indexes: "list[str]") -> dict[str, Student]:
    """Return the children in scope by the blind index of their number."""
    known = [one for one in indexes if one]
    return {one.id_index: one for one in students(scope).filter(id_index__in=known)}


def household_of(scope: Scope, student: Student) -> Household | None:
    """Return the household that lists a child's number, None without one."""
    if not student.id_index:
        return None
    listed = HouseholdMember.objects.filter(id_index=student.id_index).values("household")
    return households(scope).filter(pk__in=listed).first()


def snapshots(scope: Scope) -> QuerySet[RegisterSnapshot]:
    """Return the register snapshots of the counties in scope; schools see none."""
    rows = RegisterSnapshot.objects.select_related("county")
    if scope.school_code is not None:
        return rows.none()
    return rows.filter(county__code__startswith=scope.county_code)


def entries(scope: Scope) -> QuerySet[RegisterEntry]:
    """Return the register rows in scope; a township sees the rows of its own villages."""
    rows = RegisterEntry.objects.select_related("snapshot", "division")
    if scope.school_code is not None:
        return rows.none()
    if len(scope.division_prefix) <= 6:
        return rows.filter(snapshot__county__code__startswith=scope.division_prefix)
    return rows.filter(division__code__startswith=scope.division_prefix)


def findings(scope: Scope) -> QuerySet[Finding]:
    """Return the findings in scope in working order: kind, township, school, likelihood."""
    return (
        Finding.objects.filter(scope.q(division="division_code", school="school_code"))
        .exclude(state=FindingState.GONE)
        .select_related("student__school", "entry__snapshot", "enrolment__school")
        .order_by("kind", "division_code", "school_code", "-probability", "pk")
    )


def open_findings(scope: Scope) -> QuerySet[Finding]:
    """Return the findings that wait for somebody here; a register's own faults are its owner's."""
    return findings(scope).filter(state=FindingState.OPEN).exclude(kind=FindingKind.REGISTER_LOGIC)


def findings_about(scope: Scope, student: Student) -> QuerySet[Finding]:
    """Return everything runs ever found about a child, newest first."""
    return (
        Finding.objects.filter(
            scope.q(division="division_code", school="school_code"), student=student
        )
        .select_related("entry__snapshot")
        .order_by(F("missed_by").desc(nulls_first=True), "kind", "pk")
    )


def unconfirmed(scope: Scope, term: Term) -> QuerySet[Student]:
    """Return the term's children whose identity nobody has confirmed."""
    here = Enrolment.objects.filter(student=OuterRef("pk"), term=term.code)
    return students(scope).filter(Exists(here), identity_confirmed=False)
