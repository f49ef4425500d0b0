"""What a batch is asked before each step: its content, its names, the money, the books."""

from django.utils.translation import gettext as _

from povedu.errors import Conflict, Refusal
from povedu.invariants import verify
from povedu.ledger.choices import FundSource
from povedu.ledger.services import hold
from subsidies.models import DisbursementBatch
from subsidies.rules.bank_lines import DIGESTED, digest
from subsidies.selectors.batches import (
    frozen_lines,
    unholdable_lines,
)
from subsidies.selectors.cash import shortfalls
from subsidies.selectors.payment_rules import rules_of

MONEY = ("I1", "I2", "I3", "I4", "I5")  # the invariants that a payment file waits for


def content_digest(batch: DisbursementBatch) -> str:
    """Return the digest of a batch's lines as they stand in the database now."""
    return digest(frozen_lines(batch).values_list(*DIGESTED).iterator(chunk_size=5000))


def check_content(batch: DisbursementBatch, expected: str) -> None:
    """Raise Conflict where the lines are no longer those that somebody looked at."""
    if content_digest(batch) != expected:
        raise Conflict("batch-changed", _("批次内容在冻结后有变动，须退回重新冻结和审批。"))


def check_names(batch: DisbursementBatch, encoding: str) -> None:
    """Raise Refusal naming the lines whose texts the encoding of a bank's file cannot hold."""
    stopped = unholdable_lines(batch, encoding)
    if not stopped:
        return
    named = _("、").join(
        _("第 %(line)d 行%(name)s") % {"line": number, "name": name}
        for number, name in stopped[:10]
    )
    raise Refusal(
        "names-not-held",
        _(
            "%(encoding)s 不能表示以下 %(count)d 行中的字：%(names)s。"
            "请更正户名、移出这些行，或改用 GB18030 编码。"
        )
        % {"encoding": encoding.upper(), "count": len(stopped), "names": named},
    )


def check_cash(batch: DisbursementBatch) -> None:
    """Refuse where a source has not the money in hand; holds the ledger's end meanwhile."""
    if not rules_of(batch.programme.county_id).checks_cash:
        return
    hold(batch.programme.county_id[:6])
    short = shortfalls(batch)
    if short:
        told = _("；").join(
            _("%(source)s需 %(needed)s 元，可用 %(available)s 元，缺 %(missing)s 元")
            % {
                "source": FundSource(one.source).label,
                "needed": one.wanted,
                "available": one.in_hand,
                "missing": one.lacking,
            }
            for one in short
        )
        raise Refusal(
            "cash-short",
            _("账面资金不足：%(lines)s。请先登记资金到账，或减少本批次的款项。") % {"lines": told},
        )


def check_invariants(batch: DisbursementBatch) -> None:
    """Let no payment file out of books that do not hold together."""
    found = verify(MONEY, county=batch.programme.county_id[:6]).first
    if found is not None and found.breach is not None:
        raise Refusal(
            "invariant-broken",
            _("不变量 %(code)s（%(label)s）不成立：%(row)s。请停止发放并联系审计管理员。")
            % {"code": found.code, "label": found.label, "row": found.breach.row},
        )
