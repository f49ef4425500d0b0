"""Application configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from povedu import triggers


class SubsidiesConfig(AppConfig):
    """Name the application; have the database refuse states out of order."""

    name = "subsidies"

    def ready(self) -> None:
        """Declare which moves the states of money may make, and what may not be taken back."""
        from povedu import invariants
        from povedu.audit import reveal
        from povedu.intake.undoing import blocks_undo
        from subsidies import choices
        from subsidies.models import (
            Allocation,
            Award,
            AwardChange,
            BatchApproval,
            DisbursementBatch,
            LoanRelief,
            PastPayment,
            PastPaymentWithdrawal,
            Payment,
            PublicNotice,
            QuotaExcess,
        )
        from subsidies.selectors.checks import CHECKS
        from subsidies.selectors.paid import paid_pupils

        for code, checks in CHECKS.items():
            for check in checks:
                invariants.keep(code, check)
        blocks_undo(paid_pupils)
        triggers.keep_append_only(
            PastPayment, PastPaymentWithdrawal, AwardChange, QuotaExcess, BatchApproval
        )
        triggers.keep_moves(Allocation, choices.ALLOCATION_MOVES)
        triggers.keep_rule(
            DisbursementBatch,
            "batch_approved_in_full",
            sqlite=_APPROVED_SQLITE,
            postgresql=_APPROVED_POSTGRESQL,
        )
        triggers.keep_moves(Award, choices.AWARD_MOVES)
        triggers.keep_moves(PublicNotice, choices.NOTICE_MOVES)
        triggers.keep_moves(DisbursementBatch, choices.BATCH_MOVES)
        triggers.keep_moves(Payment, choices.PAYMENT_MOVES)
        triggers.keep_moves(LoanRelief, choices.RELIEF_MOVES)
        reveal.offer(
            reveal.Revealable(
                "subsidies.loan",
                action="students.secret.reveal",
                fields={
                    "borrower_id_number": _("借款人身份证号"),
                    "co_borrower_id_number": _("共同借款人身份证号"),
                    "phone": _("联系电话"),
                },
                selector="subsidies.selectors.loans.loans",
                place=("county_id", ""),
            )
        )
        _keep_checking()


def _keep_checking() -> None:
    """Declare what the database refuses of recoveries, doubts and samples."""
    from subsidies import choices
    from subsidies.models import (
        DoubtDecision,
        Recovery,
        RecoveryReceipt,
        RecoverySource,
        Sample,
        SampleItem,
    )

    triggers.keep_append_only(RecoveryReceipt, RecoverySource)
    triggers.keep_moves(Recovery, choices.RECOVERY_MOVES)
    triggers.keep_moves(Sample, choices.SAMPLE_MOVES)
    triggers.keep_refusal(
        Recovery,
        "recovery_within_payment",
        "INSERT",
        "NEW.amount + (SELECT COALESCE(SUM(amount), 0) FROM subsidies_recovery"
        " WHERE payment_id = NEW.payment_id AND state <> 'refused')"
        " > COALESCE((SELECT amount FROM subsidies_payment"
        " WHERE id = NEW.payment_id AND state = 'settled'), 0)",
        "subsidies: more would be recovered than the payment paid",
    )
    triggers.keep_refusal(
        Recovery,
        "recovery_stays_as_asked",
        "UPDATE OF amount, payment_id",
        "OLD.amount <> NEW.amount OR OLD.payment_id <> NEW.payment_id",
        "subsidies: a recovery keeps its amount and payment",
    )
    triggers.keep_refusal(
        RecoveryReceipt,
        "receipt_within_recovery",
        "INSERT",
        "NEW.amount + (SELECT COALESCE(SUM(amount), 0) FROM subsidies_recoveryreceipt"
        " WHERE recovery_id = NEW.recovery_id)"
        " > COALESCE((SELECT amount FROM subsidies_recovery"
        " WHERE id = NEW.recovery_id AND state = 'approved'), 0)",
        "subsidies: more would come back than is owed",
    )
    triggers.keep_refusal(
        Sample,
        "sample_frame_is_fixed",
        "UPDATE OF frame_digest, frame_count, framed_at, starts_on, ends_on, stratum, size, seed",
        "OLD.frame_digest <> NEW.frame_digest OR OLD.frame_count <> NEW.frame_count"
        " OR OLD.framed_at <> NEW.framed_at OR OLD.starts_on <> NEW.starts_on"
        " OR OLD.ends_on <> NEW.ends_on OR OLD.stratum <> NEW.stratum OR OLD.size <> NEW.size"
        " OR (OLD.seed <> '' AND OLD.seed <> NEW.seed)",
        "subsidies: the frame and the seed of a sample are fixed",
    )
    triggers.keep_refusal(
        SampleItem,
        "sample_item_is_drawn",
        "UPDATE OF payment_id, rank, draw_hash, payment_key",
        "OLD.payment_id <> NEW.payment_id OR OLD.rank <> NEW.rank"
        " OR OLD.draw_hash <> NEW.draw_hash OR OLD.payment_key <> NEW.payment_key",
        "subsidies: what was drawn stays drawn",
    )
    for model, name in ((SampleItem, "sample_item_stays"), (DoubtDecision, "doubt_decision_stays")):
        triggers.keep_refusal(model, name, "DELETE", "1 = 1", "subsidies: not removed")


# A batch is approved only when as many different people as it needs have approved this content.
_MISSING = """(
    SELECT count(*) FROM subsidies_batchapproval AS a
    WHERE a.batch_id = NEW.id AND a.round = NEW.round AND a.digest = NEW.digest
      AND a.made_by_id = NEW.made_by_id) < NEW.levels"""
_REFUSAL = "subsidies: a batch lacks approvals of this content"
_APPROVED_SQLITE = (
    f"""
CREATE TRIGGER batch_approved_in_full BEFORE UPDATE OF state ON subsidies_disbursementbatch
WHEN NEW.state = 'approved' AND OLD.state <> 'approved' AND {_MISSING}
BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END
""",
)
_APPROVED_POSTGRESQL = (
    f"""
CREATE OR REPLACE FUNCTION batch_approved_in_full() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {_MISSING} THEN
        RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$
""",
    "CREATE TRIGGER batch_approved_in_full BEFORE UPDATE OF state ON subsidies_disbursementbatch"
    " FOR EACH ROW WHEN (NEW.state = 'approved' AND OLD.state <> 'approved')"
    " EXECUTE FUNCTION batch_approved_in_full()",
)
