"""Makers of rows of programmes, awards, payments, checks, loans and gifts, by noun."""
