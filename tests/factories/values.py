"""Invented values: identity numbers with a fitting check character, names, telephone numbers."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from povedu.identity import check_character

COUNTY = "530623"
MOMENT = datetime(2016, 11, 8, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
_FIRST_BIRTH = date(2004, 9, 1)


def id_number(n: int, *, area: str = COUNTY, birth_on: date | None = None, sex: str = "") -> str:
    """Return the n-th identity number: distinct for distinct n, check character valid.

    Without a birth date the children are 6 to 12 years old in 2016; ``sex`` is M, F or either.
    """
    born = birth_on or _FIRST_BIRTH + timedelta(days=n % 2190)
    sequence = 1 + (n // 2190 if birth_on is None else n) % 490
    digit = {"M": 1, "F": 0}.get(sex, n % 2)
    first_17 = f"{area}{born:%Y%m%d}{sequence * 2 + digit:03d}"
    return first_17 + check_character(first_17)


def name_of(n: int) -> str:
    """Return the n-th name, in Latin letters so that pages hold no Chinese but their own words."""
    return f"Pupil{n:05d}"


def phone_of(n: int) -> str:
    """Return the n-th telephone number, in a range that is not given out."""
    return f"1990000{n % 10000:04d}"
