"""The table of staged rows: about whom, what was said, what it changes, the cell to mend."""

from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povedu.identity import mask_id
from povedu.intake.choices import RowChange
from povedu.intake.cleaning import cell_keys
from povedu.intake.differences import Difference, differences
from povedu.intake.kinds import IntakeKind, kind_of
from povedu.intake.models import ImportBatch, ImportRow
from povedu.intake.problems import Outcome, Problem, declined_codes, sentence, title_of
from povedu.intake.reading.cells import as_text
from povedu.intake.rowstore import RowReader, StoredRow
from povedu.intake.tables import OUTCOME_LABELS
from povedu.screens.tables import ScreenTable
from povedu.screens.templatetags.screens import badge


class RowTable(ScreenTable):
    """Staged rows. ``token`` is the form token of the reader's session, "" to offer nothing."""

    number = tables.Column(verbose_name=_("行"), attrs={"td": {"class": "num"}})
    subject = tables.Column(verbose_name=_("对象"), empty_values=(), orderable=False)
    outcome = tables.Column(verbose_name=_("结果"))
    said = tables.Column(
        verbose_name=_("修正与问题"),
        empty_values=(),
        orderable=False,
        attrs={"td": {"class": "said"}},
    )
    change = tables.Column(
        verbose_name=_("变更"), empty_values=(), attrs={"td": {"class": "changes"}}
    )
    fix = tables.Column(verbose_name="", empty_values=(), orderable=False)

    class Meta(ScreenTable.Meta):
        model = ImportRow
        fields = ("number", "subject", "outcome", "said", "change", "fix")
        lead = ("number", "subject")

    def __init__(self, *args: Any, batch: ImportBatch, token: str, **kwargs: Any) -> None:
        self.batch = batch
        self.kind = kind_of(batch.kind)
        self.reader = RowReader(self.kind, batch)
        self.token = token
        self._fetched = False
        self._differences: dict[int, list[Difference]] | None = None
        super().__init__(*args, **kwargs)

    def stored(self, record: ImportRow) -> StoredRow:
        """Return a row opened, once per page."""
        if not self._fetched:
            self._fetched = True
            self.reader.fetch(row.record for row in self.paginated_rows)
        opened: StoredRow | None = getattr(record, "opened", None)
        if opened is None:
            opened = self.reader.open(record)
            record.opened = opened  # type: ignore[attr-defined]  # for this page only
        return opened

    def changes(self, record: ImportRow) -> list[Difference]:
        """Return what a row changes; one query for the page."""
        if self._differences is None:
            shown = [row.record for row in self.paginated_rows]
            pairs = [(one, self.stored(one).values) for one in shown]
            self._differences = differences(self.kind, pairs)
        return self._differences.get(record.pk, [])

    def render_number(self, record: ImportRow) -> str:
        """Show the row as the clerk's own program numbers it, with the sheet where several are."""
        if len(self.batch.sheets) > 1:
            return f"{self.batch.sheets[record.sheet]['name']} {record.number}"
        return str(record.number)

    def render_subject(self, record: ImportRow) -> str:
        """Show the name and the first other things known."""
        values = self.stored(record).values
        names = [name for name, one in self.kind.columns.items() if not one.protected]
        first = [values.get("name") or "—"]
        first += [
            str(self.kind.columns[name].widget.dump(values[name]))
            for name in ("school", "grade", "class_name", "township", "village", "category")
            if name in names and values.get(name) not in ("", None)
        ]
        return " · ".join(first[:4])

    def render_outcome(self, value: str) -> SafeString:
        """Draw the outcome."""
        label, tone = OUTCOME_LABELS[Outcome(value)]
        return badge(label, tone)

    def render_said(self, record: ImportRow) -> SafeString:
        """List repairs as old → new, and problems as sentences with the cell to mend in place."""
        stored = self.stored(record)
        declined = declined_codes(record.codes)
        cells = _cells_of(self.batch.sheets[record.sheet]["mapping"], stored)
        offered: set[str] = set()
        lines: list[tuple[str, str, str]] = []
        for problem in stored.problems:
            text = said(self.kind, record.number, problem)
            if problem.is_repair:
                offer = self._repair_offer(record, problem.code, problem.code in declined)
            elif problem.field in offered:
                offer = SafeString("")
            else:
                offered.add(problem.field)
                offer = self._cell_offer(record, problem, cells)
            lines.append((_class_of(problem), text, offer))
        if "conflict" in record.codes.split():
            lines.append(("problem", title_of("conflict"), ""))
        return format_html_join("", '<div class="{}">{} {}</div>', lines) or SafeString("—")

    def _repair_offer(self, record: ImportRow, code: str, declined: bool) -> SafeString:  # noqa: FBT001  # one of two buttons
        if not self.token:
            return SafeString("")
        name = "repair-accept" if declined else "repair-decline"
        return format_html(
            '<form class="in-row" method="post" action="{0}" hx-post="{0}" hx-target="closest tr"'
            ' hx-swap="outerHTML"><input type="hidden" name="csrfmiddlewaretoken" value="{1}">'
            '<button class="btn btn-link" name="do" value="{2}">{3}</button></form>',
            reverse(f"intake:row-{name}", args=[self.batch.pk, record.pk, code]),
            self.token,
            name,
            gettext("恢复这一修正") if declined else gettext("不接受"),
        )

    def _cell_offer(
        self, record: ImportRow, problem: Problem, cells: Mapping[str, tuple[str, str]]
    ) -> SafeString:
        if not self.token or problem.field not in cells:
            return SafeString("")
        key, text = cells[problem.field]
        column = self.kind.columns.get(problem.field)
        return format_html(
            '<form class="in-row" method="post" action="{0}" hx-post="{0}" hx-target="closest tr"'
            ' hx-swap="outerHTML"><input type="hidden" name="csrfmiddlewaretoken" value="{1}">'
            '<input class="form-control form-control-sm" name="{2}" value="{3}" aria-label="{4}"'
            ' maxlength="500" autocomplete="off"><button class="btn btn-sm btn-plain">{5}</button>'
            "</form>",
            reverse("intake:cell-fix", args=[self.batch.pk, record.pk]),
            self.token,
            key,
            text,
            column.label if column else problem.field,
            gettext("改正"),
        )

    def render_change(self, record: ImportRow) -> SafeString:
        """Show what becomes of the record: only the fields that differ, old → new."""
        try:
            label = RowChange(record.change).label if record.change else ""
        except ValueError:
            label = ""
        lines = [(one.label, one.old, one.new) for one in self.changes(record)]
        return format_html(
            "{}{}",
            label or "—",
            format_html_join(
                "", '<div class="change">{}：<del>{}</del> → <ins>{}</ins></div>', lines
            ),
        )

    def render_fix(self, record: ImportRow) -> SafeString:
        """Offer the whole row for correction."""
        if not self.token:
            return SafeString("")
        url = reverse("intake:row-fix", args=[self.batch.pk, record.pk])
        return format_html('<a href="{}">{}</a>', url, gettext("整行"))


def _cells_of(mapping: list[dict[str, Any]], stored: StoredRow) -> dict[str, tuple[str, str]]:
    """Return by field the key and the text of its cell."""
    found: dict[str, tuple[str, str]] = {}
    for at, (one, key) in enumerate(zip(mapping, cell_keys(mapping), strict=True)):
        if one["field"] and one["field"] not in found:
            found[one["field"]] = (key, as_text(stored.raw[at]))
    return found


def _class_of(problem: Problem) -> str:
    return "repair" if problem.is_repair else "problem"


def said(kind: IntakeKind, number: int, problem: Problem) -> str:
    """Return a repair or problem as people read it, protected values masked."""
    column = kind.columns.get(problem.field)
    label = column.label if column else problem.field
    if not problem.is_repair:
        return sentence(problem, number, label)
    old, new = problem.old.strip(), problem.new
    if column is not None and column.protected:
        old, new = mask_id(old), mask_id(new)
    return f"{label}：{title_of(problem.code)} {old} → {new}"
