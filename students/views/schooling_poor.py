"""Households poor because of schooling."""

from typing import Any

from django.utils.translation import gettext_lazy

from povedu.screens import ListScreen
from students import filters, tables
from students.selectors import schooling_poor as reads


class SchoolingPoorList(ListScreen):
    """Households whose main cause of poverty is schooling, with their students by stage."""

    action = "students.household.view"
    title = gettext_lazy("因学致贫户")
    hint = gettext_lazy("学段以学生台账为先，台账中没有的按扶贫数据库的在校生状况。")
    template_name = "students/schooling_poor.html"
    parents = ((gettext_lazy("建档立卡户"), "students:household-list"),)
    selector = reads.schooling_poor
    table_class = tables.SchoolingPoorTable
    filterset_class = filters.HouseholdFilter
    search_fields = ("head_name", "household_no", "village_as_stated")
    search_hint = gettext_lazy("户主姓名、户编号或村名")
    export_kind = "schooling-poor"
    export_action = "students.student.export"
    empty_reason = gettext_lazy("没有致贫原因为“因学”的户。")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the figures of everything in scope."""
        found = reads.figures(self.scope)
        kwargs["figures"] = found
        kwargs["groups"] = [
            (reads.GROUP_WORDS[name], number) for name, number in found["by_stage"].items()
        ]
        return super().get_context_data(**kwargs)
