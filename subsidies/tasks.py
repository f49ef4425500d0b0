"""Jobs of programmes and money: each loads by id and calls one service."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povedu.jobs.handle import JobHandle
from povedu.jobs.registry import every, job
from povedu.terms import Term
from subsidies.models import BankReturn, DisbursementBatch, Programme
from subsidies.services.awards import propose_awards
from subsidies.services.disbursement import make_batch, release_batch
from subsidies.services.notices import take_down_due
from subsidies.services.returns import apply_bank_return


@job(
    "subsidies.grant_awards",
    action="subsidies.award.propose",
    title=_("计算资助名单"),
    atomic=True,
)
def grant_awards(handle: JobHandle) -> dict[str, Any]:
    """Propose a programme's awards for a term."""
    result = propose_awards(
        programme=Programme.objects.get(pk=handle.params["programme"]),
        term=Term.parse(str(handle.params["term"])),
        actor=handle.actor,
        now=handle.now,
        job_id=handle.id,
    )
    address = (
        f"{reverse('subsidies:award-list')}?state=proposed&programme={handle.params['programme']}"
    )
    return {**result.as_dict(), "url": address, "label": gettext("查看拟资助名单")}


def _about(batch: DisbursementBatch) -> dict[str, Any]:
    return {
        "batch": batch.pk,
        "payments": batch.payments_count,
        "amount": str(batch.amount),
        "url": batch.get_absolute_url(),
        "label": gettext("查看批次"),
        "figures": [
            [gettext("笔数"), batch.payments_count],
            [gettext("金额（元）"), str(batch.amount)],
        ],
    }


@job("subsidies.make_batch", action="subsidies.batch.prepare", title=_("编制发放批次"), atomic=True)
def prepare_batch(handle: JobHandle) -> dict[str, Any]:
    """Put what is due into a batch."""
    batch = make_batch(
        programme=Programme.objects.get(pk=handle.params["programme"]),
        term=Term.parse(str(handle.params["term"])),
        actor=handle.actor,
        now=handle.now,
    )
    return _about(batch)


@job(
    "subsidies.release_batch", action="subsidies.batch.release", title=_("批次送银行"), atomic=True
)
def release(handle: JobHandle) -> dict[str, Any]:
    """Send an approved batch to the bank."""
    batch = DisbursementBatch.objects.get(pk=handle.params["batch"])
    release_batch(batch=batch, actor=handle.actor, now=handle.now)
    return _about(batch)


@job(
    "subsidies.apply_return", action="subsidies.batch.return", title=_("银行回盘入账"), atomic=True
)
def apply_return(handle: JobHandle) -> dict[str, Any]:
    """Settle what the bank has paid and post it."""
    answer = BankReturn.objects.get(pk=handle.params["bank_return"])
    counts = apply_bank_return(answer=answer, actor=handle.actor, now=handle.now)
    return {
        **counts,
        "url": answer.batch.get_absolute_url(),
        "label": gettext("查看批次"),
        "figures": [[gettext("到账"), counts["settled"]], [gettext("退回"), counts["returned"]]],
    }


@every(hours=1)
@job("subsidies.take_down_notices", action="subsidies.notice.edit", title=_("撤下到期公示"))
def take_down_notices(handle: JobHandle) -> dict[str, int]:
    """Take notices off show whose time is over."""
    return {"taken_down": take_down_due(actor=handle.actor, now=handle.now)}
