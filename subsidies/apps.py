"""Application configuration."""

from django.apps import AppConfig

from povedu import triggers


class SubsidiesConfig(AppConfig):
    """Name the application; have the database refuse states out of order."""

    name = "subsidies"

    def ready(self) -> None:
        """Declare which moves the states of money may make."""
        from subsidies import choices
        from subsidies.models import Award, DisbursementBatch, Payment, PublicNotice

        triggers.keep_moves(Award, choices.AWARD_MOVES)
        triggers.keep_moves(PublicNotice, choices.NOTICE_MOVES)
        triggers.keep_moves(DisbursementBatch, choices.BATCH_MOVES)
        triggers.keep_moves(Payment, choices.PAYMENT_MOVES)
