"""Ledgers about children that can be brought in: rosters and other departments' registers."""

from students.imports.civil_affairs import CIVIL_AFFAIRS
from students.imports.disability import DISABILITY
from students.imports.dropouts import DROPOUTS
from students.imports.locked_list import LOCKED_LIST
from students.imports.poverty import POVERTY
from students.imports.residents import RESIDENTS
from students.imports.roster import ROSTER

__all__ = [
    "CIVIL_AFFAIRS",
    "DISABILITY",
    "DROPOUTS",
    "LOCKED_LIST",
    "POVERTY",
    "RESIDENTS",
    "ROSTER",
]
