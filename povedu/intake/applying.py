"""What every kind's apply does with one row: compare, notice conflicts, keep what was before."""

from collections.abc import Collection
from typing import Any

from povedu.intake.choices import RowChange
from povedu.intake.frame import Frame
from povedu.intake.kinds import Applied
from povedu.protected import Secret
from povedu.writes import told


def given(frame: Frame, at: int, names: Collection[str]) -> dict[str, Any]:
    """Return the values that a row states; a blank cell states nothing."""
    values = {name: frame.column(name)[at] for name in names}
    return {name: value for name, value in values.items() if value not in ("", None)}


def differing(row: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values that a record does not have yet."""
    return {name: value for name, value in values.items() if _plain(getattr(row, name)) != value}


def _plain(value: Any) -> Any:
    return value.reveal() if isinstance(value, Secret) else value


def in_conflict(frame: Frame, at: int, version: int, applied: Applied) -> bool:
    """Say, and note, whether somebody has edited a row's record since it was staged."""
    seen = frame.seen.get(at)
    if seen is None or seen[1] is None or seen[1] == version:
        return False
    applied.conflicts.append(at)
    return True


def keep_before(applied: Applied, at: int, row: Any, changed: dict[str, Any]) -> None:
    """Count a row as changed or unchanged and keep what the record held before."""
    applied.changed += bool(changed)
    applied.unchanged += not changed
    if changed:
        applied.targets[at] = (RowChange.CHANGED, row.pk)
        applied.before[at] = {name: told(getattr(row, name)) for name in changed}
