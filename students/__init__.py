"""Children: households, registers, enrolments, reconciliation, care."""
