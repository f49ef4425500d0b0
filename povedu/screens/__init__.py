"""Generic screens: list, detail, form, action, wizard, chart."""
