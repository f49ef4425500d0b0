"""Findings that put one and the same question: the identical case of one of them."""

from django.db.models import Exists, OuterRef, QuerySet

from students.choices import ApprovalState, FindingState
from students.models import Decision, Finding, HardshipProof


def alike(rows: QuerySet[Finding], finding: Finding) -> QuerySet[Finding]:
    """Return the open ones among ``rows`` of a finding's county, term, kind and reason codes.

    Those whose earlier answer had consequences, which a new answer takes back first, are each a
    case of their own, and so are those with a proof that waits to be judged.
    """
    consequential = Decision.objects.filter(finding=OuterRef("pk"), undone_at=None).exclude(
        effects={}
    )
    proof = HardshipProof.objects.filter(finding=OuterRef("pk"), state=ApprovalState.PENDING)
    return rows.filter(
        ~Exists(consequential),
        ~Exists(proof),
        state=FindingState.OPEN,
        county=finding.county_id,
        term=finding.term,
        kind=finding.kind,
        reason=finding.reason,
    )
