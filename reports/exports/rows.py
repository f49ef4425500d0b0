"""The rows behind a figure as a file."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from povedu import sheets
from povedu.errors import Refusal
from povedu.figures import RowList
from povedu.scope import Actor
from povedu.sheets import Cover, Written
from reports.selectors import lines, places

PERSONAL = "reports.person.view"


def write_rows(
    target: BinaryIO,
    fmt: str,
    *,
    actor: Actor,
    now: datetime,
    year: int,
    line_id: str,
    place: str = "",
) -> Written:
    """Write the rows behind a line; by school for those who may not see people."""
    scope = places.narrowed(actor.scope, place)
    found = lines.rows_behind(scope, year, line_id, personal=actor.may(PERSONAL))
    if found is None:
        raise Refusal("no-such-line", _("这一年没有这项指标。"))
    cover = Cover(
        _("%(year)s年指标明细：%(line)s") % {"year": year, "line": line_id},
        actor.name,
        now,
        [(_("年度"), str(year)), (_("范围"), place or scope.division_prefix)],
    )
    shown = [column for column in found.columns if column.key not in found.hidden]
    return sheets.write(target, fmt, shown, _shown(found), cover)


def _shown(found: RowList) -> Iterator[list[Any]]:
    places = [at for at, one in enumerate(found.columns) if one.key not in found.hidden]
    for row in found.rows.iterator(chunk_size=2000):
        yield [row[at] for at in places]
