"""Pure functions of reports: wording, templates, arithmetic."""
