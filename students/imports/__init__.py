"""Ledgers about children that can be brought in: rosters and other departments' registers."""

from students.imports.roster import ROSTER

__all__ = ["ROSTER"]
