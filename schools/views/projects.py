"""Pages of batches, projects, their life, money, equipment and photographs."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povedu.errors import Refusal
from povedu.jobs import store
from povedu.ledger.choices import FundSource
from povedu.money import ZERO
from povedu.scope import Actor
from povedu.screens import Button, DetailScreen, Fact, ListScreen, ObjectScreen, Tab, Todo
from povedu.screens.base import Words
from povedu.screens.todo import OVERDUE
from schools import filters, selectors, services, tables
from schools.choices import ProjectState
from schools.forms import projects as forms
from schools.models import Milestone, Project, ProjectPhoto
from schools.models import ProjectFunding as Funding
from schools.rules.projects import is_overdue, next_states
from schools.views.scoped import (
    ScopedActionScreen,
    ScopedFormScreen,
    allowed,
    local_day,
    place_words,
)

VIEW, EDIT, PAY = "schools.project.view", "schools.project.edit", "schools.project.pay"
PHOTO = "schools.photo.add"
_LIST: tuple[Words, str] = (_("建设项目"), "schools:project-list")
_BATCHES: tuple[Words, str] = (_("项目批次"), "schools:batch-list")


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
    parents = (_BATCHES,)
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
    parents = (_BATCHES,)
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


class EquipmentList(ListScreen):
    """Equipment of all projects, line by line."""

    action = VIEW
    title = _("设备采购")
    hint = _("“其中”项只作说明，不计入合计。")
    selector = selectors.items
    table_class = tables.ItemTable
    filterset_class = filters.ItemFilter
    search_fields = ("name", "model_no", "project__name")
    search_hint = _("品名、规格型号或项目名称")
    export_kind = "equipment"


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
    parents = (_LIST,)
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
    parents = (_LIST,)
    form_class = forms.NewProjectForm
    service = services.create_project
    details = services.ProjectDetails
    apart = ("batch",)
    success = _("已新增项目。")


class ProjectEdit(ScopedFormScreen):
    """What a project is."""

    action = EDIT
    title = _("修改项目")
    parents = (_LIST,)
    selector = selectors.projects
    form_class = forms.ProjectForm
    service = services.edit_project
    details = services.ProjectDetails
    object_argument = "project"
    version_field = "version"


class _OfProject(ScopedActionScreen):
    """Something is recorded of a project; afterwards a tab of its page."""

    action = EDIT
    parents = (_LIST,)
    selector: ClassVar[Callable[..., QuerySet[Any]]] = selectors.projects
    form_class: ClassVar[type[BaseForm]]
    service: ClassVar[Callable[..., Any]]
    object_argument = "project"
    tab = "money"

    def initial(self) -> dict[str, Any]:
        """Begin empty: the fields are not the project's own."""
        return {}

    def project(self) -> Project:
        """Return the project that the row belongs to."""
        found: Project = getattr(self.object, "project", self.object)
        return found

    def consequence(self) -> Words:
        """Name the project."""
        return gettext("项目：%(project)s") % {"project": self.project().name}

    def back_url(self) -> str:
        """Lead back to the tab."""
        return f"{self.project().get_absolute_url()}?tab={self.tab}"

    def success_url(self, result: object) -> str:
        """Lead back to the tab."""
        return self.back_url()


