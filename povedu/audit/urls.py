"""Addresses of the audit trail."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from povedu.audit import views
from povedu.screens.menu import MenuItem, Section

app_name = "audit"

MENU = [MenuItem(Section.ADMIN, _("操作日志"), "audit:entry-list", "audit.entry.view", order=30)]

urlpatterns = [
    path("", views.AuditListScreen.as_view(), name="entry-list"),
    path("<int:pk>/", views.AuditDetailScreen.as_view(), name="entry-detail"),
    path("verify/", views.VerifyScreen.as_view(), name="verify"),
    path("reveal/", views.RevealScreen.as_view(), name="reveal"),
    path(
        "subjects/<str:subject_type>/<str:subject_id>/",
        views.SubjectHistoryScreen.as_view(),
        name="subject-history",
    ),
    path(
        "subjects/<str:subject_type>/<str:subject_id>/reveals/",
        views.SubjectRevealsScreen.as_view(),
        name="subject-reveals",
    ),
]
