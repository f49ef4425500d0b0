"""Addresses of programmes and money; what waits for whom."""

from django.utils.translation import gettext_lazy as _

from povedu.screens.details import Tab
from povedu.screens.menu import QuickAction
from subsidies.urls import checking, giving, granting, paying, planning
from subsidies.urls.waiting import TODOS
from subsidies.views import money

__all__ = ["MENU", "QUICK", "STUDENT_TABS", "TODOS", "app_name", "urlpatterns"]

app_name = "subsidies"

ROOMS = (planning, granting, paying, checking, giving)
MENU = [line for room in ROOMS for line in room.MENU]
QUICK = [
    QuickAction(
        _("编制批次"), "subsidies:batch-add", "subsidies.batch.prepare", "bi-cash-stack", order=30
    ),
    QuickAction(
        _("登记到账"), "subsidies:receipt-add", "subsidies.receipt.add", "bi-piggy-bank", order=40
    ),
]
# The tab of a student's page, for whoever draws that page: rows of ``Tab`` under this name.
STUDENT_TABS = [
    Tab(
        "account",
        _("资助账户"),
        template="subsidies/aid_account.html",
        context=money.account_context,
        action="subsidies.award.view",
    )
]

urlpatterns = [pattern for room in ROOMS for pattern in room.urlpatterns]
