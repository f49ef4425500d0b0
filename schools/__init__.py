"""Places: divisions, schools, conditions, projects, equipment, meals."""
