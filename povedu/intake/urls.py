"""Addresses of intake."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from povedu.intake import selectors, views
from povedu.scope import Actor
from povedu.screens.menu import MenuItem, QuickAction, Section
from povedu.screens.todo import Todo, TodoSource

app_name = "intake"


def _waiting(actor: Actor, now: datetime) -> Iterable[Todo]:
    page = reverse("intake:batch-list")
    for waits, label in (
        (selectors.Waits.READY, _("已识别、待核对导入的名册")),
        (selectors.Waits.SENT_BACK, _("被退回、待改正的名册")),
        (selectors.Waits.APPROVAL, _("待您确认导入的名册")),
        (selectors.Waits.LARGE, _("大范围变更、待确认的名册")),
    ):
        count = selectors.waiting(actor, waits).count()
        yield Todo(label, count, f"{page}?waits={waits}")


TODOS = [TodoSource("intake.batch.review", _waiting, order=20)]
QUICK = [QuickAction(_("上传名册"), "intake:kind-list", "intake.batch.upload", "bi-upload", 10)]
MENU = [MenuItem(Section.TODO, _("导入"), "intake:batch-list", "intake.batch.view", order=20)]

urlpatterns = [
    path("", views.BatchList.as_view(), name="batch-list"),
    path("kinds/", views.KindList.as_view(), name="kind-list"),
    path("add/<slug:kind>/", views.BatchAdd.as_view(), name="batch-add"),
    path("templates/<slug:kind>/", views.TemplateDownload.as_view(), name="template"),
    path("headings/", views.MappingList.as_view(), name="mapping-list"),
    path("headings/<int:pk>/", views.MappingChange.as_view(), name="mapping-change"),
    path("headings/<int:pk>/forget/", views.MappingForget.as_view(), name="mapping-forget"),
    path("<int:pk>/", views.BatchDetail.as_view(), name="batch-detail"),
    path("<int:pk>/rows/", views.RowList.as_view(), name="row-list"),
    path("<int:pk>/rows/<int:row>/", views.RowFix.as_view(), name="row-fix"),
    path("<int:pk>/rows/<int:row>/cell/", views.CellFix.as_view(), name="cell-fix"),
    path(
        "<int:pk>/rows/<int:row>/repairs/<slug:code>/decline/",
        views.RowRepairDecline.as_view(),
        name="row-repair-decline",
    ),
    path(
        "<int:pk>/rows/<int:row>/repairs/<slug:code>/accept/",
        views.RowRepairAccept.as_view(),
        name="row-repair-accept",
    ),
    path("<int:pk>/headings/", views.BatchHeadings.as_view(), name="batch-headings"),
    path("<int:pk>/repairs/<slug:code>/", views.RepairDecline.as_view(), name="repair-decline"),
    path(
        "<int:pk>/repairs/<slug:code>/accept/", views.RepairAccept.as_view(), name="repair-accept"
    ),
    path("<int:pk>/apply/", views.BatchApply.as_view(), name="batch-apply"),
    path("<int:pk>/confirm/", views.BatchConfirm.as_view(), name="batch-confirm"),
    path("<int:pk>/undo/", views.BatchUndo.as_view(), name="batch-undo"),
    path("<int:pk>/return/", views.BatchReturn.as_view(), name="batch-return"),
    path("<int:pk>/withdraw/", views.BatchWithdraw.as_view(), name="batch-withdraw"),
    path("<int:pk>/answer/", views.BatchAnswer.as_view(), name="batch-answer"),
]
