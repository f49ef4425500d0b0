"""Addresses of the ledger."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from povedu.ledger import views
from povedu.screens.menu import MenuItem, Section

app_name = "ledger"

MENU = [
    MenuItem(Section.AID, _("资金台账"), "ledger:entry-list", "ledger.entry.view", order=80),
    MenuItem(Section.AID, _("资金余额"), "ledger:balance-list", "ledger.balance.view", order=85),
]

urlpatterns = [
    path("", views.EntryList.as_view(), name="entry-list"),
    path("balances/", views.Balances.as_view(), name="balance-list"),
    path("verify/", views.Verify.as_view(), name="verify"),
    path("openings/add/", views.OpeningAdd.as_view(), name="opening-add"),
]
