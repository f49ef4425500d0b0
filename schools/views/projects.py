"""Pages of batches and projects, and what of them waits for somebody."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.ledger.choices import FundSource
from povedu.money import ZERO
from povedu.scope import Actor
from povedu.screens import Button, DetailScreen, Fact, ListScreen, Tab, Todo
from povedu.screens.screen import Words
from povedu.screens.todo import OVERDUE
from schools import filters, selectors, services, tables
from schools.forms import projects as forms
from schools.models import Milestone, Project
from schools.models import ProjectFunding as Funding
from schools.rules.projects import is_overdue, next_states
from schools.views.scoped import (
    ScopedFormScreen,
    allowed,
    local_day,
    place_words,
)

VIEW, EDIT, PAY = "schools.project.view", "schools.project.edit", "schools.project.pay"
PHOTO = "schools.photo.add"
PROJECTS: tuple[Words, str] = (_("建设项目"), "schools:project-list")
BATCHES: tuple[Words, str] = (_("项目批次"), "schools:batch-list")


class BatchList(ListScreen):
    """Batches with the progress and money of their projects."""

    action = VIEW
    title = _("项目批次")
    hint = _("点批次名称查看其中的项目。")
    selector = selectors.batches_with_counts
    table_class = tables.BatchTable
    filterset_class = filters.BatchFilter
    search_fields = ("name", "code", "document")
    search_hint = _("批次名称、代码或文号")
    export_kind = "project-batches"

    def buttons(self) -> list[Button]:
        """Offer a new batch."""
        return [Button(_("新增批次"), reverse("schools:batch-add"), EDIT, "bi-plus-lg")]


class BatchAdd(ScopedFormScreen):
    """A new batch."""

    action = EDIT
    title = _("新增项目批次")
    parents = (BATCHES,)
    form_class = forms.NewBatchForm
    service = services.create_batch
    details = services.BatchDetails
    apart = ("county",)
    success_url_name = "schools:batch-list"

    def initial(self) -> dict[str, Any]:
        """Begin with the county where there is only one, and this year."""
        counties = list(selectors.counties(self.scope)[:2])
        only = counties[0] if len(counties) == 1 else None
        return {"county": only, "year": local_day(self.request.now).year}


class BatchEdit(ScopedFormScreen):
    """Change a batch."""

    action = EDIT
    title = _("修改项目批次")
    parents = (BATCHES,)
    selector = selectors.batches
    form_class = forms.BatchForm
    service = services.edit_batch
    details = services.BatchDetails
    object_argument = "batch"
    version_field = "version"
    success_url_name = "schools:batch-list"


class ProjectList(ListScreen):
    """Projects with progress, lateness and money."""

    action = VIEW
    title = _("建设项目")
    table_class = tables.ProjectTable
    filterset_class = filters.ProjectFilter
    search_fields = ("name", "number", "school__name", "school__initials__contains", "contractor")
    search_hint = _("项目名称、编号、学校或承建单位")
    export_kind = "projects"
    empty_action = _("可以新增项目，也可以导入项目表。")

    def rows(self) -> QuerySet[Project]:
        """Return the projects with whether each is late today."""
        return selectors.projects_on(self.scope, local_day(self.request.now))

    def buttons(self) -> list[Button]:
        """Offer a new project."""
        return [Button(_("新增项目"), reverse("schools:project-add"), EDIT, "bi-plus-lg")]


def _actions(action: str, *buttons: tuple[Words, str, str]) -> Callable[[Any], dict[str, Any]]:
    """Return a tab's context with links to pages of the project: (label, URL name, icon)."""

    def context(screen: Any) -> dict[str, Any]:
        pk = screen.object.pk
        made = [
            Button(label, reverse(f"schools:{name}", args=[pk]), action, icon)
            for label, name, icon in buttons
        ]
        return {"actions": allowed(screen, made)}

    return context


def in_source_order(rows: Iterable[Funding]) -> list[Funding]:
    """Return funding from the highest level down, as papers list it."""
    order = list(FundSource.values)
    return sorted(rows, key=lambda row: order.index(row.source))


def _money(screen: Any) -> dict[str, Any]:
    """Return funding and payments per source with what is left, and their sums."""
    project: Project = screen.object
    paid: dict[str, Decimal] = {}
    for payment in selectors.payments(screen.scope).filter(project=project):
        paid[payment.source] = paid.get(payment.source, ZERO) + payment.amount
    lines = []
    for row in in_source_order(project.funding.all()):
        out = paid.get(row.source, ZERO)
        lines.append((row.get_source_display(), row.amount, out, row.amount - out))
    return {
        **_actions(EDIT, (_("安排资金"), "project-funding", "bi-cash-stack"))(screen),
        "lines": lines,
        "sums": [sum(column, ZERO) for column in list(zip(*lines, strict=True))[1:]],
    }


def _life(screen: Any) -> dict[str, Any]:
    project: Project = screen.object
    today = local_day(screen.request.now)
    steps = project.steps.select_related("recorded_by")
    milestones = [
        (one, one.done_on is None and one.due_on < today) for one in project.milestones.all()
    ]
    context = _actions(
        EDIT,
        (_("更新进度"), "project-advance", "bi-arrow-right-circle"),
        (_("新增节点"), "milestone-add", "bi-flag"),
    )(screen)
    if not next_states(project.state, project.category):
        context["actions"] = context["actions"][1:]
    table = tables.StepTable(list(steps), request=screen.request, orderable=False, order_by=())
    return {
        **context,
        "steps": table,
        "milestones": milestones,
        "may_edit": screen.may(EDIT),
    }


