"""Background work whose truth is a database row."""
