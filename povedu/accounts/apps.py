"""Application configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Name the application and listen to sign-ins."""

    name = "povedu.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Connect the signals, and describe the API's sign-in."""
        from povedu.accounts import schema, signals  # noqa: F401  # registers itself

        signals.connect()
