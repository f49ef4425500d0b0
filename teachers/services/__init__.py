"""The only writers of people who teach."""
