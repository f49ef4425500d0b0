"""A column of periods."""

import django_tables2 as tables

from subsidies.rules.instalments import period_words


@tables.columns.library.register
class PeriodColumn(tables.Column):
    """For which term, month or year something is, in words."""

    def render(self, value: str) -> str:
        """Say it in words."""
        return period_words(value)

    def value(self, value: str) -> str:
        """Export the words."""
        return period_words(value)
