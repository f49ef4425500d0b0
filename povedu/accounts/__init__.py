"""People, offices, jurisdictions and what each may do."""
