"""What the police's household list says of where somebody is."""

import re
from datetime import date
from typing import NamedTuple

from students.choices import Place

_DEAD = re.compile(r"死亡|已故|亡故|去世|病故")
_GONE = re.compile(r"迁出|迁往|外迁|迁移|转出|户籍注销|出国|定居")
_HERE = re.compile(r"迁入|未迁出|回迁|迁回")


class Residence(NamedTuple):
    """A row's words and dates about living here."""

    state: str = ""
    moved_in_on: date | None = None
    moved_out_on: date | None = None
    deceased_on: date | None = None


def told_place(stated: Residence, on: date) -> str:
    """Return deceased or moved away where the list says so for a day, else "".

    1. Death ends everything. 2. Moving out counts unless somebody moved in again after it. 3. Dates
    later than the day say nothing about it.
    """
    if _DEAD.search(stated.state) or _past(stated.deceased_on, on):
        return str(Place.DECEASED)
    if _HERE.search(stated.state):
        return ""
    out, back = stated.moved_out_on, stated.moved_in_on
    if out is not None and _past(out, on) and not (back is not None and out < back <= on):
        return str(Place.MOVED_AWAY)
    return str(Place.MOVED_AWAY) if _GONE.search(stated.state) else ""


def _past(day: date | None, on: date) -> bool:
    return day is not None and day <= on
