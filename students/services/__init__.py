"""The only writers of children."""
