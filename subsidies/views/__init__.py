"""Pages of programmes and money."""
