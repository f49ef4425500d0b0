"""Forms of places, projects and meals."""
