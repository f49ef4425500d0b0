"""Application configuration."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Name the application."""

    name = "reports"
