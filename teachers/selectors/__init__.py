"""Reads of people who teach, each within a scope."""
