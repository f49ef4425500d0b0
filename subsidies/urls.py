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
from subsidies.choices import (
    AwardState,
    BatchState,
    NoticeState,
    ObjectionState,
    RecoveryState,
    ReliefState,
)
from subsidies.selectors import giving
from subsidies.selectors import loans as loan_selectors
from subsidies.selectors import payments as selectors
from subsidies.selectors.batches import overdue_batches
from subsidies.selectors.programmes import office_of
from subsidies.selectors.recoveries import recoveries
from subsidies.views import (
    allocation,
    awards,
    bank_file,
    batches,
    calendar,
    changes,
    checking,
    determinations,
    feedback,
    gifts,
    history,
    letters,
    loans,
    matrix,
    migrants,
    money,
    monthly,
    notices,
    payments,
    planning,
    programmes,
    reasons,
    reliefs,
    samples,
    target_lists,
)

app_name = "subsidies"


def _to_approve(actor: Actor, now: datetime) -> Iterable[Todo]:
    """Count what waits for an approver, not what they made themselves."""
    office, today = office_of(actor), timezone.localtime(now).date()
    others = selectors.batches(actor.scope, office).exclude(made_by=actor.user_id)
    frozen = others.filter(state=BatchState.FROZEN).count()
    yield Todo(
        _("待审批的发放批次"), frozen, reverse("subsidies:batch-list") + "?state=frozen", DUE
    )
    late = overdue_batches(actor.scope, office, today).filter(state=BatchState.FROZEN)
    yield Todo(
        _("审批逾期的发放批次"),
        late.exclude(made_by=actor.user_id).count(),
        reverse("subsidies:batch-list") + "?state=frozen&overdue=true",
        OVERDUE,
    )
    mine = selectors.awards(actor.scope, office).exclude(proposed_by=actor.user_id)
    shown = mine.filter(state=AwardState.PUBLICISED, notice__ends_on__lte=today).count()
    plain = mine.filter(state=AwardState.PROPOSED, programme__needs_notice=False).count()
    address = reverse("subsidies:award-list")
    yield Todo(_("公示期满待批准的资助"), shown, f"{address}?state=publicised", DUE)
    yield Todo(_("待批准的资助"), plain, f"{address}?state=proposed")
    papers = selectors.determinations(actor.scope, office).exclude(entered_by=actor.user_id)
    waiting = papers.filter(state="pending", step="bureau").count()
    address = reverse("subsidies:determination-list") + "?state=pending&step=bureau"
    yield Todo(_("待审核的困难认定"), waiting, address)
    asked = recoveries(actor.scope, office).exclude(made_by=actor.user_id)
    yield Todo(
        _("待审批的追回"),
        asked.filter(state=RecoveryState.PROPOSED).count(),
        reverse("subsidies:recovery-list") + "?state=proposed",
        DUE,
    )
    objections = selectors.objections(actor.scope, office).filter(state=ObjectionState.OPEN)
    yield Todo(
        _("待答复的公示异议"),
        objections.count(),
        reverse("subsidies:objection-list") + "?state=open",
        DUE,
    )


