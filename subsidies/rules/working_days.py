"""Working days of China: weekends, holidays and the weekends worked in their place."""

from datetime import date, timedelta

import chinese_calendar


def is_working_day(day: date) -> bool:
    """Say whether offices work on a day; where the calendar is not yet published, Monday–Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def after_working_days(start: date, count: int) -> date:
    """Return the day after ``count`` working days have passed, ``start`` counted if it is one.

    A notice from Monday for five working days is on show up to the end of Friday; what is returned
    is the day after.
    """
    day = start
    while True:
        if is_working_day(day):
            count -= 1
        day += timedelta(days=1)
        if count <= 0:
            return day
