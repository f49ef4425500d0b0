"""Probabilistic linkage: a fixed model, and Splink that applies it in a DuckDB kept in memory."""
