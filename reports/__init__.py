"""Indicators, dashboards, the annual summary, exports."""