def _to_review(actor: Actor, now: datetime) -> Iterable[Todo]:
    """Count the applications that wait for the school's review by somebody else."""
    papers = selectors.determinations(actor.scope).exclude(entered_by=actor.user_id)
    waiting = papers.filter(state="pending", step="school").count()
    address = reverse("subsidies:determination-list") + "?state=pending&step=school"
    yield Todo(_("待学校复核的申请"), waiting, address)


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
    late = overdue_batches(actor.scope, office, today).exclude(state=BatchState.FROZEN)
    yield Todo(
        _("逾期未办的发放批次"),
        late.count(),
        f"{address}?overdue=true",
        OVERDUE,
        _("编制、送出、回盘或关闭已超过办理期限"),
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


def _reliefs_to_decide(actor: Actor, now: datetime) -> Iterable[Todo]:
    """Count the claims to relief of loans that others have entered."""
    waiting = loan_selectors.reliefs(actor.scope).filter(state=ReliefState.PENDING)
    count = waiting.exclude(entered_by=actor.user_id).count()
    yield Todo(
        _("待审核的贷款代偿与救助"), count, reverse("subsidies:relief-list") + "?state=pending"
    )


def _gifts_to_deliver(actor: Actor, now: datetime) -> Iterable[Todo]:
    """Count the gifts that others entered, that are here and have not been handed on."""
    waiting = giving.waiting_for(actor.scope, actor.user_id).count()
    yield Todo(_("待交付的社会捐助"), waiting, reverse("subsidies:gift-list") + "?state=received")


TODOS = [
    TodoSource("subsidies.determination.review", _to_review, order=35),
    TodoSource("subsidies.gift.deliver", _gifts_to_deliver, order=29),
    TodoSource("subsidies.loan.approve", _reliefs_to_decide, order=28),
    TodoSource("subsidies.batch.approve", _to_approve, order=20),
    TodoSource("subsidies.batch.prepare", _to_prepare, order=25),
    TodoSource("subsidies.payment.correct", _to_correct, order=30),
]
MENU = [
    MenuItem(
        Section.AID, _("资助项目"), "subsidies:programme-list", "subsidies.programme.view", order=10
    ),
    MenuItem(
        Section.AID, _("指标与实际"), "subsidies:quota-list", "subsidies.programme.view", order=15
    ),
    MenuItem(Section.AID, _("资助决定"), "subsidies:award-list", "subsidies.award.view", order=20),
    MenuItem(
        Section.AID,
        _("随迁子女受助"),
        "subsidies:migrant-share",
        "subsidies.award.view",
        order=24,
    ),
    MenuItem(
        Section.AID,
        _("困难认定"),
        "subsidies:determination-list",
        "subsidies.determination.view",
        order=25,
    ),
    MenuItem(Section.AID, _("资助矩阵"), "subsidies:matrix", "subsidies.matrix.summary", order=22),
    MenuItem(Section.AID, _("疑点清单"), "subsidies:doubt-list", "subsidies.doubt.view", order=23),
    MenuItem(
        Section.AID, _("补发单"), "subsidies:back-pay-list", "subsidies.backpay.view", order=56
    ),
    MenuItem(
        Section.AID, _("追回"), "subsidies:recovery-list", "subsidies.recovery.view", order=57
    ),
    MenuItem(
        Section.AID, _("资金抽查"), "subsidies:sample-list", "subsidies.sample.view", order=62
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
        Section.AID, _("银行回盘"), "subsidies:bank-return-list", "subsidies.batch.view", order=53
    ),
    MenuItem(
        Section.AID,
        _("退回待更正"),
        "subsidies:returned-list",
        "subsidies.payment.correct",
        order=55,
    ),
    MenuItem(
        Section.AID, _("既往发放"), "subsidies:history-list", "subsidies.history.view", order=58
    ),
    MenuItem(
        Section.AID, _("资金到账"), "subsidies:receipt-list", "subsidies.receipt.view", order=60
    ),
    MenuItem(
        Section.AID, _("工作日调整"), "subsidies:calendar-list", "subsidies.calendar.view", order=95
    ),
    MenuItem(
        Section.AID, _("资助变动"), "subsidies:change-list", "subsidies.change.view", order=22
    ),
    MenuItem(
        Section.AID,
        _("资金分配"),
        "subsidies:allocation-list",
        "subsidies.allocation.view",
        order=62,
    ),
    MenuItem(Section.AID, _("社会捐助"), "subsidies:gift-list", "subsidies.gift.view", order=70),
    MenuItem(
        Section.AID, _("生源地助学贷款"), "subsidies:loan-list", "subsidies.loan.view", order=75
    ),
    MenuItem(
        Section.AID, _("助学结对"), "subsidies:sponsorship-list", "subsidies.gift.view", order=72
    ),
    MenuItem(
        Section.AID, _("孤儿按月补助"), "subsidies:orphan-list", "subsidies.payment.view", order=57
    ),
    MenuItem(
        Section.AID, _("中职免补"), "subsidies:vocational", "subsidies.programme.view", order=59
    ),
    MenuItem(Section.AID, _("信函"), "subsidies:letter-list", "subsidies.letter.make", order=80),
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
        "programmes/<int:pk>/simulate/",
        planning.ProgrammeSimulate.as_view(),
        name="programme-simulate",
    ),
    path(
        "programmes/<int:pk>/quotas/",
        planning.QuotaSchoolList.as_view(),
        name="quota-school-list",
    ),
    path("programmes/<int:pk>/gap/", allocation.GapSchoolList.as_view(), name="gap-school-list"),
    path(
        "determinations/<int:pk>/review/",
        determinations.DeterminationReview.as_view(),
        name="determination-review",
    ),
    path("scoring/", determinations.ScoringSet.as_view(), name="scoring-set"),
    path("calendar/", calendar.CalendarList.as_view(), name="calendar-list"),
    path("calendar/set/", calendar.CalendarSet.as_view(), name="calendar-set"),
    path("calendar/<int:pk>/remove/", calendar.CalendarRemove.as_view(), name="calendar-remove"),
    path("changes/", changes.AwardChangeList.as_view(), name="change-list"),
    path("changes/follow/", changes.ChangesFollow.as_view(), name="change-follow"),
    path("gaps/", allocation.GapList.as_view(), name="gap-list"),
    path("allocations/", allocation.AllocationList.as_view(), name="allocation-list"),
    path("allocations/add/", allocation.AllocationAdd.as_view(), name="allocation-add"),
    path("allocations/<int:pk>/", allocation.AllocationDetail.as_view(), name="allocation-detail"),
    path(
        "allocations/<int:pk>/print/",
        allocation.AllocationPrint.as_view(),
        name="allocation-print",
    ),
    path(
        "allocations/<int:pk>/approve/",
        allocation.AllocationApprove.as_view(),
        name="allocation-approve",
    ),
    path(
        "allocations/<int:pk>/withdraw/",
        allocation.AllocationWithdraw.as_view(),
        name="allocation-withdraw",
    ),
    path("quotas/", planning.QuotaList.as_view(), name="quota-list"),
    path("students/<int:pk>/why/", reasons.StudentReasons.as_view(), name="student-reasons"),
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
    path("determinations/", determinations.DeterminationList.as_view(), name="determination-list"),
    path(
        "determinations/add/", determinations.DeterminationAdd.as_view(), name="determination-add"
    ),
    path(
        "determinations/<int:pk>/",
        determinations.DeterminationDecide.as_view(),
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
    path("batches/rules/", bank_file.PaymentRulesEdit.as_view(), name="payment-rules"),
    path("batches/<int:pk>/file/", bank_file.BatchFile.as_view(), name="batch-file"),
    path("batches/<int:pk>/return/", payments.BankReturnAdd.as_view(), name="bank-return-add"),
    path("returns/", payments.BankReturnList.as_view(), name="bank-return-list"),
    path("returns/<int:pk>/", payments.BankReturnDetail.as_view(), name="bank-return-detail"),
    path("returns/<int:pk>/apply/", payments.BankReturnApply.as_view(), name="bank-return-apply"),
    path(
        "returns/<int:pk>/discard/",
        payments.BankReturnDiscard.as_view(),
        name="bank-return-discard",
    ),
    path("payments/", payments.PaymentList.as_view(), name="payment-list"),
    path("payments/returned/", payments.ReturnedList.as_view(), name="returned-list"),
    path("payments/<int:pk>/give-up/", payments.PaymentGiveUp.as_view(), name="payment-give-up"),
    path("payments/<int:pk>/remove/", payments.LineRemove.as_view(), name="line-remove"),
    path("receipts/", money.ReceiptList.as_view(), name="receipt-list"),
    path("receipts/add/", money.ReceiptAdd.as_view(), name="receipt-add"),
    path("history/", history.PastPaymentList.as_view(), name="history-list"),
    path(
        "history/<int:pk>/withdraw/",
        history.PastPaymentWithdraw.as_view(),
        name="history-withdraw",
    ),
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
    path("letters/", letters.LetterHome.as_view(), name="letter-list"),
    path("letters/make/<slug:step>/", letters.LetterMake.as_view(), name="letter-make"),
    path("letters/words/<slug:kind>/", letters.WordingEdit.as_view(), name="wording-edit"),
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
    path("loans/", loans.LoanList.as_view(), name="loan-list"),
    path("loans/add/", loans.LoanAdd.as_view(), name="loan-add"),
    path("loans/caps/", loans.CapList.as_view(), name="cap-list"),
    path("loans/caps/add/", loans.CapAdd.as_view(), name="cap-add"),
    path("loans/<int:pk>/", loans.LoanDetail.as_view(), name="loan-detail"),
    path("loans/<int:pk>/renew/", loans.LoanRenew.as_view(), name="loan-renew"),
    path("loans/<int:pk>/grant/", loans.LoanGrant.as_view(), name="loan-grant"),
    path("loans/<int:pk>/move/", loans.LoanMove.as_view(), name="loan-move"),
    path("loans/<int:pk>/reliefs/add/", reliefs.ReliefAdd.as_view(), name="relief-add"),
    path("reliefs/", reliefs.ReliefList.as_view(), name="relief-list"),
    path("reliefs/<int:pk>/", reliefs.ReliefDetail.as_view(), name="relief-detail"),
    path("reliefs/<int:pk>/decide/", reliefs.ReliefDecide.as_view(), name="relief-decide"),
    path("reliefs/<int:pk>/pay/", reliefs.ReliefPay.as_view(), name="relief-pay"),
    path("donors/", gifts.DonorList.as_view(), name="donor-list"),
    path("donors/add/", gifts.DonorAdd.as_view(), name="donor-add"),
    path("donors/<int:pk>/", gifts.DonorDetail.as_view(), name="donor-detail"),
    path("donors/<int:pk>/edit/", gifts.DonorEdit.as_view(), name="donor-edit"),
    path("donors/<int:pk>/report/", gifts.DonorReport.as_view(), name="donor-report"),
    path("donors/<int:pk>/sponsor/", gifts.SponsorshipAdd.as_view(), name="sponsorship-add"),
    path("sponsorships/", gifts.SponsorshipList.as_view(), name="sponsorship-list"),
    path("sponsorships/<int:pk>/", gifts.SponsorshipDetail.as_view(), name="sponsorship-detail"),
    path("sponsorships/<int:pk>/end/", gifts.SponsorshipEnd.as_view(), name="sponsorship-end"),
    path("sponsorships/<int:pk>/consent/", gifts.ConsentAdd.as_view(), name="consent-add"),
    path("sponsorships/<int:pk>/withdraw/", gifts.ConsentEnd.as_view(), name="consent-end"),
    path("gifts/", gifts.GiftList.as_view(), name="gift-list"),
    path("gifts/add/", gifts.GiftAdd.as_view(), name="gift-add"),
    path("gifts/totals/", gifts.GiftTotals.as_view(), name="gift-totals"),
    path("gifts/totals/<int:year>/", gifts.GiftTotals.as_view(), name="gift-totals-year"),
    path("gifts/<int:pk>/", gifts.GiftDetail.as_view(), name="gift-detail"),
    path("gifts/<int:pk>/receive/", gifts.GiftReceive.as_view(), name="gift-receive"),
    path("gifts/<int:pk>/deliver/", gifts.GiftDeliver.as_view(), name="gift-deliver"),
    path("gifts/<int:pk>/cancel/", gifts.GiftCancel.as_view(), name="gift-cancel"),
]
