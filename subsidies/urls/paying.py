"""Addresses and lines of the navigation: batches, payments, the bank and receipts."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from povedu.screens.menu import MenuItem, Part, Section
from subsidies.views import bank_file, batches, history, letters, money, payments

MENU = [
    MenuItem(
        Section.AID,
        _("发放批次"),
        "subsidies:batch-list",
        "subsidies.batch.view",
        order=30,
        part=Part.PAYING,
    ),
    MenuItem(
        Section.AID,
        _("发放明细"),
        "subsidies:payment-list",
        "subsidies.payment.view",
        order=31,
        part=Part.PAYING,
    ),
    MenuItem(
        Section.AID,
        _("银行回盘"),
        "subsidies:bank-return-list",
        "subsidies.batch.view",
        order=32,
        part=Part.PAYING,
    ),
    MenuItem(
        Section.AID,
        _("退回待更正"),
        "subsidies:returned-list",
        "subsidies.payment.correct",
        order=33,
        part=Part.PAYING,
    ),
    MenuItem(
        Section.AID,
        _("既往发放"),
        "subsidies:history-list",
        "subsidies.history.view",
        order=34,
        part=Part.PAYING,
    ),
    MenuItem(
        Section.AID,
        _("资金到账"),
        "subsidies:receipt-list",
        "subsidies.receipt.view",
        order=35,
        part=Part.BOOKS,
    ),
    MenuItem(
        Section.AID,
        _("信函"),
        "subsidies:letter-list",
        "subsidies.letter.make",
        order=36,
        part=Part.PAYING,
    ),
]

urlpatterns = [
    path("batches/", batches.BatchList.as_view(), name="batch-list"),
    path("batches/add/", batches.BatchAdd.as_view(), name="batch-add"),
    path("batches/<int:pk>/", batches.BatchDetail.as_view(), name="batch-detail"),
    path("batches/<int:pk>/freeze/", batches.BatchFreeze.as_view(), name="batch-freeze"),
    path("batches/<int:pk>/approve/", batches.BatchApprove.as_view(), name="batch-approve"),
    path("batches/<int:pk>/send-back/", batches.BatchSendBack.as_view(), name="batch-send-back"),
    path("batches/<int:pk>/release/", batches.BatchRelease.as_view(), name="batch-release"),
    path("batches/<int:pk>/void/", batches.BatchVoid.as_view(), name="batch-void"),
    path("batches/<int:pk>/close/", batches.BatchClose.as_view(), name="batch-close"),
    path("batches/rules/", bank_file.PaymentRulesEdit.as_view(), name="payment-rules"),
    path("batches/<int:pk>/file/", bank_file.BatchFile.as_view(), name="batch-file"),
    path("batches/<int:pk>/return/", payments.BankReturnAdd.as_view(), name="bank-return-add"),
    path("returns/", payments.BankReturnList.as_view(), name="bank-return-list"),
    path("returns/<int:pk>/", payments.BankReturnDetail.as_view(), name="bank-return-detail"),
    path("returns/<int:pk>/apply/", payments.BankReturnApply.as_view(), name="bank-return-apply"),
    path(
        "returns/<int:pk>/discard/",
        payments.BankReturnDiscard.as_view(),
        name="bank-return-discard",
    ),
    path("payments/", payments.PaymentList.as_view(), name="payment-list"),
    path("payments/returned/", payments.ReturnedList.as_view(), name="returned-list"),
    path("payments/<int:pk>/give-up/", payments.PaymentGiveUp.as_view(), name="payment-give-up"),
    path("payments/<int:pk>/remove/", payments.LineRemove.as_view(), name="line-remove"),
    path("receipts/", money.ReceiptList.as_view(), name="receipt-list"),
    path("receipts/add/", money.ReceiptAdd.as_view(), name="receipt-add"),
    path("history/", history.PastPaymentList.as_view(), name="history-list"),
    path(
        "history/<int:pk>/withdraw/",
        history.PastPaymentWithdraw.as_view(),
        name="history-withdraw",
    ),
    path("letters/", letters.LetterHome.as_view(), name="letter-list"),
    path("letters/make/<slug:step>/", letters.LetterMake.as_view(), name="letter-make"),
    path("letters/words/<slug:kind>/", letters.WordingEdit.as_view(), name="wording-edit"),
]
