"""Jobs of programmes and money: each loads by id and calls one service."""

import io
from collections import Counter
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.errors import Refusal
from povedu.jobs.handle import JobHandle
from povedu.jobs.registry import daily_at, every, job
from povedu.paper import bundle
from povedu.paper.document import Paper
from povedu.terms import Term
from schools.models import Division
from subsidies.models import BankReturn, DisbursementBatch, Programme
from subsidies.selectors import letters
from subsidies.selectors.programmes import counties_with_programmes, office_of
from subsidies.services.awards import propose_awards
from subsidies.services.batching import make_batch
from subsidies.services.changes import follow_changes
from subsidies.services.disbursement import release_batch
from subsidies.services.matrix import compute_matrix, refresh_matrices
from subsidies.services.notices import take_down_due
from subsidies.services.returns import apply_bank_return

LETTERS_A_FILE = 200  # so that a file opens quickly and a printer is not given a day's work


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


@daily_at(4, 20)
@job("subsidies.follow_changes", action="subsidies.change.follow", title=_("核查资助变动"))
def follow_up(handle: JobHandle) -> dict[str, int]:
    """Follow up what changed about awarded children, county by county."""
    counts: Counter[str] = Counter()
    for county in counties_with_programmes():
        counts.update(follow_changes(county=county, actor=handle.actor, now=handle.now))
    return dict(counts)


@every(hours=1)
@job("subsidies.take_down_notices", action="subsidies.notice.edit", title=_("撤下到期公示"))
def take_down_notices(handle: JobHandle) -> dict[str, int]:
    """Take notices off show whose time is over."""
    return {"taken_down": take_down_due(actor=handle.actor, now=handle.now)}


@daily_at(3, 20)
@job(
    "subsidies.compute_matrix",
    action="subsidies.matrix.compute",
    title=_("计算资助矩阵"),
    atomic=True,
)
def matrix(handle: JobHandle) -> dict[str, Any]:
    """Compute a county's matrix of a term; on schedule, every county's matrix of today's term."""
    if "county" not in handle.params:
        return {"matrices": refresh_matrices(actor=handle.actor, now=handle.now)}
    made = compute_matrix(
        county=Division.objects.get(pk=str(handle.params["county"])),
        term=Term.parse(str(handle.params["term"])),
        actor=handle.actor,
        now=handle.now,
        job_id=handle.id,
    )
    return {
        "cells": made.cells_count,
        "url": reverse("subsidies:matrix"),
        "label": gettext("查看资助矩阵"),
        "figures": [
            [gettext("学生"), made.students_count],
            [gettext("项目"), made.programmes_count],
            [gettext("格"), made.cells_count],
        ],
    }


@job(letters.JOB, action="subsidies.letter.make", title=_("制作信函"))
def make_letters(handle: JobHandle) -> dict[str, Any]:
    """Write a batch of letters as PDF and Word, so many to a file, sealed for their owner."""
    wanted = letters.wanted_of(handle.params)
    county, day = str(handle.params["county"]), timezone.localtime(handle.now).date()
    if not county.startswith(handle.actor.scope.division_prefix[:6]):
        raise Refusal("out-of-scope", gettext("这个县不在您的管辖范围内。"))
    facts = letters.facts_for(handle.actor.scope, wanted, day, office_of(handle.actor))
    papers = list(letters.papers(wanted, facts, county, day))
    if not papers:
        raise Refusal("no-letters", gettext("所选范围内没有需要制作的内容。"))
    notes = _write_letters(handle, wanted.kind, papers)
    record(
        actor=handle.actor,
        now=handle.now,
        verb="letter.make",
        changes={"kind": ("", wanted.kind), "range": ("", str(wanted.where.params()))},
        count=len(papers),
        job_id=handle.id,
        place=(county, handle.actor.scope.school_code or ""),
    )
    figures = [
        [gettext("份数"), len(papers)],
        [gettext("涉及学生（人）"), letters.people_of(facts)],
    ]
    return {"figures": figures, "notes": notes}


def _write_letters(handle: JobHandle, kind: str, papers: list[Paper]) -> list[str]:
    notes: list[str] = []
    writers = {"docx": bundle.write_word_bundle, "pdf": bundle.write_pdf_bundle}
    total, done = len(papers) * len(writers), 0
    stamp = f"{timezone.localtime(handle.now):%Y%m%d-%H%M%S}"
    for ending, write in writers.items():
        for part, start in enumerate(range(0, len(papers), LETTERS_A_FILE), start=1):
            chunk = papers[start : start + LETTERS_A_FILE]

            def tell(count: int, done: int = done) -> None:
                handle.progress(done + count, total, gettext("排版"))
                handle.stop_if_cancelled()

            target = io.BytesIO()
            try:
                write(chunk, target, tell)
            except Refusal as refusal:  # no type-setter on this machine: Word only
                notes.append(str(refusal))
                break
            name = f"{kind}-{stamp}-{part:02d}.{ending}"
            handle.attach(name, target.getvalue(), row_count=len(chunk))
            done += len(chunk)
    return notes
