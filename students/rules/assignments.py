"""By when a school must answer."""

from datetime import date, timedelta

from povedu.working_days import overdue_from

DAYS = 5  # working days, unless somebody says otherwise
LEAST, MOST = 1, 60


def due_on(today: date, days: int) -> date:
    """Return the last day for an answer: so many working days, counted from tomorrow."""
    return overdue_from(today, days) - timedelta(days=1)
