"""Application configuration."""

from django.apps import AppConfig


class SubsidiesConfig(AppConfig):
    """Name the application."""

    name = "subsidies"
