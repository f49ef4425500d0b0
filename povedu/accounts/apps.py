"""Application configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Name the application."""

    name = "povedu.accounts"
    label = "accounts"
