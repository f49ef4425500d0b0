"""Application configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TeachersConfig(AppConfig):
    """Name the application, keep its rules in the database, offer its protected values."""

    name = "teachers"

    def ready(self) -> None:
        """Register what other parts ask for."""
        from povedu import triggers
        from povedu.audit import reveal
        from teachers.models import Posting
        from teachers.rules.overlap import sqlite_trigger

        for event in ("insert", "update"):
            name, statement = sqlite_trigger(event)
            triggers.keep_rule(Posting, name, sqlite=(statement,))
        reveal.offer(
            reveal.Revealable(
                "teachers.teacher",
                action="teachers.secret.reveal",
                fields={"id_number": _("身份证号"), "phone": _("电话")},
                selector="teachers.selectors.teachers",
                place=("school__division_id", "school__code"),
            )
        )
