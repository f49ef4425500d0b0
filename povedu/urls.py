"""Root addresses: one line per app."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("povedu.screens.urls")),
    path("", include("povedu.jobs.urls")),
]

handler400 = "povedu.screens.errors.bad_request"
handler403 = "povedu.screens.errors.forbidden"
handler404 = "povedu.screens.errors.not_found"
handler500 = "povedu.screens.errors.server_error"
