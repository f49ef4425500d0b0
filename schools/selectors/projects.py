"""Reading projects, their money, steps and equipment."""

from datetime import date, timedelta

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from povedu.money import ZERO, MoneyField
from povedu.scope import Scope
from schools.models import (
    EquipmentDelivery,
    EquipmentItem,
    Milestone,
    Project,
    ProjectBatch,
    ProjectFunding,
    ProjectPayment,
    ProjectPhoto,
    School,
)
from schools.rules.projects import RUNNING


def batches(scope: Scope) -> QuerySet[ProjectBatch]:
    """Return the batches of the counties that the scope lies in or holds."""
    return ProjectBatch.objects.filter(county__code__startswith=scope.county_code).select_related(
        "county"
    )


def batches_with_counts(scope: Scope) -> QuerySet[ProjectBatch]:
    """Return the batches with the number, progress and money of the projects in scope."""
    inside = projects(scope).filter(batch=OuterRef("pk")).order_by().values("batch")
    funded = (
        ProjectFunding.objects.filter(_inside(scope), project__batch=OuterRef("pk"))
        .order_by()
        .values("project__batch")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    return batches(scope).annotate(
        projects_count=Coalesce(Subquery(inside.annotate(n=Count("pk")).values("n")), 0),
        complete_count=Coalesce(
            Subquery(
                inside.filter(state__in=["complete", "in_use"]).annotate(n=Count("pk")).values("n")
            ),
            0,
        ),
        funded=Coalesce(Subquery(funded), Value(ZERO, output_field=MoneyField())),
    )


def _inside(scope: Scope) -> Q:
    return scope.q(division="project__division_id", school="project__school__code")


def projects(scope: Scope) -> QuerySet[Project]:
    """Return the projects in scope; a school sees those at the school."""
    inside = scope.q(division="division_id", school="school__code")
    return Project.objects.filter(inside).select_related(
        "batch", "division__parent", "school__division"
    )


def _sum_of(model: type[ProjectFunding] | type[ProjectPayment]) -> Coalesce:
    total = (
        model._default_manager.filter(project=OuterRef("pk"))
        .order_by()
        .values("project")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    return Coalesce(Subquery(total), Value(ZERO, output_field=MoneyField()))


def projects_with_money(scope: Scope) -> QuerySet[Project]:
    """Return the projects in scope with what they are given and what has been paid, in yuan."""
    return projects(scope).annotate(funded=_sum_of(ProjectFunding), paid=_sum_of(ProjectPayment))


def overdue(today: date) -> Q:
    """Return the filter for projects late on a day: as a whole, or by a milestone."""
    late = Exists(Milestone.objects.filter(project=OuterRef("pk"), done_on=None, due_on__lt=today))
    return Q(state__in=RUNNING) & (Q(planned_completion_on__lt=today) | Q(late))


def projects_on(scope: Scope, today: date) -> QuerySet[Project]:
    """Return the projects in scope with money and whether each is overdue on a day."""
    return projects_with_money(scope).annotate(
        is_overdue=Case(
            When(overdue(today), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        )
    )


def milestones(scope: Scope) -> QuerySet[Milestone]:
    """Return the milestones of the projects in scope."""
    return Milestone.objects.filter(_inside(scope)).select_related(
        "project__division", "project__school"
    )


def milestones_due(scope: Scope, today: date) -> QuerySet[Milestone]:
    """Return the milestones of running projects that are due within two weeks and not done."""
    return milestones(scope).filter(
        done_on=None,
        due_on__gte=today,
        due_on__lte=today + timedelta(days=14),
        project__state__in=RUNNING,
    )


def payments(scope: Scope) -> QuerySet[ProjectPayment]:
    """Return the payments of the projects in scope."""
    return ProjectPayment.objects.filter(_inside(scope)).select_related("project")


def photos(scope: Scope) -> QuerySet[ProjectPhoto]:
    """Return the photographs of the projects in scope."""
    return ProjectPhoto.objects.filter(_inside(scope)).select_related("project__school")


def items(scope: Scope) -> QuerySet[EquipmentItem]:
    """Return the equipment of the projects in scope with amount and delivered quantity."""
    delivered = (
        EquipmentDelivery.objects.filter(item=OuterRef("pk"))
        .order_by()
        .values("item")
        .annotate(sum=Sum("quantity"))
        .values("sum")
    )
    return (
        EquipmentItem.objects.filter(_inside(scope))
        .select_related("project__batch", "project__school", "project__division", "part_of")
        .annotate(
            delivered=Coalesce(Subquery(delivered), 0),
            line_amount=ExpressionWrapper(
                F("quantity") * F("unit_price"), output_field=MoneyField(null=True)
            ),
        )
    )


def deliveries(scope: Scope) -> QuerySet[EquipmentDelivery]:
    """Return what the schools in scope received, the newest first."""
    inside = scope.q(division="school__division_id", school="school__code")
    return (
        EquipmentDelivery.objects.filter(inside)
        .select_related("item__project__batch", "item__part_of", "school")
        .order_by("-delivered_on", "-pk")
    )


def deliveries_to(scope: Scope, school: School) -> QuerySet[EquipmentDelivery]:
    """Return what a school in scope received."""
    return deliveries(scope).filter(school=school)
