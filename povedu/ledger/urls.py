"""Addresses of the ledger."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from povedu.ledger import views
from povedu.ledger.choices import CorrectionState
from povedu.ledger.selectors import corrections
from povedu.scope import Actor
from povedu.screens.menu import MenuItem, Part, Section
from povedu.screens.todo import DUE, Todo, TodoSource

app_name = "ledger"

MENU = [
    MenuItem(
        Section.AID,
        _("资金台账"),
        "ledger:entry-list",
        "ledger.entry.view",
        order=80,
        part=Part.BOOKS,
    ),
    MenuItem(
        Section.AID,
        _("资金余额"),
        "ledger:balance-list",
        "ledger.balance.view",
        order=85,
        part=Part.BOOKS,
    ),
]


def _corrections_waiting(actor: Actor, now: datetime) -> Iterable[Todo]:
    others = corrections(actor.scope).exclude(asked_by=actor.user_id)
    waiting = others.filter(state=CorrectionState.ASKED).count()
    yield Todo(_("待审批的台账更正"), waiting, reverse("ledger:correction-list"), DUE)


TODOS = [TodoSource("ledger.correction.decide", _corrections_waiting, order=28)]

urlpatterns = [
    path("", views.EntryList.as_view(), name="entry-list"),
    path("balances/", views.Balances.as_view(), name="balance-list"),
    path("bridge/", views.BridgeView.as_view(), name="bridge"),
    path("corrections/", views.CorrectionList.as_view(), name="correction-list"),
    path("corrections/add/", views.CorrectionAdd.as_view(), name="correction-add"),
    path("corrections/<int:pk>/", views.CorrectionDetail.as_view(), name="correction-detail"),
    path(
        "corrections/<int:pk>/decide/", views.CorrectionDecide.as_view(), name="correction-decide"
    ),
    path("verify/", views.Verify.as_view(), name="verify"),
    path("openings/add/", views.OpeningAdd.as_view(), name="opening-add"),
]
