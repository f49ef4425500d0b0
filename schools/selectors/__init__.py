"""Reads of places, each within a scope."""
