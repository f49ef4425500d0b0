"""Working days of China: weekends, holidays and the weekends worked in their place.

What an office declares for itself (``changed``: day to worked or not) outranks the published
calendar; where that is not yet published, Monday to Friday are worked.
"""

from collections.abc import Mapping
from datetime import date, timedelta

import chinese_calendar

Changed = Mapping[date, bool]
NOTHING: Changed = {}


def is_working_day(day: date, changed: Changed = NOTHING) -> bool:
    """Say whether offices work on a day."""
    if day in changed:
        return changed[day]
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def is_published(day: date) -> bool:
    """Say whether the holidays of a day's year are in the published calendar."""
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


def after_working_days(start: date, count: int, changed: Changed = NOTHING) -> date:
    """Return the day after ``count`` working days have passed, ``start`` counted if it is one.

    A notice from Monday for five working days is on show up to the end of Friday; what is returned
    is the day after.
    """
    day = start
    while True:
        if is_working_day(day, changed):
            count -= 1
        day += timedelta(days=1)
        if count <= 0:
            return day


def overdue_from(happened_on: date, count: int, changed: Changed = NOTHING) -> date:
    """Return the first day on which a step is overdue that had ``count`` working days.

    The day itself does not count: what is frozen on Monday with two working days may be approved
    up to the end of Wednesday and is overdue from Thursday on.
    """
    return after_working_days(happened_on + timedelta(days=1), count, changed)


def overdue_since(today: date, count: int, changed: Changed = NOTHING) -> date:
    """Return the latest day whose step of ``count`` working days is overdue today.

    The other side of ``overdue_from``: a day is overdue exactly where it is not after this one.
    """
    day = today
    while count > 0:
        day -= timedelta(days=1)
        if is_working_day(day, changed):
            count -= 1
    return day - timedelta(days=1)
