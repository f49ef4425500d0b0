"""Addresses and lines of the navigation: programmes, quotas and the split of money."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from povedu.screens.menu import MenuItem, Part, Section
from subsidies.views import allocation, calendar, determinations, planning, programmes

MENU = [
    MenuItem(
        Section.AID,
        programmes.TITLE,
        "subsidies:programme-list",
        "subsidies.programme.view",
        order=10,
        part=Part.PLANNING,
    ),
    MenuItem(
        Section.AID,
        _("指标与实际"),
        "subsidies:quota-list",
        "subsidies.programme.view",
        order=11,
        part=Part.PLANNING,
    ),
    MenuItem(
        Section.AID,
        _("资金分配"),
        "subsidies:allocation-list",
        "subsidies.allocation.view",
        order=12,
        part=Part.PLANNING,
    ),
    MenuItem(
        Section.AID,
        _("工作日调整"),
        "subsidies:calendar-list",
        "subsidies.calendar.view",
        order=13,
        part=Part.PLANNING,
    ),
]

urlpatterns = [
    path("programmes/", programmes.ProgrammeList.as_view(), name="programme-list"),
    path("programmes/add/", programmes.ProgrammeAdd.as_view(), name="programme-add"),
    path("programmes/presets/", programmes.PresetsInstall.as_view(), name="presets-install"),
    path("programmes/<int:pk>/", programmes.ProgrammeDetail.as_view(), name="programme-detail"),
    path("programmes/<int:pk>/edit/", programmes.ProgrammeEdit.as_view(), name="programme-edit"),
    path(
        "programmes/<int:pk>/standards/add/", programmes.StandardAdd.as_view(), name="standard-add"
    ),
    path("standards/<int:pk>/end/", programmes.StandardEnd.as_view(), name="standard-end"),
    path("programmes/<int:pk>/sources/", programmes.SourceRules.as_view(), name="source-rules"),
    path("programmes/<int:pk>/quota/", programmes.QuotaSet.as_view(), name="quota-set"),
    path(
        "programmes/<int:pk>/simulate/",
        planning.ProgrammeSimulate.as_view(),
        name="programme-simulate",
    ),
    path(
        "programmes/<int:pk>/quotas/",
        planning.QuotaSchoolList.as_view(),
        name="quota-school-list",
    ),
    path("programmes/<int:pk>/gap/", allocation.GapSchoolList.as_view(), name="gap-school-list"),
    path("scoring/", determinations.ScoringSet.as_view(), name="scoring-set"),
    path("calendar/", calendar.CalendarList.as_view(), name="calendar-list"),
    path("calendar/set/", calendar.CalendarSet.as_view(), name="calendar-set"),
    path("calendar/<int:pk>/remove/", calendar.CalendarRemove.as_view(), name="calendar-remove"),
    path("allocations/gaps/", allocation.GapList.as_view(), name="gap-list"),
    path("allocations/", allocation.AllocationList.as_view(), name="allocation-list"),
    path("allocations/add/", allocation.AllocationAdd.as_view(), name="allocation-add"),
    path("allocations/<int:pk>/", allocation.AllocationDetail.as_view(), name="allocation-detail"),
    path(
        "allocations/<int:pk>/print/",
        allocation.AllocationPrint.as_view(),
        name="allocation-print",
    ),
    path(
        "allocations/<int:pk>/approve/",
        allocation.AllocationApprove.as_view(),
        name="allocation-approve",
    ),
    path(
        "allocations/<int:pk>/withdraw/",
        allocation.AllocationWithdraw.as_view(),
        name="allocation-withdraw",
    ),
    path("quotas/", planning.QuotaList.as_view(), name="quota-list"),
]
