"""Programmes, standards, awards, publicity, disbursement, returns, gifts."""
