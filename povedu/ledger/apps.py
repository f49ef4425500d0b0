"""Application configuration."""

from django.apps import AppConfig

from povedu import triggers


class LedgerConfig(AppConfig):
    """Name the application; keep its entries append-only and its transactions balanced."""

    name = "povedu.ledger"
    label = "ledger"

    def ready(self) -> None:
        """Protect the entries, the end of the chain, and the sum of every transaction."""
        from povedu import invariants
        from povedu.ledger import checks
        from povedu.ledger.choices import CORRECTION_MOVES
        from povedu.ledger.models import Correction, LedgerEntry, LedgerHead

        invariants.keep("I1", checks.balanced)
        invariants.keep("I5", checks.chained)
        invariants.keep("I8", checks.postings_recorded)
        triggers.keep_append_only(LedgerEntry)
        triggers.keep_moves(Correction, CORRECTION_MOVES)
        # PostgreSQL looks at each new leg's transaction when the database transaction commits.
        # SQLite has no deferred triggers: it looks when the end of the chain moves over the legs.
        triggers.keep_rule(LedgerEntry, "ledger_balanced", postgresql=_BALANCED_AT_COMMIT)
        triggers.keep_rule(LedgerHead, "ledger_head_balanced", sqlite=_BALANCED_AT_MOVE)
        triggers.keep_rule(
            LedgerHead,
            "ledger_head_forward",
            sqlite=(
                "CREATE TRIGGER ledger_head_forward BEFORE UPDATE ON ledger_ledgerhead"
                " WHEN NEW.seq <= OLD.seq"
                " BEGIN SELECT RAISE(ABORT, 'ledger: the chain only grows'); END",
            ),
            postgresql=(
                "CREATE TRIGGER ledger_head_forward BEFORE UPDATE ON ledger_ledgerhead"
                " FOR EACH ROW WHEN (NEW.seq <= OLD.seq)"
                " EXECUTE FUNCTION povedu_refuse('ledger: the chain only grows')",
            ),
        )


_BALANCED_AT_COMMIT = (
    """
CREATE OR REPLACE FUNCTION ledger_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(amount) FROM ledger_ledgerentry
        WHERE county_code = NEW.county_code AND transaction_no = NEW.transaction_no) <> 0
    THEN
        RAISE EXCEPTION 'ledger: the legs of a transaction do not sum to zero'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END
$$
""",
    "CREATE CONSTRAINT TRIGGER ledger_balanced AFTER INSERT ON ledger_ledgerentry"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balanced()",
)

_BALANCED_AT_MOVE = (
    """
CREATE TRIGGER ledger_head_balanced BEFORE UPDATE ON ledger_ledgerhead
WHEN EXISTS (
    SELECT 1 FROM ledger_ledgerentry
    WHERE county_code = NEW.county_code AND seq > OLD.seq AND seq <= NEW.seq
    GROUP BY transaction_no HAVING sum(amount) <> 0)
BEGIN SELECT RAISE(ABORT, 'ledger: the legs of a transaction do not sum to zero'); END
""",
)
