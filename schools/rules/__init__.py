"""Pure rules of places, projects and meals."""
