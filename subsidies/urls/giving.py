"""Addresses and lines of the navigation: loans, donors, gifts and sponsorships."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from povedu.screens.menu import MenuItem, Part, Section
from subsidies.views import donors, gifts, loans, reliefs, sponsorships

MENU = [
    MenuItem(
        Section.AID,
        _("社会捐助"),
        "subsidies:gift-list",
        "subsidies.gift.view",
        order=60,
        part=Part.GIVING,
    ),
    MenuItem(
        Section.AID,
        _("助学结对"),
        "subsidies:sponsorship-list",
        "subsidies.gift.view",
        order=61,
        part=Part.GIVING,
    ),
    MenuItem(
        Section.AID,
        _("生源地助学贷款"),
        "subsidies:loan-list",
        "subsidies.loan.view",
        order=62,
        part=Part.GIVING,
    ),
]

urlpatterns = [
    path("loans/", loans.LoanList.as_view(), name="loan-list"),
    path("loans/add/", loans.LoanAdd.as_view(), name="loan-add"),
    path("loans/caps/", loans.CapList.as_view(), name="cap-list"),
    path("loans/caps/add/", loans.CapAdd.as_view(), name="cap-add"),
    path("loans/<int:pk>/", loans.LoanDetail.as_view(), name="loan-detail"),
    path("loans/<int:pk>/renew/", loans.LoanRenew.as_view(), name="loan-renew"),
    path("loans/<int:pk>/grant/", loans.LoanGrant.as_view(), name="loan-grant"),
    path("loans/<int:pk>/move/", loans.LoanMove.as_view(), name="loan-move"),
    path("loans/<int:pk>/reliefs/add/", reliefs.ReliefAdd.as_view(), name="relief-add"),
    path("reliefs/", reliefs.ReliefList.as_view(), name="relief-list"),
    path("reliefs/<int:pk>/", reliefs.ReliefDetail.as_view(), name="relief-detail"),
    path("reliefs/<int:pk>/decide/", reliefs.ReliefDecide.as_view(), name="relief-decide"),
    path("reliefs/<int:pk>/pay/", reliefs.ReliefPay.as_view(), name="relief-pay"),
    path("donors/", donors.DonorList.as_view(), name="donor-list"),
    path("donors/add/", donors.DonorAdd.as_view(), name="donor-add"),
    path("donors/<int:pk>/", donors.DonorDetail.as_view(), name="donor-detail"),
    path("donors/<int:pk>/edit/", donors.DonorEdit.as_view(), name="donor-edit"),
    path("donors/<int:pk>/report/", donors.DonorReport.as_view(), name="donor-report"),
    path("donors/<int:pk>/sponsor/", sponsorships.SponsorshipAdd.as_view(), name="sponsorship-add"),
    path("sponsorships/", sponsorships.SponsorshipList.as_view(), name="sponsorship-list"),
    path(
        "sponsorships/<int:pk>/",
        sponsorships.SponsorshipDetail.as_view(),
        name="sponsorship-detail",
    ),
    path(
        "sponsorships/<int:pk>/end/", sponsorships.SponsorshipEnd.as_view(), name="sponsorship-end"
    ),
    path("sponsorships/<int:pk>/consent/", sponsorships.ConsentAdd.as_view(), name="consent-add"),
    path("sponsorships/<int:pk>/withdraw/", sponsorships.ConsentEnd.as_view(), name="consent-end"),
    path("gifts/", gifts.GiftList.as_view(), name="gift-list"),
    path("gifts/add/", gifts.GiftAdd.as_view(), name="gift-add"),
    path("gifts/totals/", gifts.GiftTotals.as_view(), name="gift-totals"),
    path("gifts/totals/<int:year>/", gifts.GiftTotals.as_view(), name="gift-totals-year"),
    path("gifts/<int:pk>/", gifts.GiftDetail.as_view(), name="gift-detail"),
    path("gifts/<int:pk>/receive/", gifts.GiftReceive.as_view(), name="gift-receive"),
    path("gifts/<int:pk>/deliver/", gifts.GiftDeliver.as_view(), name="gift-deliver"),
    path("gifts/<int:pk>/cancel/", gifts.GiftCancel.as_view(), name="gift-cancel"),
]
