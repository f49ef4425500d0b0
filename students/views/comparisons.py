"""Two states of a list compared: asking for it, and what changed in words, figures and rows."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from povedu.jobs.models import Job
from povedu.jobs.services import enqueue
from povedu.scope import Actor
from povedu.screens import Button, FormScreen, ListScreen
from povedu.screens.screen import Words, row_or_404
from students import filters, tables
from students.choices import Basis, ChangeKind
from students.forms.registers import RunsForm, SnapshotsForm, TermsForm
from students.models import Change, Comparison
from students.rules.comparing import span_between
from students.selectors import comparisons as reads
from students.selectors.children import snapshots
from students.services.reconcile import county_named

VIEW, MAKE = "students.comparison.view", "students.comparison.make"
_LIST: tuple[Words, str] = (gettext_lazy("两期对照"), "students:comparison-list")
_CHOICES = {
    Basis.SNAPSHOTS: gettext_lazy("两次快照对照"),
    Basis.TERMS: gettext_lazy("两学期花名册对照"),
    Basis.RUNS: gettext_lazy("两次比对对照"),
}


class ComparisonList(ListScreen):
    """Comparisons made so far."""

    action = VIEW
    title = gettext_lazy("两期对照")
    hint = gettext_lazy("同一名单的任意两期逐人对照：先认证件号码，再认户编号和姓名。")
    selector = reads.comparisons
    table_class = tables.ComparisonTable
    filterset_class = filters.ComparisonFilter
    empty_reason = gettext_lazy("还没有做过对照。")
    empty_action = gettext_lazy("点右上角按钮，选择两次快照、两个学期或两次比对。")

    def buttons(self) -> list[Button]:
        """Offer each kind of comparison."""
        return [
            Button(label, reverse("students:comparison-start", args=[str(basis)]), MAKE)
            for basis, label in _CHOICES.items()
        ]


def start_comparison(
    *, county: str, basis: str, keys: tuple[str, str], actor: Actor, now: datetime
) -> Job:
    """Ask for a comparison; the same one asked for twice is one job."""
    before, after = keys
    return enqueue(
        kind="students.compare",
        params={"county": county, "basis": basis, "before": before, "after": after},
        actor=actor,
        now=now,
        digest=f"compare:{county}:{basis}:{before}:{after}",
    )


class ComparisonStart(FormScreen):
    """Choose two snapshots, terms or runs."""

    action = MAKE
    parents = (_LIST,)
    service = start_comparison
    button = gettext_lazy("开始对照")
    success = gettext_lazy("已开始对照，完成后可在两期对照中查看。")

    @cached_property
    def basis(self) -> Basis:
        """Return what the address says is compared."""
        if self.kwargs["basis"] not in Basis.values:
            raise Http404
        return Basis(self.kwargs["basis"])

    @property
    def form_class(self) -> type[BaseForm]:  # type: ignore[override]  # the address decides
        """Return the form of the basis."""
        return {Basis.SNAPSHOTS: SnapshotsForm, Basis.TERMS: TermsForm, Basis.RUNS: RunsForm}[
            self.basis
        ]

    def heading(self) -> Words:
        """Say what is compared."""
        return _CHOICES[self.basis]

    def form_arguments(self) -> dict[str, Any]:
        """Offer the two sides."""
        sides: Any = snapshots(self.scope)
        if self.basis == Basis.TERMS:
            term = self.request.term
            sides = [term, term.previous]
            for _step in range(6):
                sides.append(sides[-1].previous)
        elif self.basis == Basis.RUNS:
            sides = reads.comparable_runs(self.scope).select_related("county")
        return {**super().form_arguments(), "sides": sides}

    def arguments(self, form: BaseForm) -> dict[str, Any]:
        """Name the county: that of what was chosen, else of the person's scope."""
        chosen = form.cleaned_data["before"]
        code = getattr(chosen, "county_id", "") or self.scope.county_code
        county = county_named(code if len(code) >= 6 else "").prefix
        keys = form.keys()  # type: ignore[attr-defined]  # every form here has it
        return {
            "actor": self.request.actor,
            "now": self.request.now,
            "county": county,
            "basis": str(self.basis),
            "keys": keys,
        }

    def success_url(self, result: Any) -> str:
        """Go to the job's progress."""
        return reverse("jobs:job-detail", args=[result.pk])


class ComparisonDetail(ListScreen):
    """What changed: a sentence, counts by township and stage, and every row."""

    action = VIEW
    template_name = "students/comparison.html"
    parents = (_LIST,)
    table_class = tables.ChangeTable
    filterset_class = filters.ChangeFilter
    search_fields = ("name", "household_no")
    search_hint = gettext_lazy("姓名或户编号")
    export_kind = "comparison"
    export_action = "students.register.export"
    empty_reason = gettext_lazy("没有变化。")

    @cached_property
    def comparison(self) -> Comparison:
        """Return the comparison of the address; out of scope is a 404."""
        found = row_or_404(reads.comparisons(self.scope), pk=self.kwargs["pk"])
        if not isinstance(found, Comparison):
            raise TypeError(found)
        return found

    def rows(self) -> QuerySet[Change]:
        """Return the changes in scope."""
        return reads.named(reads.changes_of(self.scope, self.comparison))

    def check_parameters(self) -> None:
        """Look the comparison up first, whatever is asked of the page."""
        if self.comparison.pk:  # raises the 404
            super().check_parameters()

    def heading(self) -> Words:
        """Name what is compared."""
        return str(self.comparison)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the sentence and the two tables of counts, of everything in scope."""
        rows = reads.changes_of(self.scope, self.comparison)
        townships, stages = reads.by_township(rows), reads.by_stage(rows)
        counts = reads.summed(townships)
        kinds = [kind for kind in ChangeKind if kind in counts]
        kwargs["comparison"] = self.comparison
        kwargs["sentence"] = sentence(self.comparison, counts)
        kwargs["kinds"] = [(kind.label, counts[kind], self._url(kind=kind)) for kind in kinds]
        kwargs["townships"] = [self._line(one, kinds, "township") for one in townships]
        kwargs["stages"] = [self._line(one, kinds, "stage") for one in stages]
        return super().get_context_data(**kwargs)

    def _line(
        self, one: reads.Tally, kinds: list[ChangeKind], name: str
    ) -> tuple[str, list[tuple[int, str]]]:
        named = one.key and not (name == "township" and one.key.endswith("000000"))
        cells = [
            (number, self._url(kind=kind, **{name: one.key}) if number and named else "")
            for kind in kinds
            for number in (one.counts.get(kind, 0),)
        ]
        return one.label, cells

    def _url(self, **query: str) -> str:
        return f"{self.request.path}?{urlencode({key: str(one) for key, one in query.items()})}"


def sentence(comparison: Comparison, counts: dict[str, int]) -> str:
    """Say in one sentence how long it was and how many of each kind changed."""
    span = span_between(comparison.before_on, comparison.after_on)
    if span.unit == "month":
        within = ngettext("%(number)s个月内", "%(number)s个月内", span.number) % {
            "number": span.number
        }
    else:
        within = ngettext("%(number)s天内", "%(number)s天内", span.number) % {"number": span.number}
    parts = [
        _("%(kind)s %(number)s 人") % {"kind": kind.label, "number": f"{counts[kind]:,}"}
        for kind in ChangeKind
        if counts.get(kind)
    ]
    told = _("，").join(parts) if parts else _("没有变化")
    return _("%(within)s%(told)s。") % {"within": within, "told": told}
