"""The only writers of places."""
