"""The only writers of programmes and money."""
