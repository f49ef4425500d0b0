"""Which records hold protected values that a person may ask to see in full.

An app offers its kinds of record in ``AppConfig.ready``::

    reveal.offer(
        reveal.Revealable(
            "students.student",
            action="students.secret.reveal",
            fields={"id_number": _("身份证号"), "phone": _("联系电话")},
            selector="students.selectors.students",
            place=("school__division_id", "school__code"),
        )
    )
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.module_loading import import_string

from povedu.scope import Scope


@dataclass(frozen=True, slots=True)
class Revealable:
    """One kind of record with protected fields.

    ``subject`` is the model's lower-case label; ``action`` the policy action to demand; ``fields``
    the names that may be opened with their labels; ``selector`` the dotted path of a function from
    a Scope to the query set; ``place`` the lookup paths of division code and school code, by which
    the audit entry is filed ("" for none).
    """

    subject: str
    action: str
    fields: Mapping[str, object]
    selector: str
    place: tuple[str, str] = ("", "")

    def queryset(self, scope: Scope) -> QuerySet[Any]:
        """Return the records in scope."""
        select: Callable[[Scope], QuerySet[Any]] = import_string(self.selector)
        return select(scope)

    def place_of(self, record: Model) -> tuple[str, str]:
        """Return a record's division code and school code."""
        return _walk(record, self.place[0]), _walk(record, self.place[1])


def _walk(record: Model, path: str) -> str:
    value: Any = record
    for name in path.split("__") if path else ():
        value = getattr(value, name, None)
    return "" if value is record or value is None else str(value)


_offered: dict[str, Revealable] = {}


def offer(*kinds: Revealable) -> None:
    """Make kinds of record open to being asked for."""
    _offered.update({kind.subject: kind for kind in kinds})


def revealable(subject: str) -> Revealable | None:
    """Return what was offered under a model label."""
    return _offered.get(subject)


def offered() -> tuple[Revealable, ...]:
    """Return everything offered, in the order of its labels."""
    return tuple(_offered[name] for name in sorted(_offered))
