"""Long work on children's records."""

import io
from contextlib import suppress
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.accounts.selectors import term_of
from povedu.audit.services import record
from povedu.bulk import uncollected
from povedu.errors import Conflict, Refusal
from povedu.jobs.handle import JobHandle
from povedu.jobs.registry import daily_at, job
from povedu.paper.pdf import write_pdf
from povedu.paper.word import write_word
from povedu.scope import Scope
from povedu.terms import Term
from students.exports import notice_paper
from students.models import Reconciliation, RegisterSnapshot
from students.selectors.away import notice_lines
from students.selectors.runs import nightly_counties
from students.services.compare import keep, read_sides, sides_named
from students.services.nightly import start_runs
from students.services.reconcile import (
    confirm,
    county_named,
    prepare,
    read,
    store,
    until_not_overtaken,
)

_STEPS = 3


@job(
    "students.compare",
    action="students.comparison.make",
    title=gettext_lazy("两期对照"),
)
def compare(handle: JobHandle) -> dict[str, Any]:
    """Compare two states of a list.

    ``params``: ``county`` code, ``basis``, and ``before`` and ``after``: keys of two snapshots or
    runs, or codes of two terms.
    """
    params = {name: str(value) for name, value in handle.params.items()}
    county = county_named(params["county"])
    first, last = sides_named(
        county=county, basis=params["basis"], keys=(params["before"], params["after"])
    )
    handle.progress(0, 2, _("逐人对照"))
    compared = read_sides(county=county, before=first, after=last)
    handle.stop_if_cancelled()
    handle.progress(1, 2, _("写入变化"))
    with handle.atomically() as result:
        comparison = keep(compared=compared, actor=handle.actor, now=handle.now)
        result["comparison"] = comparison.pk
        result["url"] = comparison.get_absolute_url()
        result["label"] = _("查看变化")
    return result


@job(
    "students.print_notices",
    action="students.proof.collect",
    title=gettext_lazy("打印外出就读告知书"),
)
def print_notices(handle: JobHandle) -> dict[str, Any]:
    """Write the notices to families whose proof is still to come, as Word and as PDF.

    ``params``: ``term`` code and ``township``, the leading part of a division code ("" is all in
    scope).
    """
    term, township = Term.parse(str(handle.params["term"])), str(handle.params["township"])
    chosen = list(notice_lines(handle.actor.scope, term, township))
    if not chosen:
        raise Refusal("nothing-to-print", _("没有待收证明的学生，不需要打印告知书。"))
    handle.progress(0, 2, _("写出 Word"))
    paper = notice_paper(chosen, today=timezone.localtime(handle.now).date())
    name = f"gaozhishu-{term.code}-{township or 'all'}"
    word = io.BytesIO()
    write_word(paper, word)
    handle.attach(f"{name}.docx", word.getvalue(), row_count=len(chosen))
    handle.stop_if_cancelled()
    handle.progress(1, 2, _("写出 PDF"))
    notes = []
    try:
        pdf = io.BytesIO()
        write_pdf(paper, pdf)
        handle.attach(f"{name}.pdf", pdf.getvalue(), row_count=len(chosen))
    except Refusal as refusal:
        notes.append(str(refusal))
    with handle.atomically() as result:
        record(
            actor=handle.actor,
            now=handle.now,
            verb="proof.print",
            count=len(chosen),
            job_id=handle.id,
        )
        result["figures"] = [[_("告知书"), len(chosen)]]
        result["notes"] = notes
    return result


@job(
    "students.reconcile",
    action="students.reconciliation.run",
    title=gettext_lazy("花名册与外部名册比对"),
)
@uncollected()
def reconcile(handle: JobHandle) -> dict[str, Any]:
    """Compare one county's term with its registers.

    ``params``: ``term`` code, ``county`` code ("" is the only county), ``snapshots`` ids (none
    means the newest of each register on or before the term's first day), ``again`` to compare even
    where nothing has changed since the last run.
    """
    return until_not_overtaken(partial(_reconciled, handle))


def _reconciled(handle: JobHandle) -> dict[str, Any]:
    term = Term.parse(str(handle.params["term"]))
    county = county_named(str(handle.params.get("county", "")))
    ids = handle.params.get("snapshots") or []
    chosen = list(RegisterSnapshot.objects.filter(pk__in=ids, county=county)) if ids else None
    handle.progress(0, _STEPS, _("读取花名册与名册"))
    seen = read(county=county, term=term, snapshots=chosen)
    handle.stop_if_cancelled()
    if seen.same_as is not None and not handle.params.get("again"):
        with handle.atomically() as result:
            run = confirm(run=seen.same_as, actor=handle.actor, now=handle.now, job_id=handle.id)
            result |= _outcome(run) | {"unchanged": True}
            result["label"] = _("名单没有变化，查看上次的结果")
        return result
    handle.progress(1, _STEPS, _("逐人比对"))
    prepared = prepare(seen=seen, look=handle.stop_if_cancelled)
    handle.progress(2, _STEPS, _("写入匹配、差异与去向"))
    with handle.atomically() as result:
        run = store(prepared=prepared, actor=handle.actor, now=handle.now, job_id=handle.id)
        result |= _outcome(run)
    return result


def _outcome(run: Reconciliation) -> dict[str, Any]:
    return {
        "run": run.pk,
        "findings": sum(run.findings_count.values()),
        "url": run.get_absolute_url(),
        "label": _("查看比对结果"),
    }


@daily_at(1, 30)
@job(
    "students.reconcile_nightly",
    action="students.reconciliation.run",
    title=gettext_lazy("夜间比对"),
)
def reconcile_nightly(handle: JobHandle) -> dict[str, Any]:
    """Ask for a run of every county that wants one, over the term it works in."""
    today = timezone.localtime(handle.now).date()
    asked = 0
    for county in nightly_counties(Scope.everything()):
        term = term_of(county.prefix, today)
        with suppress(Conflict):  # somebody has asked for the same run: it is theirs
            start_runs(counties=[county], term=term, actor=handle.actor, now=handle.now)
            asked += 1
    return {"counties": asked}
