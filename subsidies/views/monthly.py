"""Orphans' monthly subsidy, and the vocational schools' waiver and subsidies."""

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens.lists import ListScreen
from povedu.screens.screen import Screen, Words
from subsidies import tables
from subsidies.filters import OrphanFilter
from subsidies.rules.instalments import months_of
from subsidies.selectors import monthly as selectors
from subsidies.selectors.vocational import vocational_lines

if TYPE_CHECKING:
    from django.db.models import QuerySet


class OrphanList(ListScreen):
    """Each orphan at school in the term, and each month: arrived, waiting or missing."""

    action = "subsidies.payment.view"
    hint = gettext_lazy("“缺”是没有资助决定的月份；开学后仍缺的，请核对资助决定或办理补发。")
    template_name = "subsidies/orphan_list.html"
    table_class = tables.OrphanTable
    filterset_class = OrphanFilter
    search_fields = ("student__name", "student__initials__startswith", "school__name")
    search_hint = gettext_lazy("姓名、拼音首字母或学校")
    export_kind = "orphans"
    empty_reason = gettext_lazy("本学期没有在读孤儿。")

    def rows(self) -> "QuerySet[Any]":
        """Return the term's orphans."""
        return selectors.orphans(self.scope, self.request.term)

    def heading(self) -> Words:
        """Name the term."""
        return _("孤儿按月生活补助 %(term)s") % {"term": self.request.term.label}

    def table_extra(self) -> dict[str, Any]:
        """Add a column for each month."""
        return {"extra_columns": tables.month_columns(months_of(self.request.term))}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add how many have each month."""
        today = timezone.localtime(self.request.now).date()
        sums = selectors.month_sums(self.filtered(), self.request.term, today)
        return super().get_context_data(months=sums, **kwargs)


class VocationalYear(Screen):
    """The waiver and the subsidies of vocational schools in a year."""

    action = "subsidies.programme.view"
    template_name = "subsidies/vocational.html"
    hint = gettext_lazy("按到账日期统计；“东部协作”为对口协作地区出资，其余为本省各级资金。")

    @property
    def year(self) -> int:
        """Return the year of the address, else the one that the term in view begins in."""
        return int(self.kwargs.get("year") or self.request.term.starts_on.year)

    def heading(self) -> Words:
        """Name the year."""
        return _("%(year)s年中职免学费和补助") % {"year": self.year}

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Show the page."""
        lines = vocational_lines(self.scope, self.year)
        context = self.get_context_data(
            lines=lines,
            whole={
                "amount": sum(one.amount for one in lines),
                "eastern": sum(one.eastern for one in lines),
                "western": sum(one.western for one in lines),
            },
            years=[self.year - 1, self.year + 1],
        )
        return self.render_to_response(context)
