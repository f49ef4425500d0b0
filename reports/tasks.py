"""Reports that are long work: the annual summary, row lists, the ledger."""

import io
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu import sheets
from povedu.audit.services import record
from povedu.errors import Refusal
from povedu.jobs.handle import JobHandle
from povedu.jobs.registry import job
from povedu.scope import Scope
from povedu.sheets import Cover
from reports import services
from reports.choices import LedgerContent
from reports.exports import bridge, ledger, rows, summary, vouchers
from reports.rules import frozen
from reports.selectors import editions

WRITE_SUMMARY, EXPORT_ROWS, EXPORT_LEDGER = (
    "reports.write_summary",
    "reports.export_rows",
    "reports.export_ledger",
)


@job(WRITE_SUMMARY, action="reports.summary.write", title=gettext_lazy("生成年度总结"))
def write_summary(handle: JobHandle) -> dict[str, Any]:
    """Write the year down as a draft, and as Word, PDF, workbook and JSON for its owner to take."""
    county, year = str(handle.params["county"]), int(handle.params["year"])
    if not handle.actor.scope.covers(division_code=county.ljust(12, "0")):
        raise Refusal("out-of-scope", _("这个县不在您的管辖范围内。"))
    steps = len(summary.FORMATS) + 1
    handle.progress(0, steps, _("汇总各项指标"))
    known = editions.editions(Scope(county)).filter(job_id=handle.id).first()
    edition = known or services.write_summary(
        actor=handle.actor, now=handle.now, county_code=county, year=year, job_id=handle.id
    )
    paper = frozen.unpack(edition.paper)
    template = editions.template_of(county).word_template
    cover = Cover(
        paper.title,
        handle.actor.name,
        handle.now,
        [(_("年度"), str(year))],
        notes=[
            _("版次 %(number)s，校验值 %(sha)s") % {"number": edition.number, "sha": edition.sha256}
        ],
    )
    skipped = []
    for step, fmt in enumerate(summary.FORMATS, start=1):
        handle.stop_if_cancelled()
        handle.progress(step, steps, _("写出 %(format)s") % {"format": fmt})
        target = io.BytesIO()
        try:
            summary.write(
                fmt,
                target,
                content=edition.content,
                paper=paper,
                cover=cover,
                word_template=bytes(template) if template else None,
            )
        except Refusal as refusal:
            skipped.append(str(refusal))
            continue
        handle.attach(f"{year}-summary-v{edition.number}.{fmt}", target.getvalue())
    return {
        "figures": [[_("版次"), edition.number]],
        "notes": skipped,
        "url": edition.get_absolute_url(),
    }


@job(EXPORT_ROWS, action="reports.rows.export", title=gettext_lazy("导出指标明细"))
def export_rows(handle: JobHandle) -> dict[str, Any]:
    """Write the rows behind a figure."""
    given = handle.params
    target = io.BytesIO()
    written = rows.write_rows(
        target,
        str(given["format"]),
        actor=handle.actor,
        now=handle.now,
        year=int(given["year"]),
        line_id=str(given["line"]),
        place=str(given.get("place", "")),
    )
    name = f"{given['year']}-{given['line']}-{_stamp(handle)}.{given['format']}"
    return _hand_over(handle, name, target.getvalue(), written, "rows.export")


LEDGER_WRITERS = {
    LedgerContent.ENTRIES: ledger.write_ledger,
    LedgerContent.VOUCHERS: vouchers.write_vouchers,
    LedgerContent.BRIDGE: bridge.write_bridge,
}


@job(EXPORT_LEDGER, action="reports.ledger.export", title=gettext_lazy("导出资金台账"))
def export_ledger(handle: JobHandle) -> dict[str, Any]:
    """Write the money ledger of a year."""
    given = handle.params
    chosen = ledger.LedgerFilter(
        int(given["year"]), str(given.get("source", "")), str(given.get("programme", ""))
    )

    def tell(done: int, total: int) -> None:
        handle.progress(done, total, _("写出分录"))
        handle.stop_if_cancelled()

    content = LedgerContent(given.get("content", LedgerContent.ENTRIES))
    target = io.BytesIO()
    written = LEDGER_WRITERS[content](
        target,
        str(given["format"]),
        actor=handle.actor,
        now=handle.now,
        chosen=chosen,
        progress=tell,
    )
    name = f"ledger-{content}-{chosen.year}-{_stamp(handle)}.{given['format']}"
    return _hand_over(handle, name, target.getvalue(), written, "ledger.export")


def _stamp(handle: JobHandle) -> str:
    return f"{timezone.localtime(handle.now):%Y%m%d-%H%M%S}"


def _hand_over(
    handle: JobHandle, name: str, content: bytes, written: sheets.Written, verb: str
) -> dict[str, Any]:
    file = handle.attach(name, content, row_count=written.rows)
    record(
        actor=handle.actor,
        now=handle.now,
        verb=verb,
        subject=file,
        changes={"sha256": ("", written.sha256)},
        count=written.rows,
        job_id=handle.id,
    )
    totals = [[written.labels[key], f"{total:,}"] for key, total in written.totals.items()]
    return {"figures": [[_("行数"), written.rows], *totals], "sha256": written.sha256}
