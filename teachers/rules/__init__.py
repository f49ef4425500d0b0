"""Pure rules of people who teach."""
