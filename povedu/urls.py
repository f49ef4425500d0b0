"""Root addresses: one line per app, and the API over all of them."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from povedu import api

PARTS = [
    ("", "povedu.screens.urls"),
    ("", "povedu.jobs.urls"),
    ("accounts/", "povedu.accounts.urls"),
    ("audit/", "povedu.audit.urls"),
    ("intake/", "povedu.intake.urls"),
    ("ledger/", "povedu.ledger.urls"),
    ("schools/", "schools.urls"),
    ("teachers/", "teachers.urls"),
    ("students/", "students.urls"),
    ("subsidies/", "subsidies.urls"),
    ("reports/", "reports.urls"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *(path(address, include(module)) for address, module in PARTS if find_spec(module)),
    path("api/v1/", include((api.urls(), "api"))),
]

handler400 = "povedu.screens.errors.bad_request"
handler403 = "povedu.screens.errors.forbidden"
handler404 = "povedu.screens.errors.not_found"
handler500 = "povedu.screens.errors.server_error"
