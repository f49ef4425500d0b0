"""Application configuration."""

from django.apps import AppConfig


class StudentsConfig(AppConfig):
    """Name the application."""

    name = "students"
