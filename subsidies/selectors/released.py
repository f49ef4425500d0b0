"""The payments of released batches, as a bank's file is compared with them."""

from django.db.models import Exists, OuterRef

from povedu.money import fen
from subsidies.choices import BatchState, LineOutcome, PaymentState
from subsidies.models import BankReturnLine, Payment
from subsidies.rules.bank_files import SentPayment
from subsidies.selectors.programmes import for_office


def sent_payments(county_code: str, office: str = "") -> list[SentPayment]:
    """Return every payment of a county's released batches; one query."""
    answered = BankReturnLine.objects.filter(
        payment=OuterRef("pk"), outcome__in=[LineOutcome.SETTLED, LineOutcome.RETURNED]
    )
    rows = (
        Payment.objects.filter(
            for_office(office, "batch__programme__office"),
            batch__state=BatchState.RELEASED,
            batch__programme__county__code__startswith=county_code,
        )
        .annotate(is_answered=Exists(answered))
        .order_by("batch_id", "line_no")
        .values_list(
            *("pk", "batch__number", "line_no", "amount", "account_index", "payee_name"),
            *("state", "is_answered"),
        )
    )
    return [
        SentPayment(
            pk, batch, line, fen(amount), card, name, state == PaymentState.SENT and not done
        )
        for pk, batch, line, amount, card, name, state, done in rows.iterator(chunk_size=5000)
    ]
