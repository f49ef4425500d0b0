"""Application configuration."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Name the application."""

    name = "povedu.intake"
    label = "intake"
