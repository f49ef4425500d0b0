"""The export behind every list's button: the same rows, columns and order, written by a worker."""

from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2 import Table

from povedu import sheets
from povedu.audit.services import record
from povedu.cells import Kind
from povedu.errors import Refusal
from povedu.jobs.handle import JobHandle
from povedu.jobs.registry import job
from povedu.jobs.services import enqueue
from povedu.scope import ActingRequest
from povedu.screens import exporting
from povedu.screens.tables import MoneyColumn, NumberColumn

KIND = "screens.export"
_CHUNK = 500


@exporting.export_with
def start(request: ActingRequest, order: exporting.ExportOrder) -> str:
    """Enqueue an order and return the address of its progress."""
    asked = enqueue(kind=KIND, params=order.params(), actor=request.actor, now=request.now)
    return reverse("jobs:job-detail", args=[asked.pk])


def _columns(table: Table) -> list[sheets.Column]:
    columns = []
    for bound in table.columns.iterall():
        if not bound.visible or getattr(bound.column, "exclude_from_export", False):
            continue
        kind: Kind = "text"
        if isinstance(bound.column, MoneyColumn):
            kind = "money"
        elif isinstance(bound.column, NumberColumn):
            kind = "number"
        columns.append(sheets.Column(bound.name, str(bound.header), kind, total=kind == "money"))
    return columns


def _rows(table: Table, columns: list[sheets.Column], handle: JobHandle) -> Any:
    total = len(table.rows)
    kinds = [column.kind for column in columns]
    for number, row in enumerate(table.as_values()):
        if number == 0:
            continue  # the heading
        if number % _CHUNK == 0:
            handle.progress(number, total, _("写入行"))
            handle.stop_if_cancelled()
        yield [_cell(value, kind) for value, kind in zip(row, kinds, strict=True)]


def _cell(value: Any, kind: str) -> Any:
    if value in (None, "", "—"):
        return None
    return value if kind != "text" else str(value)


@job(KIND, action="jobs.file.download", title=gettext_lazy("导出列表"))
def export(handle: JobHandle) -> dict[str, Any]:
    """Write the list as its owner saw it; the right to export is checked again."""
    order = exporting.ExportOrder.from_params(handle.params)
    try:
        table = exporting.table_of(order, actor=handle.actor, now=handle.now)
    except PermissionError:
        raise Refusal("export-not-allowed", _("您已没有导出这个列表的权限。")) from None
    columns = _columns(table)
    title = exporting.title_of(order)
    stamp = f"{timezone.localtime(handle.now):%Y%m%d-%H%M}"
    cover = sheets.Cover(
        title=title,
        made_by=handle.actor.name,
        made_at=handle.now,
        filters=parse_qsl(order.query),
    )
    target = BytesIO()
    written = sheets.write(target, "xlsx", columns, _rows(table, columns, handle), cover)
    file = handle.attach(f"{title}-{stamp}.xlsx", target.getvalue(), row_count=written.rows)
    record(
        actor=handle.actor,
        now=handle.now,
        verb="list.export",
        subject=file,
        changes={"list": ("", order.kind), "sha256": ("", written.sha256)},
        count=written.rows,
        job_id=handle.id,
    )
    return {"figures": [[_("行数"), written.rows]]}
