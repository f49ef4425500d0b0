"""Pages that take a project a step further: state, money, milestones, photographs."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povedu.errors import Refusal
from povedu.jobs import store
from povedu.ledger.choices import FundSource
from povedu.money import ZERO
from povedu.screens import ObjectScreen
from povedu.screens.screen import Words
from schools import selectors, services
from schools.choices import ProjectState
from schools.forms import projects as forms
from schools.models import Project, ProjectPhoto
from schools.views.projects import EDIT, PAY, PHOTO, PROJECTS, VIEW, in_source_order
from schools.views.scoped import (
    ScopedActionScreen,
    local_day,
)


class OfProject(ScopedActionScreen):
    """Something is recorded of a project; afterwards a tab of its page."""

    action = EDIT
    parents = (PROJECTS,)
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


class ProjectAdvance(OfProject):
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


class ProjectFunding(OfProject):
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


class PaymentAdd(OfProject):
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


class MilestoneAdd(OfProject):
    """A date by which a step is due."""

    title = _("新增项目节点")
    form_class = forms.MilestoneForm
    service = services.add_milestone
    button = _("保存")
    tab = "life"


class MilestoneDone(OfProject):
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


class MilestoneRemove(OfProject):
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


class PhotoAdd(OfProject):
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


class PhotoRemove(OfProject):
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
