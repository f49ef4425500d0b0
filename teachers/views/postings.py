"""Pages of postings and of the yearly exchange."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.screens import (
    Button,
    ChartPanel,
    DashboardScreen,
    Figure,
    ListScreen,
    Series,
)
from povedu.screens.screen import Words
from schools.views.scoped import ScopedActionScreen, ScopedFormScreen, day_in_view, local_day
from teachers import filters, forms, selectors, services, tables
from teachers.choices import EmploymentKind, PostingKind
from teachers.selectors import summary

VIEW, EDIT = "teachers.posting.view", "teachers.posting.edit"
SUMMARY = "teachers.summary.view"
_LIST: tuple[Words, str] = (_("交流轮岗"), "teachers:posting-list")


class PostingList(ListScreen):
    """Postings from or to the schools in scope."""

    action = VIEW
    title = _("交流轮岗")
    hint = _("定期交流、支教、走教、挂职、跟班、结对、顶岗；原岗位保留。")
    selector = selectors.postings
    table_class = tables.PostingTable
    filterset_class = filters.PostingFilter
    search_fields = ("teacher__name", "teacher__initials__startswith", "document")
    search_hint = _("教师姓名、拼音首字母或文号")
    export_kind = "postings"
    empty_action = _("在教师页面的“任职”中新增，也可以导入任职表。")


class PostingAdd(ScopedFormScreen):
    """A posting of a teacher."""

    action = EDIT
    title = _("新增任职")
    parents = (_LIST,)
    selector = selectors.teachers
    form_class = forms.PostingForm
    service = services.create_posting
    details = services.PostingDetails
    object_argument = "teacher"
    success = _("已新增任职，原岗位保留。")

    def form_arguments(self) -> dict[str, Any]:
        """Make a new posting: the row of the page is the teacher."""
        return {**super().form_arguments(), "instance": None}

    def initial(self) -> dict[str, Any]:
        """Begin with the teacher's subject, from the first day of the term in view."""
        return {"subject": self.object.subject, "starts_on": self.request.term.starts_on}

    def heading(self) -> Words:
        """Name the teacher."""
        found = getattr(self, "object", None)
        return _("新增任职：%(name)s") % {"name": found.name} if found else self.title

    def back_url(self) -> str:
        """Lead back to the postings."""
        return f"{self.object.get_absolute_url()}?tab=postings"

    def success_url(self, result: object) -> str:
        """Lead back to the postings."""
        return self.back_url()


class PostingEdit(ScopedFormScreen):
    """Change a posting of the own teachers."""

    action = EDIT
    title = _("修改任职")
    parents = (_LIST,)
    selector = selectors.own_postings
    form_class = forms.PostingForm
    service = services.edit_posting
    details = services.PostingDetails
    object_argument = "posting"
    version_field = "version"

    def buttons(self) -> list[Button]:
        """Offer to end it."""
        address = reverse("teachers:posting-end", args=[self.kwargs["pk"]])
        return [Button(_("结束任职"), address, EDIT)]

    def back_url(self) -> str:
        """Lead back to the postings."""
        return f"{self.object.teacher.get_absolute_url()}?tab=postings"

    def success_url(self, result: object) -> str:
        """Lead back to the postings."""
        return self.back_url()


class PostingEnd(ScopedActionScreen):
    """A posting ends."""

    action = EDIT
    title = _("结束任职")
    parents = (_LIST,)
    selector = selectors.own_postings
    form_class = forms.EndForm
    service = services.end_posting
    object_argument = "posting"
    version_field = "version"

    def initial(self) -> dict[str, Any]:
        """Begin with today."""
        return {"ends_on": local_day(self.request.now)}

    def consequence(self) -> Words:
        """Say what happens."""
        return _("“%(name)s”在%(school)s的任职将结束，回到%(home)s。") % {
            "name": self.object.teacher.name,
            "school": self.object.school.name,
            "home": self.object.home_school.name,
        }

    def back_url(self) -> str:
        """Lead back to the postings."""
        return f"{self.object.teacher.get_absolute_url()}?tab=postings"

    def success_url(self, result: object) -> str:
        """Lead back to the postings."""
        return self.back_url()


class TeacherFigures(DashboardScreen):
    """Teachers and exchange in figures, without anybody's name."""

    action = SUMMARY
    title = _("教师概况")

    def figures(self) -> Sequence[Figure]:
        """Return teachers in post and the exchange of the academic year in view."""
        scope, year = self.scope, self.request.term.year
        now, before = (summary.teacher_measures(scope, one) for one in (year, year - 1))
        moved, earlier = (summary.exchange_measures(scope, one) for one in (year, year - 1))
        rows, postings = (
            reverse("teachers:teacher-list") if self.may("teachers.teacher.view") else "",
            reverse("teachers:posting-list") if self.may(VIEW) else "",
        )
        ratio = float(moved.ratio) if moved.ratio is not None else None
        last = float(earlier.ratio) if earlier.ratio is not None else None
        return [
            Figure(_("年末在岗教师"), now.teachers, _("人"), before.teachers, rows),
            Figure(_("当年新进"), now.joined, _("人"), before.joined),
            Figure(_("当年离开"), now.left, _("人"), before.left),
            Figure(_("当年新任职"), now.postings, _("人次"), before.postings, postings),
            Figure(
                _("交流比例"),
                ratio,
                last_year=last,
                percent=True,
                tone="done" if moved.reached else "waiting",
            ),
        ]

    def panels(self) -> Sequence[ChartPanel]:
        """Answer where teachers are, how they are employed, and how they move."""
        scope, year = self.scope, self.request.term.year
        day = day_in_view(self.request)
        towns = summary.by_township(scope, day)
        measures = summary.teacher_measures(scope, year)
        kinds = [(kind.label, measures.by_kind.get(kind.value, 0)) for kind in PostingKind]
        employed = [
            (kind.label, measures.by_employment.get(kind.value, 0)) for kind in EmploymentKind
        ]
        as_of = datetime.combine(day, time(), tzinfo=timezone.get_current_timezone())
        return [
            ChartPanel(
                "towns",
                _("各乡镇有多少教师，有多少人来交流支教？"),
                [town.name for town in towns],
                [
                    Series(_("在岗教师"), [town.teachers for town in towns]),
                    Series(_("来此任职"), [town.posted_here for town in towns]),
                ],
                unit=_("人"),
                as_of=as_of,
                wide=True,
            ),
            ChartPanel(
                "kinds",
                _("当年新任职采取哪些方式？"),
                [label for label, _count in kinds],
                [Series(_("人次"), [count for _label, count in kinds])],
                unit=_("人次"),
                as_of=as_of,
            ),
            ChartPanel(
                "employment",
                _("教师是什么用工性质？"),
                [label for label, _count in employed],
                [Series(_("人数"), [count for _label, count in employed])],
                unit=_("人"),
                as_of=as_of,
            ),
        ]
