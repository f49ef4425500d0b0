"""Pages of places, projects and meals."""
