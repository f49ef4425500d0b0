"""Programmes and money as programs read them; protected values stay masked."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet

from povedu.scope import Scope
from povedu.screens.viewsets import ReadViewSet, RowSerializer
from subsidies import filters
from subsidies.models import (
    Award,
    DisbursementBatch,
    FundReceipt,
    Gift,
    Payment,
    Programme,
    PublicNotice,
)
from subsidies.selectors import payments as selectors
from subsidies.selectors.programmes import office_of, programmes


class ProgrammeSerializer(RowSerializer):
    """A programme."""

    class Meta:
        model = Programme
        fields: ClassVar = [
            "id",
            "county",
            "code",
            "name",
            "office",
            "kind",
            "cadence",
            "payee_kind",
            "needs_notice",
            "needs_application",
            "document",
            "starts_on",
            "ends_on",
        ]


class AwardSerializer(RowSerializer):
    """An award with the reason for it."""

    class Meta:
        model = Award
        fields: ClassVar = [
            "id",
            "student",
            "programme",
            "term",
            "school",
            "stage",
            "grade",
            "class_name",
            "is_boarder",
            "tier",
            "amount",
            "budget_year",
            "state",
            "explanation",
            "granted_at",
        ]


class NoticeSerializer(RowSerializer):
    """A public notice without its names."""

    class Meta:
        model = PublicNotice
        fields: ClassVar = [
            "id",
            "programme",
            "term",
            "number",
            "heading",
            "starts_on",
            "ends_on",
            "state",
        ]


class DisbursementBatchSerializer(RowSerializer):
    """A batch."""

    class Meta:
        model = DisbursementBatch
        fields: ClassVar = [
            "id",
            "number",
            "programme",
            "term",
            "title",
            "state",
            "payments_count",
            "amount",
            "digest",
            "anchor",
            "made_at",
            "approved_at",
            "released_at",
            "closed_at",
        ]


class PaymentSerializer(RowSerializer):
    """An attempt to pay an instalment; the account is masked."""

    class Meta:
        model = Payment
        fields: ClassVar = [
            "id",
            "instalment",
            "attempt",
            "batch",
            "line_no",
            "amount",
            "payee_kind",
            "account",
            "state",
            "settled_on",
            "return_reason",
        ]


class ReceiptSerializer(RowSerializer):
    """Money that arrived."""

    class Meta:
        model = FundReceipt
        fields: ClassVar = [
            "id",
            "county",
            "programme",
            "source",
            "amount",
            "received_on",
            "document",
        ]


class GiftSerializer(RowSerializer):
    """A gift."""

    class Meta:
        model = Gift
        fields: ClassVar = [
            "id",
            "programme",
            "donor",
            "student",
            "school",
            "given_on",
            "amount",
            "item",
            "settled_on",
        ]


class OfficeViewSet(ReadViewSet):
    """Rows of one's own office's programmes; another office's are not there."""

    def get_queryset(self) -> QuerySet[Any]:
        """Return the rows of one's office in scope."""
        selector: Callable[..., QuerySet[Any]] = type(self).selector
        if getattr(self, "swagger_fake_view", False):
            return selector(Scope.nothing())
        return selector(self.actor.scope, office_of(self.actor))


class ProgrammeViewSet(OfficeViewSet):
    """Programmes."""

    action_name = "subsidies.programme.view"
    selector = programmes
    serializer_class = ProgrammeSerializer
    filterset_class = filters.ProgrammeFilter


class AwardViewSet(OfficeViewSet):
    """Awards."""

    action_name = "subsidies.award.view"
    selector = selectors.awards
    serializer_class = AwardSerializer
    filterset_class = filters.AwardFilter


class NoticeViewSet(OfficeViewSet):
    """Public notices."""

    action_name = "subsidies.notice.view"
    selector = selectors.notices
    serializer_class = NoticeSerializer
    filterset_class = filters.NoticeFilter


class BatchViewSet(OfficeViewSet):
    """Batches."""

    action_name = "subsidies.batch.view"
    selector = selectors.batches
    serializer_class = DisbursementBatchSerializer
    filterset_class = filters.BatchFilter


class PaymentViewSet(OfficeViewSet):
    """Payments."""

    action_name = "subsidies.payment.view"
    selector = selectors.payments
    serializer_class = PaymentSerializer
    filterset_class = filters.PaymentFilter


class ReceiptViewSet(ReadViewSet):
    """Money that arrived."""

    action_name = "subsidies.receipt.view"
    selector = selectors.receipts
    serializer_class = ReceiptSerializer
    filterset_class = filters.ReceiptFilter


class GiftViewSet(OfficeViewSet):
    """Gifts."""

    action_name = "subsidies.gift.view"
    selector = selectors.gifts
    serializer_class = GiftSerializer
    filterset_class = filters.GiftFilter


API_ROUTES = [
    ("subsidies/programmes", ProgrammeViewSet),
    ("subsidies/awards", AwardViewSet),
    ("subsidies/notices", NoticeViewSet),
    ("subsidies/batches", BatchViewSet),
    ("subsidies/payments", PaymentViewSet),
    ("subsidies/receipts", ReceiptViewSet),
    ("subsidies/gifts", GiftViewSet),
]
