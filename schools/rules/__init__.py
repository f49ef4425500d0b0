"""Pure rules of places."""
