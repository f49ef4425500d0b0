"""The ledger as programs read it."""

from typing import ClassVar

from povedu.ledger.filters import EntryFilter
from povedu.ledger.models import LedgerEntry
from povedu.ledger.selectors import entries
from povedu.screens.viewsets import ReadViewSet, RowSerializer


class EntrySerializer(RowSerializer):
    """One leg of a transaction, with its public hash."""

    class Meta:
        model = LedgerEntry
        fields: ClassVar = [
            "id",
            "county_code",
            "seq",
            "transaction_no",
            "posted_at",
            "effective_on",
            "account",
            "amount",
            "source",
            "programme_code",
            "school_code",
            "term",
            "subject",
            "memo",
            "posted_by_id",
            "previous_hash",
            "hash",
        ]


class EntryViewSet(ReadViewSet):
    """Entries in the order of their chains."""

    action_name = "ledger.entry.view"
    selector = entries
    serializer_class = EntrySerializer
    filterset_class = EntryFilter


API_ROUTES = [("ledger/entries", EntryViewSet)]
