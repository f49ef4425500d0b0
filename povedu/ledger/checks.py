"""What the ledger's rows must satisfy: its part of the invariants."""

from django.db.models import Min, Q, Sum

from povedu.audit.selectors import rows_recorded
from povedu.invariants import Breach
from povedu.ledger.models import LedgerEntry, LedgerHead
from povedu.ledger.walk import verify
from povedu.money import ZERO
from povedu.scope import Scope


def balanced(county: str) -> Breach | None:
    """I1: the legs of every transaction sum to zero."""
    odd = (
        LedgerEntry.objects.filter(county_code__startswith=county)
        .order_by("county_code", "transaction_no")
        .values("county_code", "transaction_no")
        .annotate(total=Sum("amount"), first=Min("seq"))
        .filter(~Q(total=ZERO))
        .first()
    )
    if odd is None:
        return None
    row = f"ledger.ledgerentry:{odd['county_code']}-{odd['first']}"
    return Breach(row, f"unbalanced by {odd['total']}")


def chained(county: str) -> Breach | None:
    """I5: the chain carries its hashes and seals up to the anchor outside."""
    verdict = verify(Scope(county))
    if verdict.ok:
        return None
    where = f"{verdict.county}-{verdict.seq}" if verdict.county else "triggers"
    return Breach(f"ledger.ledgerentry:{where}", f"{verdict.fault} {verdict.detail}".strip())


def postings_recorded(county: str) -> Breach | None:
    """I8: the entries of each chain are those that the audit trail says were posted."""
    for head in LedgerHead.objects.filter(county_code__startswith=county).order_by("pk"):
        recorded = rows_recorded("ledger.post", head.pk)
        if recorded != head.seq:
            detail = f"{head.seq} entries, {recorded} recorded"
            return Breach(f"ledger.ledgerhead:{head.pk}", detail)
    return None
