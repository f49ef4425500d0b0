"""Ledgers about children that can be brought in: rosters and other departments' registers."""

from students.imports.registers import CIVIL_AFFAIRS, POVERTY
from students.imports.roster import ROSTER

__all__ = ["CIVIL_AFFAIRS", "POVERTY", "ROSTER"]
