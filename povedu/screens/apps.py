"""Application configuration."""

from django.apps import AppConfig


class ScreensConfig(AppConfig):
    """Name the application."""

    name = "povedu.screens"
    label = "screens"
