"""Doubts, back-pays and recoveries: looked into, made good, taken back."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.errors import Refusal
from povedu.screens.details import Fact, Tab
from povedu.screens.lists import BulkAction
from povedu.screens.queues import Decision, QueueItem, QueueScreen
from povedu.screens.screen import Button, Words
from subsidies import filters, forms
from subsidies.choices import DoubtKind, DoubtState, RecoveryCause, RecoveryState
from subsidies.forms import checking as own_forms
from subsidies.models import Doubt, Payment, Recovery
from subsidies.selectors import doubt_words
from subsidies.selectors import recoveries as selectors
from subsidies.selectors.doubts import doubts
from subsidies.selectors.programmes import office_of
from subsidies.services import recovery as services
from subsidies.services.doubts import decide_doubt, undo_doubt
from subsidies.tables import checking as tables
from subsidies.views.matrix import ABOVE
from subsidies.views.office import OfficeAction, OfficeDetail, OfficeForm, OfficeList, moment

if TYPE_CHECKING:
    from django.db.models import QuerySet

DOUBTS = gettext_lazy("疑点清单")
RECOVERIES = gettext_lazy("追回")
_CAUSES = {
    DoubtKind.DUPLICATE: RecoveryCause.DUPLICATE,
    DoubtKind.AFTER_LEAVING: RecoveryCause.AFTER_LEAVING,
    DoubtKind.AMOUNT: RecoveryCause.WRONG_AMOUNT,
    DoubtKind.PAYEE: RecoveryCause.WRONG_PAYEE,
    DoubtKind.TEACHER_CARD: RecoveryCause.WRONG_PAYEE,
    DoubtKind.SHARED_CARD: RecoveryCause.WRONG_PAYEE,
}


class DoubtList(OfficeList):
    """What is doubtful about the term's money."""

    action = "subsidies.doubt.view"
    title = DOUBTS
    hint = gettext_lazy("随资助矩阵一同更新；核查过的，证据不变就不再提出。")
    parents = ABOVE
    table_class = tables.DoubtTable
    filterset_class = filters.DoubtFilter
    search_fields = ("student__name", "student__initials__startswith")
    search_hint = gettext_lazy("姓名或拼音首字母")
    export_kind = "doubts"
    empty_reason = gettext_lazy("没有疑点，或本学期的资助矩阵还没有计算。")
    bulk_actions = (
        BulkAction(
            "recover",
            gettext_lazy("追回"),
            "subsidies.recovery.propose",
            gettext_lazy(
                "将为所选 %(count)d 条中已核查“属实”且对应一笔已到账款项的疑点，"
                "各提出全额追回一笔，由他人审批后记账；其余的不受影响。"
            ),
        ),
    )

    def rows(self) -> "QuerySet[Any]":
        """Return the term's doubts in scope."""
        return doubts(self.scope, self.request.term.code, office_of(self.request.actor))

    def heading(self) -> Words:
        """Name the term."""
        return _("疑点清单：%(term)s") % {"term": self.request.term.label}

    def buttons(self) -> list[Button]:
        """Lead to the queue."""
        return [Button(_("逐条核查"), reverse("subsidies:doubt-queue"), "subsidies.doubt.decide")]

    def bulk_recover(self, chosen: "QuerySet[Any]") -> Words:
        """Ask for the payments behind confirmed doubts back, whole."""
        rows = chosen.filter(
            state=DoubtState.CONFIRMED, payment__state="settled", payment__recoveries__isnull=True
        )
        made = [
            services.propose_recovery(
                payment=one.payment,
                amount=one.payment.amount,
                cause=_CAUSES.get(DoubtKind(one.kind), RecoveryCause.INELIGIBLE),
                reason=f"{one.get_kind_display()}：{doubt_words.evidence_line(one)}",
                actor=self.request.actor,
                now=self.request.now,
            )
            for one in {one.payment_id: one for one in rows}.values()
        ]
        if not made:
            raise Refusal(
                "nothing-to-recover",
                _("所选疑点中没有已核查属实、款项已到账且尚未提出追回的。请先逐条核查。"),
            )
        return _("已提出追回 %(count)d 笔，等待他人审批。") % {"count": len(made)}


