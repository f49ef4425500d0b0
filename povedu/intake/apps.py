"""Application configuration."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Name the application."""

    name = "povedu.intake"
    label = "intake"

    def ready(self) -> None:
        """Declare what imports must satisfy at any instant."""
        from povedu import invariants
        from povedu.intake import checks

        invariants.keep("I6", checks.applied_whole)
        invariants.keep("I7", checks.rows_add_up)
