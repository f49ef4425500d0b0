"""Application configuration."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """Name the application and load every app's kinds of job."""

    name = "povedu.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Import each app's ``tasks``, so that web processes know the kinds too."""
        autodiscover_modules("tasks")
        import_module("povedu.jobs.exports")  # registers itself with the lists
