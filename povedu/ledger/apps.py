"""Application configuration."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Name the application."""

    name = "povedu.ledger"
    label = "ledger"