class DoubtQueue(QueueScreen):
    """Look into doubts one by one."""

    action = "subsidies.doubt.decide"
    title = gettext_lazy("逐条核查疑点")
    parents = (*ABOVE, (DOUBTS, "subsidies:doubt-list"))
    filterset_class = filters.DoubtFilter
    search_fields = ("student__name", "student__initials__startswith")
    url_name = "subsidies:doubt-queue-item"
    object_argument = "doubt"
    service = decide_doubt
    undo_service = undo_doubt
    empty_reason = gettext_lazy("没有待核查的疑点。")
    decisions = (
        Decision(
            DoubtState.CONFIRMED,
            gettext_lazy("属实"),
            "primary",
            gettext_lazy("随后可补发或追回"),
        ),
        Decision(
            DoubtState.DISMISSED,
            gettext_lazy("核查无误"),
            "plain",
            gettext_lazy("写明依据；证据不变不再提出"),
            asks_reason=True,
        ),
    )

    def rows(self) -> "QuerySet[Any]":
        """Return the term's doubts in scope, those gone left out."""
        rows = doubts(self.scope, self.request.term.code, office_of(self.request.actor))
        return rows.exclude(state=DoubtState.GONE)

    def pending(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """Return the open ones."""
        return rows.filter(state=DoubtState.OPEN)

    def line(self, row: Doubt) -> tuple[Words, Words]:
        """Name the child, the kind beneath."""
        return str(row.student), row.get_kind_display()

    def describe(self, row: Doubt) -> QueueItem:
        """Show the evidence."""
        said = row.decisions.filter(undone_at__isnull=True).select_related("decided_by").first()
        notes: list[tuple[Words, Words]] = [
            (_("学校"), str(row.school)),
            (_("资助项目"), str(row.programme or _("多个"))),
            (_("涉及金额（元）"), f"{row.amount:,}"),
            (_("首次发现"), moment(row.found_at)),
        ]
        if said is not None:
            words = f"{said.get_verdict_display()} {said.note}".strip()
            notes.append((_("结论"), f"{words}（{said.decided_by}，{moment(said.decided_at)}）"))
        return QueueItem(
            heading=str(row.student),
            kind=row.get_kind_display(),
            evidence=doubt_words.details(row),
            notes=notes,
        )


class BackPayList(OfficeList):
    """Back-pays and what they made."""

    action = "subsidies.backpay.view"
    title = gettext_lazy("补发单")
    own_selector = selectors.back_pays
    table_class = tables.BackPayTable
    filterset_class = filters.BackPayFilter
    export_kind = "back-pays"
    parents = ABOVE
    empty_reason = gettext_lazy("还没有补发单。")
    empty_action = gettext_lazy("在“资助矩阵”的明细中勾选应助未助、漏发的格，点“补发”。")


class RecoveryList(OfficeList):
    """Recoveries."""

    action = "subsidies.recovery.view"
    title = RECOVERIES
    own_selector = selectors.recoveries
    table_class = tables.RecoveryTable
    filterset_class = filters.RecoveryFilter
    export_kind = "recoveries"
    empty_reason = gettext_lazy("还没有追回。")
    empty_action = gettext_lazy("在“发放明细”中打开一笔已到账的款项，或由疑点清单提出追回。")


class RecoveryAdd(OfficeForm):
    """Ask for money of a payment back."""

    action = "subsidies.recovery.propose"
    title = gettext_lazy("提出追回")
    hint = gettext_lazy("原发放记录不删除；他人审批后记入台账，收回时逐笔登记。")
    own_selector = selectors.settled
    parents = ((RECOVERIES, "subsidies:recovery-list"),)
    form_class = own_forms.RecoveryForm
    service = services.propose_recovery
    object_argument = "payment"
    button = gettext_lazy("提交审批")

    def initial(self) -> dict[str, Any]:
        """Ask for all of it at first."""
        payment: Payment = self.object
        return {"amount": payment.amount, "payer_name": payment.payee_name}


class RecoveryDetail(OfficeDetail):
    """One recovery: what, why, from whom, how much came back."""

    action = "subsidies.recovery.view"
    own_selector = selectors.recoveries
    parents = ((RECOVERIES, "subsidies:recovery-list"),)
    tabs = (
        Tab(
            "receipts",
            gettext_lazy("收回记录"),
            table_class=tables.RecoveryReceiptTable,
            rows=lambda screen: screen.object.receipts.select_related("entered_by"),
            empty=gettext_lazy("还没有收回。"),
        ),
    )

    def facts(self) -> Sequence[Fact]:
        """Say all of it."""
        one: Recovery = self.object
        award = one.payment.instalment.award
        received = one.received  # type: ignore[attr-defined]  # the selector's annotation
        return (
            Fact(_("状态"), one.get_state_display(), status=tables.RECOVERY_TONES[one.state]),
            Fact(
                _("学生"),
                award.student,
                url=reverse("subsidies:aid-account", args=[award.student_id]),
            ),
            Fact(_("资助项目"), award.programme),
            Fact(
                _("原发放批次"), one.payment.batch.number, url=one.payment.batch.get_absolute_url()
            ),
            Fact(_("原发放（元）"), one.payment.amount, money=True),
            Fact(_("应追回（元）"), one.amount, money=True),
            Fact(_("已收回（元）"), received, money=True),
            Fact(_("未收回（元）"), one.amount - received, money=True),
            Fact(_("退款人"), one.payer_name),
            Fact(_("追回原因"), one.get_cause_display()),
            Fact(_("事由和依据"), one.reason),
            Fact(
                _("资金来源"),
                _("、").join(
                    f"{part.get_source_display()} {part.amount}" for part in one.sources.all()
                ),
            ),
            Fact(_("经办人"), one.made_by),
            Fact(_("审批人"), one.approved_by or ""),
            Fact(_("审批时间"), moment(one.approved_at)),
            Fact(_("核销人"), one.closed_by or ""),
            Fact(_("意见"), one.note),
        )

    def buttons(self) -> list[Button]:
        """Offer the next steps."""
        one: Recovery = self.object

        def to(label: Words, name: str, action: str) -> Button:
            url = reverse(f"subsidies:recovery-{name}", args=[one.pk])
            return Button(label, url, f"subsidies.recovery.{action}")

        return {
            RecoveryState.PROPOSED: [
                to(_("批准"), "approve", "approve"),
                to(_("不予追回"), "refuse", "approve"),
            ],
            RecoveryState.APPROVED: [
                to(_("登记收回"), "receive", "receive"),
                to(_("核销余额"), "write-off", "approve"),
            ],
        }.get(RecoveryState(one.state), [])


class _RecoveryMove(OfficeAction):
    """What is done to one recovery."""

    own_selector = selectors.recoveries
    parents = ((RECOVERIES, "subsidies:recovery-list"),)
    object_argument = "recovery"

    def figures(self) -> Sequence[tuple[Words, Any]]:
        """Show what is owed and what came."""
        one = self.object
        return (
            (_("应追回（元）"), one.amount),
            (_("已收回（元）"), one.received),
            (_("经办人"), str(one.made_by)),
        )

    def initial(self) -> dict[str, Any]:
        """Start empty."""
        return {}


class RecoveryApprove(_RecoveryMove):
    """Approve what another asked for."""

    action = "subsidies.recovery.approve"
    title = gettext_lazy("批准追回")
    sentence = gettext_lazy(
        "批准后，这笔支出按资金来源转为应追回款，记入资金台账；原发放记录不变。"
    )
    form_class = own_forms.RecoveryNoteForm
    service = services.approve_recovery
    button = gettext_lazy("批准")


class RecoveryRefuse(_RecoveryMove):
    """Refuse what another asked for."""

    action = "subsidies.recovery.approve"
    title = gettext_lazy("不予追回")
    sentence = gettext_lazy("不予追回后，该笔款项可以另行提出。")
    form_class = forms.NoteForm
    service = services.refuse_recovery


class RecoveryReceive(_RecoveryMove):
    """Enter money that came back."""

    action = "subsidies.recovery.receive"
    title = gettext_lazy("登记收回")
    sentence = gettext_lazy("收回的款项按资金来源记入资金台账；收齐后自动办结。")
    form_class = own_forms.RecoveryReceiptForm
    service = services.receive_recovery


class RecoveryWriteOff(_RecoveryMove):
    """Give up what cannot be collected."""

    action = "subsidies.recovery.approve"
    title = gettext_lazy("核销余额")
    sentence = gettext_lazy("未收回的余额转回支出并办结；须写明依据。")
    form_class = forms.NoteForm
    service = services.write_off_recovery
    danger = True
