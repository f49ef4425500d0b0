"""The append-only double-entry ledger."""
