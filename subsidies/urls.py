"""Addresses of programmes and money; what waits for whom."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.scope import Actor
from povedu.screens.details import Tab
from povedu.screens.menu import MenuItem, QuickAction, Section
from povedu.screens.todo import DUE, OVERDUE, Todo, TodoSource
from subsidies.choices import AwardState, BatchState, NoticeState, ObjectionState
from subsidies.selectors import payments as selectors
from subsidies.selectors.programmes import office_of
from subsidies.views import awards, batches, money, notices, programmes

app_name = "subsidies"


def _to_approve(actor: Actor, now: datetime) -> Iterable[Todo]:
    """Count what waits for an approver, not what they made themselves."""
    office, today = office_of(actor), timezone.localtime(now).date()
    others = selectors.batches(actor.scope, office).exclude(made_by=actor.user_id)
    frozen = others.filter(state=BatchState.FROZEN).count()
    yield Todo(
        _("待审批的发放批次"), frozen, reverse("subsidies:batch-list") + "?state=frozen", DUE
    )
    mine = selectors.awards(actor.scope, office).exclude(proposed_by=actor.user_id)
    shown = mine.filter(state=AwardState.PUBLICISED, notice__ends_on__lte=today).count()
    plain = mine.filter(state=AwardState.PROPOSED, programme__needs_notice=False).count()
    address = reverse("subsidies:award-list")
    yield Todo(_("公示期满待批准的资助"), shown, f"{address}?state=publicised", DUE)
    yield Todo(_("待批准的资助"), plain, f"{address}?state=proposed")
    papers = selectors.determinations(actor.scope, office).exclude(entered_by=actor.user_id)
    waiting = papers.filter(state="pending").count()
    yield Todo(
        _("待审核的困难认定"), waiting, reverse("subsidies:determination-list") + "?state=pending"
    )
    objections = selectors.objections(actor.scope, office).filter(state=ObjectionState.OPEN)
    yield Todo(
        _("待答复的公示异议"),
        objections.count(),
        reverse("subsidies:objection-list") + "?state=open",
        DUE,
    )


def _to_prepare(actor: Actor, now: datetime) -> Iterable[Todo]:
    """Count what waits for those who prepare."""
    office, today = office_of(actor), timezone.localtime(now).date()
    own = selectors.batches(actor.scope, office)
    address = reverse("subsidies:batch-list")
    yield Todo(
        _("编制中的批次"), own.filter(state=BatchState.DRAFT).count(), f"{address}?state=draft"
    )
    yield Todo(
        _("待送银行的批次"),
        own.filter(state=BatchState.APPROVED).count(),
        f"{address}?state=approved",
        DUE,
    )
    yield Todo(
        _("待回盘的批次"),
        own.filter(state=BatchState.RELEASED).count(),
        f"{address}?state=released",
    )
    overdue = selectors.notices(actor.scope, office).filter(
        state=NoticeState.PUBLISHED, ends_on__lte=today
    )
    yield Todo(
        _("到期待撤下的公示"),
        overdue.count(),
        reverse("subsidies:notice-list") + "?state=published",
        OVERDUE,
    )
    proposed = selectors.awards(actor.scope, office).filter(
        state=AwardState.PROPOSED, programme__needs_notice=True, notice_line__isnull=True
    )
    yield Todo(
        _("待公示的资助"), proposed.count(), reverse("subsidies:award-list") + "?state=proposed"
    )


def _to_correct(actor: Actor, now: datetime) -> Iterable[Todo]:
    """Count the payments that came back."""
    count = selectors.returned_unresolved(actor.scope, office_of(actor)).count()
    yield Todo(_("退回待更正的款项"), count, reverse("subsidies:returned-list"), DUE)


TODOS = [
    TodoSource("subsidies.batch.approve", _to_approve, order=20),
    TodoSource("subsidies.batch.prepare", _to_prepare, order=25),
    TodoSource("subsidies.payment.correct", _to_correct, order=30),
]
MENU = [
    MenuItem(
        Section.AID, _("资助项目"), "subsidies:programme-list", "subsidies.programme.view", order=10
    ),
    MenuItem(Section.AID, _("资助决定"), "subsidies:award-list", "subsidies.award.view", order=20),
    MenuItem(
        Section.AID,
        _("困难认定"),
        "subsidies:determination-list",
        "subsidies.determination.view",
        order=25,
    ),
    MenuItem(Section.AID, _("公示"), "subsidies:notice-list", "subsidies.notice.view", order=30),
    MenuItem(
        Section.AID, _("公示异议"), "subsidies:objection-list", "subsidies.programme.view", order=35
    ),
    MenuItem(Section.AID, _("发放批次"), "subsidies:batch-list", "subsidies.batch.view", order=40),
    MenuItem(
        Section.AID, _("发放明细"), "subsidies:payment-list", "subsidies.payment.view", order=50
    ),
    MenuItem(
        Section.AID,
        _("退回待更正"),
        "subsidies:returned-list",
        "subsidies.payment.correct",
        order=55,
    ),
    MenuItem(
        Section.AID, _("资金到账"), "subsidies:receipt-list", "subsidies.receipt.view", order=60
    ),
    MenuItem(Section.AID, _("社会捐助"), "subsidies:gift-list", "subsidies.gift.view", order=70),
]
QUICK = [
    QuickAction(
        _("编制批次"), "subsidies:batch-add", "subsidies.batch.prepare", "bi-cash-stack", order=30
    ),
    QuickAction(
        _("登记到账"), "subsidies:receipt-add", "subsidies.receipt.add", "bi-piggy-bank", order=40
    ),
]
# The tab of a student's page, for whoever draws that page: rows of ``Tab`` under this name.
STUDENT_TABS = [
    Tab(
        "account",
        _("资助账户"),
        template="subsidies/aid_account.html",
        context=money.account_context,
        action="subsidies.award.view",
    )
]

urlpatterns = [
    path("programmes/", programmes.ProgrammeList.as_view(), name="programme-list"),
    path("programmes/add/", programmes.ProgrammeAdd.as_view(), name="programme-add"),
    path("programmes/presets/", programmes.PresetsInstall.as_view(), name="presets-install"),
    path("programmes/<int:pk>/", programmes.ProgrammeDetail.as_view(), name="programme-detail"),
    path("programmes/<int:pk>/edit/", programmes.ProgrammeEdit.as_view(), name="programme-edit"),
    path(
        "programmes/<int:pk>/standards/add/", programmes.StandardAdd.as_view(), name="standard-add"
    ),
    path("standards/<int:pk>/end/", programmes.StandardEnd.as_view(), name="standard-end"),
    path("programmes/<int:pk>/sources/", programmes.SourceRules.as_view(), name="source-rules"),
    path("programmes/<int:pk>/quota/", programmes.QuotaSet.as_view(), name="quota-set"),
    path(
        "programmes/<int:pk>/approve/<str:term>/",
        awards.AwardApprove.as_view(),
        name="award-approve",
    ),
    path("awards/", awards.AwardList.as_view(), name="award-list"),
    path("awards/run/<slug:step>/", awards.AwardRun.as_view(), name="award-run"),
    path("awards/<int:pk>/", awards.AwardDetail.as_view(), name="award-detail"),
    path("awards/<int:pk>/cancel/", awards.AwardCancel.as_view(), name="award-cancel"),
    path("awards/<int:pk>/suspend/", awards.AwardSuspend.as_view(), name="award-suspend"),
    path("awards/<int:pk>/resume/", awards.AwardResume.as_view(), name="award-resume"),
    path("accounts/<int:pk>/", money.AidAccount.as_view(), name="aid-account"),
    path("determinations/", awards.DeterminationList.as_view(), name="determination-list"),
    path("determinations/add/", awards.DeterminationAdd.as_view(), name="determination-add"),
    path(
        "determinations/<int:pk>/",
        awards.DeterminationDecide.as_view(),
        name="determination-decide",
    ),
    path("notices/", notices.NoticeList.as_view(), name="notice-list"),
    path("notices/add/", notices.NoticeAdd.as_view(), name="notice-add"),
    path("notices/<int:pk>/", notices.NoticeDetail.as_view(), name="notice-detail"),
    path("notices/<int:pk>/print/", notices.NoticePrint.as_view(), name="notice-print"),
    path("notices/<int:pk>/publish/", notices.NoticePublish.as_view(), name="notice-publish"),
    path("notices/<int:pk>/take-down/", notices.NoticeTakeDown.as_view(), name="notice-take-down"),
    path("notices/<int:pk>/objections/add/", notices.ObjectionAdd.as_view(), name="objection-add"),
    path("objections/", notices.ObjectionList.as_view(), name="objection-list"),
    path("objections/<int:pk>/", notices.ObjectionAnswer.as_view(), name="objection-answer"),
    path("batches/", batches.BatchList.as_view(), name="batch-list"),
    path("batches/add/", batches.BatchAdd.as_view(), name="batch-add"),
    path("batches/<int:pk>/", batches.BatchDetail.as_view(), name="batch-detail"),
    path("batches/<int:pk>/freeze/", batches.BatchFreeze.as_view(), name="batch-freeze"),
    path("batches/<int:pk>/approve/", batches.BatchApprove.as_view(), name="batch-approve"),
    path("batches/<int:pk>/send-back/", batches.BatchSendBack.as_view(), name="batch-send-back"),
    path("batches/<int:pk>/release/", batches.BatchRelease.as_view(), name="batch-release"),
    path("batches/<int:pk>/void/", batches.BatchVoid.as_view(), name="batch-void"),
    path("batches/<int:pk>/close/", batches.BatchClose.as_view(), name="batch-close"),
    path("batches/<int:pk>/file/", batches.BatchFile.as_view(), name="batch-file"),
    path("batches/<int:pk>/return/", batches.BankReturnAdd.as_view(), name="bank-return-add"),
    path("returns/<int:pk>/", batches.BankReturnDetail.as_view(), name="bank-return-detail"),
    path("returns/<int:pk>/apply/", batches.BankReturnApply.as_view(), name="bank-return-apply"),
    path(
        "returns/<int:pk>/discard/",
        batches.BankReturnDiscard.as_view(),
        name="bank-return-discard",
    ),
    path("payments/", batches.PaymentList.as_view(), name="payment-list"),
    path("payments/returned/", batches.ReturnedList.as_view(), name="returned-list"),
    path("payments/<int:pk>/give-up/", batches.PaymentGiveUp.as_view(), name="payment-give-up"),
    path("payments/<int:pk>/remove/", batches.LineRemove.as_view(), name="line-remove"),
    path("receipts/", money.ReceiptList.as_view(), name="receipt-list"),
    path("receipts/add/", money.ReceiptAdd.as_view(), name="receipt-add"),
    path("donors/", money.DonorList.as_view(), name="donor-list"),
    path("donors/add/", money.DonorAdd.as_view(), name="donor-add"),
    path("donors/<int:pk>/edit/", money.DonorEdit.as_view(), name="donor-edit"),
    path("gifts/", money.GiftList.as_view(), name="gift-list"),
    path("gifts/add/", money.GiftAdd.as_view(), name="gift-add"),
]
