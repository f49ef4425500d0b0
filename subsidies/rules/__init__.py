"""Pure rules of programmes and money."""
