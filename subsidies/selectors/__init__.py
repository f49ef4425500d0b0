"""Reads of programmes and money, each within a scope."""
