"""Pure rules of children."""
