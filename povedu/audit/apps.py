"""Application configuration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Name the application."""

    name = "povedu.audit"
    label = "audit"
