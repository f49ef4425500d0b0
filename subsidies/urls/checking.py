"""Addresses and lines of the navigation: the matrix, doubts, recoveries and samples."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from povedu.screens.menu import MenuItem, Part, Section
from subsidies.views import checking, feedback, matrix, migrants, monthly, samples, target_lists

MENU = [
    MenuItem(
        Section.AID,
        _("资助矩阵"),
        "subsidies:matrix",
        "subsidies.matrix.summary",
        order=40,
        part=Part.CHECKING,
    ),
    MenuItem(
        Section.AID,
        _("疑点清单"),
        "subsidies:doubt-list",
        "subsidies.doubt.view",
        order=41,
        part=Part.CHECKING,
    ),
    MenuItem(
        Section.AID,
        _("补发单"),
        "subsidies:back-pay-list",
        "subsidies.backpay.view",
        order=42,
        part=Part.CHECKING,
    ),
    MenuItem(
        Section.AID,
        _("追回"),
        "subsidies:recovery-list",
        "subsidies.recovery.view",
        order=43,
        part=Part.CHECKING,
    ),
    MenuItem(
        Section.AID,
        _("资金抽查"),
        "subsidies:sample-list",
        "subsidies.sample.view",
        order=44,
        part=Part.CHECKING,
    ),
    MenuItem(
        Section.AID,
        _("随迁子女受助"),
        "subsidies:migrant-share",
        "subsidies.award.view",
        order=45,
        part=Part.CHECKING,
    ),
    MenuItem(
        Section.AID,
        _("孤儿按月补助"),
        "subsidies:orphan-list",
        "subsidies.payment.view",
        order=46,
        part=Part.CHECKING,
    ),
    MenuItem(
        Section.AID,
        _("中职免补"),
        "subsidies:vocational",
        "subsidies.programme.view",
        order=47,
        part=Part.CHECKING,
    ),
]

urlpatterns = [
    path("feedback/<int:pk>/", feedback.FeedbackList.as_view(), name="feedback-list"),
    path("feedback/<int:pk>/list/", target_lists.ListedEntries.as_view(), name="feedback-entries"),
    path(
        "feedback/<int:pk>/off-list/",
        target_lists.OffListPupils.as_view(),
        name="feedback-off-list",
    ),
    path("migrants/", migrants.MigrantShare.as_view(), name="migrant-share"),
    path("matrix/", matrix.MatrixSummary.as_view(), name="matrix"),
    path("matrix/compute/", matrix.MatrixCompute.as_view(), name="matrix-compute"),
    path("matrix/cells/", matrix.CellList.as_view(), name="cell-list"),
    path("matrix/schools/<str:code>/", matrix.SchoolMatrix.as_view(), name="school-matrix-list"),
    path("orphans/", monthly.OrphanList.as_view(), name="orphan-list"),
    path("vocational/", monthly.VocationalYear.as_view(), name="vocational"),
    path("vocational/<int:year>/", monthly.VocationalYear.as_view(), name="vocational-year"),
    path("doubts/", checking.DoubtList.as_view(), name="doubt-list"),
    path("doubts/queue/", checking.DoubtQueue.as_view(), name="doubt-queue"),
    path("doubts/queue/<int:pk>/", checking.DoubtQueue.as_view(), name="doubt-queue-item"),
    path("back-pays/", checking.BackPayList.as_view(), name="back-pay-list"),
    path("recoveries/", checking.RecoveryList.as_view(), name="recovery-list"),
    path("payments/<int:pk>/recover/", checking.RecoveryAdd.as_view(), name="payment-recover"),
    path("recoveries/<int:pk>/", checking.RecoveryDetail.as_view(), name="recovery-detail"),
    path(
        "recoveries/<int:pk>/approve/", checking.RecoveryApprove.as_view(), name="recovery-approve"
    ),
    path("recoveries/<int:pk>/refuse/", checking.RecoveryRefuse.as_view(), name="recovery-refuse"),
    path(
        "recoveries/<int:pk>/receive/", checking.RecoveryReceive.as_view(), name="recovery-receive"
    ),
    path(
        "recoveries/<int:pk>/write-off/",
        checking.RecoveryWriteOff.as_view(),
        name="recovery-write-off",
    ),
    path("samples/", samples.SampleList.as_view(), name="sample-list"),
    path("samples/add/", samples.SampleAdd.as_view(), name="sample-add"),
    path("samples/<int:pk>/", samples.SampleDetail.as_view(), name="sample-detail"),
    path("samples/<int:pk>/draw/", samples.SampleDraw.as_view(), name="sample-draw"),
    path("samples/<int:pk>/close/", samples.SampleClose.as_view(), name="sample-close"),
    path("samples/<int:pk>/items/", samples.SampleItemList.as_view(), name="sample-item-list"),
    path("samples/<int:pk>/frame/", samples.SampleFrameList.as_view(), name="sample-frame-list"),
    path("samples/items/<int:pk>/", samples.SampleItemForm.as_view(), name="sample-item"),
]
