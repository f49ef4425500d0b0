"""Bringing in rows that are known by a teacher and a day: what is new, and what changes which."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from povedu.bulk import update_rows
from povedu.intake.applying import differing, given, in_conflict, keep_before
from povedu.intake.choices import RowChange
from povedu.intake.frame import Frame
from povedu.intake.kinds import Applied, Changes

Key = tuple[Any, ...]


@dataclass
class DatedRows:
    """A frame's rows with the records they are about.

    ``keys`` tell the record of each row, None where it can be nobody's; ``stated`` maps the model's
    fields to the frame's columns; ``defaults`` are what a new record has where nothing is stated;
    texts are cut to what their fields hold.
    """

    model: type[models.Model]
    frame: Frame
    keys: list[Key | None]
    known: Mapping[Key, Any]
    stated: Mapping[str, str]
    defaults: Mapping[str, Any]
    lengths: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.stated:
            length = getattr(self.model._meta.get_field(name), "max_length", None)
            if length:
                self.lengths[name] = length

    def values(self, at: int) -> dict[str, Any]:
        """Return what a row states; a blank cell states nothing."""
        cells = given(self.frame, at, self.stated.values())
        return {
            name: cells[column][: self.lengths[name]] if name in self.lengths else cells[column]
            for name, column in self.stated.items()
            if column in cells
        }

    def whole(self, at: int) -> list[Any]:
        """Return a new record's values in the order of the stated fields."""
        values = {**self.defaults, **self.values(at)}
        return [values[name] for name in self.stated]

    def changes(self) -> Changes:
        """Return per row whether its record is new, changed or as we have it."""
        said: dict[int, tuple[str, int | None, int | None]] = {}
        for at, key in enumerate(self.keys):
            record = self.known.get(key) if key else None
            if record is None:
                said[at] = (RowChange.NEW, None, None)
            else:
                changed = differing(record, self.values(at))
                change = RowChange.CHANGED if changed else RowChange.UNCHANGED
                said[at] = (change, record.pk, record.version)
        return said

    def bring_up(self, applied: Applied) -> list[tuple[int, Key]]:
        """Write what differs to the known records; return the rows that are new, with their keys.

        Rows that can be nobody's any more, because the register has changed since, are conflicts.
        """
        new, changed = [], []
        for at, key in enumerate(self.keys):
            if key is None:
                applied.conflicts.append(at)
                continue
            record = self.known.get(key)
            if record is None:
                new.append((at, key))
            elif not in_conflict(self.frame, at, record.version, applied):
                differs = differing(record, self.values(at))
                keep_before(applied, at, record, differs)
                if differs:
                    kept = {name: getattr(record, name) for name in self.stated} | differs
                    values = (kept[name] for name in self.stated)
                    changed.append((record.pk, *values, record.version + 1))
        update_rows(self.model, (*self.stated, "version"), changed)
        applied.new = len(new)
        return new


def records_of(model: type[models.Model], teachers: Iterable[int]) -> list[Any]:
    """Return the records of some teachers, however many those are."""
    wanted = sorted(set(teachers))
    found: list[Any] = []
    for start in range(0, len(wanted), 5000):
        rows = model._default_manager.filter(teacher__in=wanted[start : start + 5000])
        found += rows.order_by("pk")
    return found
