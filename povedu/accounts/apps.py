"""Application configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Name the application and listen to sign-ins."""

    name = "povedu.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Connect the signals."""
        from povedu.accounts import signals

        signals.connect()
