"""Application configuration."""

from django.apps import AppConfig


class TeachersConfig(AppConfig):
    """Name the application."""

    name = "teachers"
