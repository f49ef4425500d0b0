"""Application configuration."""

from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    """Name the application."""

    name = "schools"
