"""Trying a change out before it is made, and planned places against taken ones."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.money import yuan
from povedu.screens.forms import native_input, worded_blank
from povedu.screens.lists import ListScreen
from povedu.screens.screen import Button, Words, row_or_404
from povedu.terms import Term
from students.models import Student
from subsidies import forms, tables
from subsidies.models import Programme
from subsidies.selectors.programmes import office_of, programmes
from subsidies.selectors.quotas import QuotaRow, quota_rows, quota_rows_of
from subsidies.selectors.simulation import Simulation, simulate
from subsidies.views.programmes import EDIT, LIST

if TYPE_CHECKING:
    from django.db.models import QuerySet

QUOTAS = gettext_lazy("指标与实际")
TRIED = frozenset(forms.SimulationForm.base_fields)


class OfProgramme(ListScreen):
    """A list about the programme of the address."""

    parents = LIST

    @cached_property
    def programme(self) -> Programme:
        """Return the programme of the address; another office's is a 404."""
        rows = programmes(self.scope, office_of(self.request.actor))
        found = row_or_404(rows, pk=self.kwargs["pk"])
        assert isinstance(found, Programme)  # noqa: S101  # the selector's model
        return found

    def check_parameters(self) -> None:
        """Look the programme up first, whatever is asked of the page."""
        if self.programme.pk:  # raises the 404
            super().check_parameters()


class ProgrammeSimulate(OfProgramme):
    """What a change would cost, who gains, who loses; leaves nothing behind."""

    action = "subsidies.programme.simulate"
    title = gettext_lazy("标准测算")
    template_name = "subsidies/simulation.html"
    table_class = tables.SimulationTable
    search_fields = ("name", "initials__startswith")
    search_hint = gettext_lazy("姓名或拼音首字母")
    extra_parameters = TRIED
    export_kind = "simulation"
    empty_reason = gettext_lazy("没有金额变化的学生。")
    empty_action = gettext_lazy("在上面填写要试算的改动；测算不会保存。")

    def heading(self) -> Words:
        """Name the programme."""
        return _("标准测算：%(programme)s") % {"programme": self.programme}

    @cached_property
    def form(self) -> forms.SimulationForm:
        """Return the change as it was filled in, or an empty form."""
        asked = self.request.GET if TRIED & set(self.request.GET) else None
        form = forms.SimulationForm(
            asked,
            programme=self.programme,
            actor=self.request.actor,
            term=self.request.term,
            initial={"term": self.request.term.code},
        )
        for field in form.fields.values():
            native_input(field)
            worded_blank(field)
        return form

    @cached_property
    def simulation(self) -> Simulation | None:
        """Return both sides, None until a change is asked for."""
        if not self.form.is_bound or not self.form.is_valid():
            return None
        return simulate(
            self.programme,
            Term.parse(self.form.cleaned_data["term"]),
            self.form.change(),
            today=timezone.localtime(self.request.now).date(),
        )

    def rows(self) -> "QuerySet[Student]":
        """Return the students whose aid would change."""
        told = self.simulation
        if told is None:
            return Student.objects.none()
        who = self.form.cleaned_data["who"]
        keys = {"gain": told.gainers, "lose": told.losers}.get(who)
        if keys is None:
            keys = [*told.gainers, *told.losers]
        return (
            Student.objects.filter(pk__in=keys)
            .select_related("school")
            .order_by("school__code", "grade", "class_name", "pk")
        )

    def table_extra(self) -> dict[str, Any]:
        """Give the table both sides."""
        return {"simulation": self.simulation}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form and what came of it."""
        told = self.simulation
        context: dict[str, Any] = {"form": self.form, "told": told}
        if told is not None:
            before, after = told.before, told.after
            context |= {
                "cost_before": yuan(before.total_fen),
                "cost_after": yuan(after.total_fen),
                "cost_difference": yuan(after.total_fen - before.total_fen),
                "unfunded": yuan(after.unfunded_fen),
                "sources": told.sources(),
                "townships": told.by_township(),
                "schools": told.by_school(),
            }
        return super().get_context_data(**context, **kwargs)


class QuotaList(ListScreen):
    """Planned places of a year against taken ones, programme by programme."""

    action = "subsidies.programme.view"
    title = QUOTAS
    parents = LIST
    table_class = tables.QuotaUseTable
    extra_parameters = frozenset({"year"})
    export_kind = "quotas"
    empty_reason = gettext_lazy("该年度没有计划指标，也没有资助决定。")
    empty_action = gettext_lazy("在资助项目页面设定计划指标。")

    @property
    def year(self) -> int:
        """Return the budget year asked for, else that of the term in view."""
        asked = self.request.GET.get("year", "")
        known = asked.isascii() and asked.isdigit() and 2000 <= int(asked) <= 2100
        return int(asked) if known else self.request.term.starts_on.year

    def rows(self) -> Any:
        """Return a row for each programme with a plan or awards."""
        return quota_rows(self.scope, office_of(self.request.actor), self.year)

    def heading(self) -> Words:
        """Name the year."""
        return _("%(year)d 年度指标与实际") % {"year": self.year}

    def buttons(self) -> list[Button]:
        """Lead to the years beside."""
        here = reverse("subsidies:quota-list")
        return [
            Button(_("上一年度"), f"{here}?year={self.year - 1}"),
            Button(_("下一年度"), f"{here}?year={self.year + 1}"),
        ]


class QuotaSchoolList(OfProgramme):
    """Planned places of one programme against taken ones, school by school."""

    action = "subsidies.programme.view"
    title = gettext_lazy("各校指标与实际")
    table_class = tables.QuotaSchoolTable
    export_kind = "quota-schools"
    empty_reason = gettext_lazy("还没有学校有指标或资助决定。")

    def rows(self) -> Any:
        """Return a row for each school."""
        found: list[QuotaRow] = quota_rows_of(self.programme, self.request.term.starts_on.year)
        return found

    def heading(self) -> Words:
        """Name programme and year."""
        year = self.request.term.starts_on.year
        return _("%(programme)s：%(year)d 年度各校指标") % {
            "programme": self.programme,
            "year": year,
        }

    def buttons(self) -> list[Button]:
        """Offer to set places."""
        url = reverse("subsidies:quota-set", args=[self.programme.pk])
        return [Button(_("设定计划指标"), url, EDIT)]