class ProjectAdvance(_OfProject):
    """The next step of a project's life."""

    title = _("更新项目进度")
    form_class = forms.StepForm
    service = services.advance_project
    details = services.Step
    details_argument = "step"
    version_field = "version"
    button = _("登记进度")
    tab = "life"

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form the project."""
        return {**super().form_arguments(), "project": self.object}

    def initial(self) -> dict[str, Any]:
        """Begin with today."""
        return {"on": local_day(self.request.now)}

    def consequence(self) -> Words:
        """Say where the project stands."""
        return gettext("项目“%(project)s”现为“%(state)s”。进度一经登记即记入项目历史。") % {
            "project": self.object.name,
            "state": ProjectState(self.object.state).label,
        }


class ProjectFunding(_OfProject):
    """What each source pays."""

    title = _("安排项目资金")
    form_class = forms.FundingForm
    version_field = "version"
    button = _("保存")

    @staticmethod
    def service(**given: Any) -> Project:
        """Pass the amounts per source."""
        keep = {name: given.pop(name) for name in ("project", "actor", "now")}
        return services.set_funding(
            amounts={source: amount for source, amount in given.items() if amount}, **keep
        )

    def initial(self) -> dict[str, Any]:
        """Begin with the amounts as they are."""
        return {row.source: row.amount for row in self.object.funding.all()}

    def consequence(self) -> Words:
        """Say what the amounts add up to."""
        return gettext("各来源之和即项目总资金；已支付的部分不能调减。项目：%(project)s") % {
            "project": self.object.name
        }


class PaymentAdd(_OfProject):
    """A payment."""

    action = PAY
    title = _("登记项目支付")
    form_class = forms.PaymentForm
    service = services.pay_project
    details = services.PaymentDetails
    details_argument = "payment"
    button = _("登记支付")
    tab = "payments"

    def initial(self) -> dict[str, Any]:
        """Begin with today and the first source that has money left."""
        funding = in_source_order(self.object.funding.all())
        first = funding[0].source if funding else None
        return {"paid_on": local_day(self.request.now), "source": first}

    def form_arguments(self) -> dict[str, Any]:
        """Make a new payment: the row of the page is the project."""
        return {**super().form_arguments(), "instance": None}

    def figures(self) -> Sequence[tuple[Words, Any]]:
        """Say what each source still has."""
        paid: dict[str, Decimal] = {}
        for payment in self.object.payments.all():
            paid[payment.source] = paid.get(payment.source, ZERO) + payment.amount
        return [
            (
                gettext("%(source)s余额（元）") % {"source": FundSource(row.source).label},
                f"{row.amount - paid.get(row.source, ZERO):,.2f}",
            )
            for row in in_source_order(self.object.funding.all())
        ]


class MilestoneAdd(_OfProject):
    """A date by which a step is due."""

    title = _("新增项目节点")
    form_class = forms.MilestoneForm
    service = services.add_milestone
    button = _("保存")
    tab = "life"


class MilestoneDone(_OfProject):
    """A step is done."""

    title = _("完成项目节点")
    selector = selectors.milestones
    form_class = forms.DoneForm
    service = services.finish_milestone
    object_argument = "milestone"
    tab = "life"

    def initial(self) -> dict[str, Any]:
        """Begin with today."""
        return {"done_on": local_day(self.request.now)}

    def consequence(self) -> Words:
        """Name the step."""
        return gettext("节点“%(name)s”应于 %(due)s 完成。") % {
            "name": self.object.name,
            "due": f"{self.object.due_on:%Y-%m-%d}",
        }


class MilestoneRemove(_OfProject):
    """A step is no longer planned."""

    title = _("删除项目节点")
    selector = selectors.milestones
    form_class = forms.NothingForm
    service = services.remove_milestone
    object_argument = "milestone"
    tab = "life"
    button = _("删除")
    danger = True
    success = _("已删除。")

    def consequence(self) -> Words:
        """Name the step."""
        return gettext("将删除节点“%(name)s”。") % {"name": self.object.name}


class PhotoAdd(_OfProject):
    """A photograph."""

    action = PHOTO
    title = _("上传项目照片")
    form_class = forms.PhotoForm
    button = _("上传")
    success = _("已上传。")
    tab = "photos"

    @staticmethod
    def service(*, photo: Any, **given: Any) -> ProjectPhoto:
        """Read the file and keep it."""
        return services.add_photo(content=photo.read(), **given)

    def initial(self) -> dict[str, Any]:
        """Begin with today."""
        return {"taken_on": local_day(self.request.now)}


class PhotoRemove(_OfProject):
    """A photograph is taken away."""

    title = _("删除项目照片")
    selector = selectors.photos
    form_class = forms.NothingForm
    service = services.remove_photo
    object_argument = "photo"
    button = _("删除")
    danger = True
    success = _("已删除。")
    tab = "photos"

    def consequence(self) -> Words:
        """Name the picture."""
        return gettext("将删除 %(day)s 拍摄的照片“%(caption)s”，不能恢复。") % {
            "day": f"{self.object.taken_on:%Y-%m-%d}",
            "caption": self.object.caption,
        }


class PhotoFile(ObjectScreen):
    """The picture itself, unsealed for those who may see the project."""

    action = VIEW
    selector = selectors.photos

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the bytes, never sniffed, never framed."""
        photo: Any = self.load()
        try:
            content = store.read(photo.stored_name)
        except (FileNotFoundError, ValueError) as gone:
            raise Refusal("photo-gone", _("照片文件已不在，请重新上传。")) from gone
        ending = "png" if photo.content_type == "image/png" else "jpg"
        return HttpResponse(
            content,
            content_type=photo.content_type,
            headers={
                "Content-Disposition": f'inline; filename="photo-{photo.pk}.{ending}"',
                "X-Content-Type-Options": "nosniff",
                "Cross-Origin-Resource-Policy": "same-origin",
            },
        )


class ItemAdd(_OfProject):
    """A line of a purchase."""

    title = _("新增设备明细")
    form_class = forms.ItemForm
    service = services.add_item
    details = services.ItemDetails
    button = _("保存")
    tab = "equipment"

    def form_arguments(self) -> dict[str, Any]:
        """Make a new line of the project."""
        return {**super().form_arguments(), "instance": None, "project": self.object}

    def initial(self) -> dict[str, Any]:
        """Begin with the usual unit."""
        return {"unit": gettext("台")}


class ItemEdit(ScopedFormScreen):
    """Change a line of a purchase."""

    action = EDIT
    title = _("修改设备明细")
    parents = (_LIST,)
    selector = selectors.items
    form_class = forms.ItemForm
    service = services.edit_item
    details = services.ItemDetails
    object_argument = "item"

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form the project."""
        return {**super().form_arguments(), "project": self.object.project}

    def back_url(self) -> str:
        """Lead back to the tab."""
        return f"{self.object.project.get_absolute_url()}?tab=equipment"

    def success_url(self, result: object) -> str:
        """Lead back to the tab."""
        return self.back_url()


class ItemDeliver(_OfProject):
    """How many of an item a school received."""

    title = _("登记设备配发")
    selector = selectors.items
    form_class = forms.DeliveryForm
    service = services.deliver
    object_argument = "item"
    button = _("登记")
    tab = "equipment"

    def initial(self) -> dict[str, Any]:
        """Begin with today and the project's school."""
        return {
            "school": self.object.project.school,
            "delivered_on": local_day(self.request.now),
        }

    def consequence(self) -> Words:
        """Name the item."""
        return gettext("设备“%(item)s”。同一学校再次登记时以新数量为准。") % {
            "item": self.object.name
        }

    def figures(self) -> Sequence[tuple[Words, Any]]:
        """Say how many are left."""
        item = self.object
        return [
            (_("采购数量"), item.quantity),
            (_("已配发"), item.delivered),
            (_("未配发"), item.quantity - item.delivered),
        ]


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
