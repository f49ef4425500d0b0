"""What changed about awarded children, and following it up."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens.screen import Button, Words
from subsidies import forms, tables
from subsidies.choices import AwardChangeKind
from subsidies.filters import AwardChangeFilter
from subsidies.selectors import changes as selectors
from subsidies.services.changes import follow_changes
from subsidies.views.office import NewForm, OfficeList

CHANGES = gettext_lazy("资助变动")


class AwardChangeList(OfficeList):
    """What changes did to awards."""

    action = "subsidies.change.view"
    title = CHANGES
    own_selector = selectors.award_changes
    table_class = tables.AwardChangeTable
    filterset_class = AwardChangeFilter
    search_fields = ("award__student__name", "award__student__initials__startswith")
    search_hint = gettext_lazy("姓名或拼音首字母")
    export_kind = "award-changes"
    empty_reason = gettext_lazy("还没有资助变动。")

    def buttons(self) -> list[Button]:
        """Offer to follow changes up now; the night does it anyway."""
        url = reverse("subsidies:change-follow")
        return [Button(_("立即核查"), url, "subsidies.change.follow", "bi-arrow-repeat")]


class ChangesFollow(NewForm):
    """Follow up what has changed, now."""

    action = "subsidies.change.follow"
    template_name = "screens/action.html"
    title = gettext_lazy("核查资助变动")
    parents = ((CHANGES, "subsidies:change-list"),)
    form_class = forms.ActorForm
    service = follow_changes
    button = gettext_lazy("办理")
    success_url_name = "subsidies:change-list"

    def arguments(self, form: Any) -> dict[str, Any]:
        """Name the county."""
        return {**super().arguments(form), "county": self.county()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what will be done, change by change."""
        due = selectors.due_count(selectors.overtaken(self.county().pk))
        sentence: Words = _(
            "按规则处理下列变动：休学暂停，死亡、离校、项目结束和开学前风险已消除的停发未发部分，"
            "转学的未发部分随学生转入新学校。已发放和正在发放的不动。"
        )
        figures: Sequence[tuple[Words, Any]] = [
            (AwardChangeKind(kind).label, count) for kind, count in due.items()
        ]
        return super().get_context_data(consequence=sentence, figures=figures, **kwargs)

    def success_message(self, result: dict[str, int]) -> Words:
        """Say how many were dealt with."""
        return _("已处理 %(count)d 条资助变动。") % {"count": sum(result.values())}
