"""Reads of children, each within a scope."""
