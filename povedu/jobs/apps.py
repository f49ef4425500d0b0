"""Application configuration."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Name the application."""

    name = "povedu.jobs"
    label = "jobs"
