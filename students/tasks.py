"""Long work on children's records."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.jobs.handle import JobHandle
from povedu.jobs.registry import job
from povedu.terms import Term
from students.models import RegisterSnapshot
from students.services.reconcile import county_named, prepare, store

_STEPS = 3


@job(
    "students.reconcile",
    action="students.reconciliation.run",
    title=gettext_lazy("花名册与外部名册比对"),
)
def reconcile(handle: JobHandle) -> dict[str, Any]:
    """Compare one county's term with its registers.

    ``params``: ``term`` code, ``county`` code ("" is the only county), ``snapshots`` ids (none
    means the newest of each register on or before the term's first day).
    """
    term = Term.parse(str(handle.params["term"]))
    county = county_named(str(handle.params.get("county", "")))
    ids = handle.params.get("snapshots") or []
    chosen = list(RegisterSnapshot.objects.filter(pk__in=ids, county=county)) if ids else None
    handle.progress(0, _STEPS, _("读取花名册与名册并逐人比对"))
    prepared = prepare(county=county, term=term, snapshots=chosen)
    handle.stop_if_cancelled()
    handle.progress(1, _STEPS, _("写入匹配、差异与去向"))
    with handle.atomically() as result:
        run = store(prepared=prepared, actor=handle.actor, now=handle.now, job_id=handle.id)
        result["run"] = run.pk
        result["findings"] = sum(run.findings_count.values())
    handle.progress(_STEPS, _STEPS, _("比对完成"))
    return result
