"""Addresses and lines of the navigation: applications, awards, public notices and changes."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from povedu.screens.menu import MenuItem, Part, Section
from subsidies.views import awards, changes, determinations, money, notices, reasons

MENU = [
    MenuItem(
        Section.AID,
        _("困难认定"),
        "subsidies:determination-list",
        "subsidies.determination.view",
        order=20,
        part=Part.GRANTING,
    ),
    MenuItem(
        Section.AID,
        _("资助决定"),
        "subsidies:award-list",
        "subsidies.award.view",
        order=21,
        part=Part.GRANTING,
    ),
    MenuItem(
        Section.AID,
        _("资助变动"),
        "subsidies:change-list",
        "subsidies.change.view",
        order=22,
        part=Part.GRANTING,
    ),
    MenuItem(
        Section.AID,
        _("公示"),
        "subsidies:notice-list",
        "subsidies.notice.view",
        order=23,
        part=Part.GRANTING,
    ),
    MenuItem(
        Section.AID,
        _("公示异议"),
        "subsidies:objection-list",
        "subsidies.programme.view",
        order=24,
        part=Part.GRANTING,
    ),
]

urlpatterns = [
    path(
        "determinations/<int:pk>/review/",
        determinations.DeterminationReview.as_view(),
        name="determination-review",
    ),
    path("changes/", changes.AwardChangeList.as_view(), name="change-list"),
    path("changes/follow/", changes.ChangesFollow.as_view(), name="change-follow"),
    path("students/<int:pk>/why/", reasons.StudentReasons.as_view(), name="student-reasons"),
    path(
        "programmes/<int:pk>/approve/<str:term>/",
        awards.AwardApprove.as_view(),
        name="award-approve",
    ),
    path("awards/", awards.AwardList.as_view(), name="award-list"),
    path("awards/run/<slug:step>/", awards.AwardRun.as_view(), name="award-run"),
    path("awards/<int:pk>/", awards.AwardDetail.as_view(), name="award-detail"),
    path("awards/<int:pk>/cancel/", awards.AwardCancel.as_view(), name="award-cancel"),
    path("awards/<int:pk>/suspend/", awards.AwardSuspend.as_view(), name="award-suspend"),
    path("awards/<int:pk>/resume/", awards.AwardResume.as_view(), name="award-resume"),
    path("accounts/<int:pk>/", money.AidAccount.as_view(), name="aid-account"),
    path("determinations/", determinations.DeterminationList.as_view(), name="determination-list"),
    path(
        "determinations/add/", determinations.DeterminationAdd.as_view(), name="determination-add"
    ),
    path(
        "determinations/<int:pk>/",
        determinations.DeterminationDetail.as_view(),
        name="determination-detail",
    ),
    path(
        "determinations/<int:pk>/decide/",
        determinations.DeterminationDecide.as_view(),
        name="determination-decide",
    ),
    path(
        "determinations/<int:pk>/papers/add/",
        determinations.PaperAdd.as_view(),
        name="paper-add",
    ),
    path("papers/<int:pk>/", determinations.PaperOpen.as_view(), name="paper-open"),
    path("papers/<int:pk>/remove/", determinations.PaperRemove.as_view(), name="paper-remove"),
    path("notices/", notices.NoticeList.as_view(), name="notice-list"),
    path("notices/add/", notices.NoticeAdd.as_view(), name="notice-add"),
    path("notices/<int:pk>/", notices.NoticeDetail.as_view(), name="notice-detail"),
    path("notices/<int:pk>/print/", notices.NoticePrint.as_view(), name="notice-print"),
    path("notices/<int:pk>/publish/", notices.NoticePublish.as_view(), name="notice-publish"),
    path("notices/<int:pk>/take-down/", notices.NoticeTakeDown.as_view(), name="notice-take-down"),
    path("notices/<int:pk>/objections/add/", notices.ObjectionAdd.as_view(), name="objection-add"),
    path("objections/", notices.ObjectionList.as_view(), name="objection-list"),
    path("objections/<int:pk>/", notices.ObjectionAnswer.as_view(), name="objection-answer"),
]
