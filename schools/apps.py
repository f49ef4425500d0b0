"""Application configuration."""

from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    """Name the application; say which projects have been paid for."""

    name = "schools"

    def ready(self) -> None:
        """Keep an import from being taken back where money stands on it."""
        from povedu.intake.undoing import blocks_undo
        from schools.selectors.paid import paid_projects

        blocks_undo(paid_projects)