def _equipment(screen: Any) -> dict[str, Any]:
    rows = selectors.items(screen.scope).filter(project=screen.object)
    lines = list(rows.prefetch_related("deliveries__school"))
    tops = [line for line in lines if line.part_of_id is None]
    ordered = [one for top in tops for one in [top, *(x for x in lines if x.part_of_id == top.pk)]]
    return {
        **_actions(EDIT, (_("新增设备"), "item-add", "bi-plus-lg"))(screen),
        "items": ordered,
        "quantity": sum(top.quantity for top in tops),
        "amount": sum((top.amount for top in tops if top.amount is not None), ZERO),
        "may_edit": screen.may(EDIT),
    }


def _photos(screen: Any) -> dict[str, Any]:
    rows = selectors.photos(screen.scope).filter(project=screen.object)
    return {
        **_actions(PHOTO, (_("上传照片"), "photo-add", "bi-camera"))(screen),
        "photos": list(rows.select_related("added_by")),
        "may_edit": screen.may(EDIT),
    }


class ProjectDetail(DetailScreen):
    """A project: money, life, payments, photographs, equipment."""

    action = VIEW
    parents = (PROJECTS,)
    tabs = (
        Tab("money", _("资金"), template="schools/tab_funding.html", context=_money),
        Tab("life", _("进度与节点"), template="schools/tab_life.html", context=_life),
        Tab(
            "payments",
            _("支付"),
            template="schools/tab_actions.html",
            context=_actions(PAY, (_("登记支付"), "payment-add", "bi-plus-lg")),
            table_class=tables.PaymentTable,
            rows=lambda screen: selectors.payments(screen.scope).filter(project=screen.object),
            empty=_("还没有支付记录。"),
        ),
        Tab("photos", _("照片"), template="schools/tab_photos.html", context=_photos),
        Tab("equipment", _("设备"), template="schools/tab_equipment.html", context=_equipment),
    )

    def rows(self) -> QuerySet[Project]:
        """Return the projects with money."""
        return selectors.projects_with_money(self.scope)

    def facts(self) -> Sequence[Fact]:
        """Say which batch, where, how far, how much, and whether it is late."""
        project: Any = self.object
        school = project.school
        today = local_day(self.request.now)
        late = is_overdue(
            state=project.state, planned_completion_on=project.planned_completion_on, today=today
        )
        facts = [
            Fact(_("批次"), project.batch, project.batch.get_absolute_url()),
            Fact(_("学校"), school, school.get_absolute_url() if school else ""),
            Fact(_("所在区划"), " ".join(place_words(project.division))),
            Fact(_("类别"), project.get_category_display()),
            Fact(
                _("进度"),
                project.get_state_display(),
                status=tables.STATE_TONES.get(project.state, "plain"),
            ),
            *([Fact(_("工期"), _("已逾期"), status="overdue")] if late else []),
            Fact(_("资金（元）"), project.funded, money=True),
            Fact(_("已支付（元）"), project.paid, money=True),
            Fact(_("计划完工"), _day(project.planned_completion_on)),
            Fact(_("承建供货"), project.contractor),
        ]
        if project.area:
            facts.append(Fact(_("建筑面积"), f"{project.area:,.2f} m²"))
        return [*facts, *([Fact(_("备注"), project.note)] if project.note else [])]

    def buttons(self) -> list[Button]:
        """Offer the next step first, then the form."""
        pk = self.object.pk
        edit = Button(_("编辑"), reverse("schools:project-edit", args=[pk]), EDIT, "bi-pencil")
        if not next_states(self.object.state, self.object.category):
            return [edit]
        address = reverse("schools:project-advance", args=[pk])
        return [Button(_("更新进度"), address, EDIT, "bi-arrow-right-circle"), edit]


def _day(day: Any) -> str:
    return f"{day:%Y-%m-%d}" if day else ""


class ProjectAdd(ScopedFormScreen):
    """A new project."""

    action = EDIT
    title = _("新增项目")
    parents = (PROJECTS,)
    form_class = forms.NewProjectForm
    service = services.create_project
    details = services.ProjectDetails
    apart = ("batch",)
    success = _("已新增项目。")


class ProjectEdit(ScopedFormScreen):
    """What a project is."""

    action = EDIT
    title = _("修改项目")
    parents = (PROJECTS,)
    selector = selectors.projects
    form_class = forms.ProjectForm
    service = services.edit_project
    details = services.ProjectDetails
    object_argument = "project"
    version_field = "version"


def overdue_projects(actor: Actor, now: datetime) -> Iterable[Todo]:
    """Count the projects that are late, for the landing page."""
    today = local_day(now)
    count = selectors.projects(actor.scope).filter(selectors.overdue(today)).order_by().count()
    return [
        Todo(
            _("逾期的建设项目"),
            count,
            f"{reverse('schools:project-list')}?overdue=true",
            OVERDUE,
            _("总工期或节点已过期"),
        )
    ]


def due_milestones(actor: Actor, now: datetime) -> Iterable[Todo]:
    """Count the milestones due within two weeks, for the landing page."""
    today = local_day(now)
    count = selectors.milestones_due(actor.scope, today).count()
    return [
        Todo(
            _("两周内到期的项目节点"),
            count,
            reverse("schools:milestone-list"),
            "due",
        )
    ]


class MilestoneList(ListScreen):
    """The milestones not yet done, the earliest due first."""

    action = VIEW
    title = _("未完成的项目节点")
    table_class = tables.MilestoneTable
    filterset_class = filters.MilestoneFilter
    search_fields = ("name", "project__name")
    search_hint = _("节点或项目名称")
    export_kind = "milestones"
    empty_reason = _("没有未完成的节点。")

    def rows(self) -> QuerySet[Milestone]:
        """Return what is not done."""
        return selectors.milestones(self.scope).filter(done_on=None)
