"""What set-wise writes touch, noted while somebody listens, so that it can be taken back.

``povedu.bulk`` and ``Model.save`` tell; ``QuerySet.update`` and ``QuerySet.delete`` do not, so work
that is to be taken back uses ``povedu.bulk``. Nothing is noted, and nothing costs, where nobody
listens.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.signals import post_save, pre_save

from povedu.protected import Secret

Image = dict[str, Any]
_CHUNK = 5000


@dataclass
class Touched:
    """Rows of one model: keys entered, and by key what changed (old, new) or was taken away.

    ``spans`` are keys entered that follow each other and are not in ``created`` yet.
    """

    created: set[int] = field(default_factory=set)
    changed: dict[int, dict[str, list[Any]]] = field(default_factory=dict)
    deleted: dict[int, Image] = field(default_factory=dict)
    spans: list[range] = field(default_factory=list)

    def note_entered(self, keys: Collection[int]) -> None:
        """Keep the keys of rows entered."""
        if isinstance(keys, range):
            self.spans += [keys] if keys else []
        else:
            self.created.update(keys)

    def entered(self) -> set[int]:
        """Return ``created`` with all keys entered in it."""
        self.created.update(*self.spans)
        self.spans.clear()
        return self.created


@dataclass
class Writes:
    """What was touched, by model label in the order of the first write."""

    skipped: frozenset[str] = frozenset()
    of: dict[str, Touched] = field(default_factory=dict)

    def touched(self, model: type[models.Model]) -> Touched:
        """Return what is noted of a model."""
        return self.of.setdefault(model._meta.label, Touched())

    def noted(
        self, model: type[models.Model], rows: Iterable[Sequence[Any]], at: int
    ) -> Iterator[Sequence[Any]]:
        """Yield rows to be entered, noting the key that each has at a position."""
        note = self.touched(model).created.add
        for row in rows:
            note(row[at])
            yield row

    def note_changes(
        self, model: type[models.Model], before: dict[int, Image], after: dict[int, Image]
    ) -> None:
        """Keep the fields that differ; of a row changed twice the first value and the last."""
        touched = self.touched(model)
        entered = touched.entered() if before else set()
        for pk, old in before.items():
            new = after.get(pk)
            if pk in entered or new is None:
                continue
            known = touched.changed.setdefault(pk, {})
            for name, value in old.items():
                first = known[name][0] if name in known else value
                if first != new[name]:
                    known[name] = [first, new[name]]
                else:
                    known.pop(name, None)
            if not known:
                del touched.changed[pk]


_ear: ContextVar[Writes | None] = ContextVar("writes", default=None)


def listener(model: type[models.Model]) -> Writes | None:
    """Return who listens to writes of a model; the machinery's own tables are nobody's business."""
    writes = _ear.get()
    if writes is None or model._meta.label in writes.skipped:
        return None
    return None if apps.get_app_config(model._meta.app_label).name.startswith("povedu.") else writes


@contextmanager
def listening(skipped: Collection[str] = ()) -> Iterator[Writes]:
    """Note what is written inside the block; ``skipped`` are labels of models left out."""
    writes = Writes(frozenset(skipped))
    token = _ear.set(writes)
    try:
        yield writes
    finally:
        _ear.reset(token)


def told(value: Any) -> Any:
    """Return a value in its JSON form; whoever keeps it seals it."""
    if isinstance(value, (date, Decimal)):
        return str(value)
    return value.reveal() if isinstance(value, Secret) else value


def images(
    model: type[models.Model], keys: Iterable[int], names: Sequence[str]
) -> dict[int, Image]:
    """Return the stored values of rows by key, in JSON form; ``version`` counts, it is no value."""
    fields = [model._meta.get_field(name) for name in names if name not in ("version", "pk", "id")]
    columns = [str(one.attname) for one in fields]  # type: ignore[union-attr]  # columns only
    found: dict[int, Image] = {}
    wanted = list(keys)
    for start in range(0, len(wanted), _CHUNK):
        rows = model._base_manager.filter(pk__in=wanted[start : start + _CHUNK])
        for pk, *values in rows.values_list("pk", *columns):
            found[pk] = {name: told(value) for name, value in zip(columns, values, strict=True)}
    return found


def all_names(model: type[models.Model]) -> list[str]:
    """Return the names of a model's stored fields."""
    return [
        one.name for one in model._meta.concrete_fields if not (one.primary_key or one.generated)
    ]


def _before_save(sender: type[models.Model], instance: models.Model, **about: Any) -> None:
    if _ear.get() is None or instance._state.adding or listener(sender) is None:
        return
    names = all_names(sender)
    instance._was = images(sender, [instance.pk], names)  # type: ignore[attr-defined]  # until saved


def _after_save(
    sender: type[models.Model], instance: models.Model, *, created: bool, **about: Any
) -> None:
    writes = None if _ear.get() is None else listener(sender)
    if writes is None:
        return
    if created:
        writes.touched(sender).created.add(instance.pk)
        return
    was = instance.__dict__.pop("_was", {})
    writes.note_changes(sender, was, images(sender, list(was), all_names(sender)))


pre_save.connect(_before_save, dispatch_uid="povedu.writes.before")
post_save.connect(_after_save, dispatch_uid="povedu.writes.after")
