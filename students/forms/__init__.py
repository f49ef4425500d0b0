"""Forms of children's records."""
