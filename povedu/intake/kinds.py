"""Kinds of ledger: one declaration each, found in every app's ``imports.py``.

A kind's columns are a django-import-export ``Resource`` whose fields are ``Column``s. The same
declaration serves the template download, the intake and the export.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import override
from import_export import resources
from import_export.fields import Field

from povedu.errors import Refusal
from povedu.intake.widgets import LedgerWidget, Lookups
from povedu.intake.wording import spellings, squeezed
from povedu.scope import Actor

if TYPE_CHECKING:
    from povedu.intake.frame import Frame


class Column(Field):  # type: ignore[misc]  # the library is untyped
    """A declared column: its heading, the other headings people give it, and its widget.

    ``key`` columns name the row's subject: never filled down, and a row without all of them is
    looked at for being a total, a signature or blank. ``by_heading`` gives the widget of headings
    that imply a coding of their own. Several columns of one file may speak for a field that
    ``gathers``: their values are put together. ``protected`` values are masked on screens.
    """

    def __init__(
        self,
        attribute: str | None,
        column_name: object,
        *,
        aliases: tuple[str, ...] = (),
        widget: LedgerWidget | None = None,
        **about: Any,
    ) -> None:
        super().__init__(
            attribute=attribute, column_name=column_name, widget=widget or LedgerWidget()
        )
        self.aliases = aliases
        self.required: bool = about.pop("required", False)
        self.key: bool = about.pop("key", False)
        self.protected: bool = about.pop("protected", False)
        self.in_template: bool = about.pop("in_template", True)
        self.example: str = about.pop("example", "")
        self.hint: object = about.pop("hint", "")
        self.gathers: bool = about.pop("gathers", False)
        by_heading: Mapping[str, LedgerWidget] = about.pop("by_heading", {})
        self.by_heading = {squeezed(text): widget for text, widget in by_heading.items()}
        if about:
            raise TypeError(f"unknown: {sorted(about)}")

    def widget_under(self, heading: str) -> LedgerWidget:
        """Return the widget for cells under a heading; some headings imply their own coding."""
        known = (self.by_heading.get(text) for text in spellings(heading))
        own: LedgerWidget = self.widget
        return next((widget for widget in known if widget), own)

    @property
    def label(self) -> str:
        """Return the heading in the reader's language."""
        return str(self.column_name)

    def headings(self) -> list[str]:
        """Return every heading that means this column, the canonical one first."""
        with override("zh-hans"):
            return [str(self.column_name), *self.aliases]


class LedgerResource(resources.Resource):  # type: ignore[misc]  # the library is untyped
    """Base of every kind's columns."""

    @classmethod
    def columns(cls) -> dict[str, Column]:
        """Return the declared columns by field name, in order."""
        return {name: one for name, one in cls.fields.items() if isinstance(one, Column)}


@dataclass(frozen=True, slots=True)
class Context:
    """What one import is about, besides its file.

    ``school_code`` is the one school a roster is for ("" for the whole county's), ``lookups`` what
    the kind's ``prepare`` has read from the registers.
    """

    actor: Actor
    now: datetime
    county_code: str = ""
    school_code: str = ""
    term: str = ""
    as_of: date | None = None
    is_supplement: bool = False
    batch_id: int | None = None
    file_name: str = ""
    lookups: Lookups = field(default_factory=dict)

    @property
    def today(self) -> date:
        """Return the day here, which before eight in the morning is not yet that of UTC."""
        return timezone.localtime(self.now).date()


@dataclass
class Applied:
    """What an apply did: counts, and per row what it touched.

    ``missing`` is (known records that a full list leaves out, known records in all).
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    conflicts: list[int] = field(default_factory=list)
    pending: int = 0
    missing: tuple[int, int] = (0, 0)
    targets: dict[int, tuple[str, int | None]] = field(default_factory=dict)
    before: dict[int, dict[str, Any]] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """Return the figures of the command's contract."""
        return {"new": self.new, "changed": self.changed, "unchanged": self.unchanged}


# What a sheet's name says for a field, "" where it says nothing.
SheetNaming = Callable[[str, Lookups], str]

# By model label the keys of the rows that a batch entered, changed or took away.
Touches = Mapping[str, frozenset[int]]
# Per row: new, changed or unchanged, whom it is about, and that record's version when seen.
Changes = Mapping[int, tuple[str, int | None, int | None]]


def _no_lookups(context: Context) -> Lookups:
    return {}


def _nothing_derived(touched: Touches, context: Context) -> Callable[[], None]:
    return lambda: None


def _no_checks(frame: "Frame", context: Context) -> None:
    return None


@dataclass(frozen=True, slots=True)
class IntakeKind:
    """A kind of ledger that can be imported.

    ``needs`` names what must be given besides the file: school, term, as_of; ``asks`` what may be,
    for files that do not say it themselves. ``prepare`` reads the lookups, ``check`` looks across
    columns, ``classify`` says per row new, changed or unchanged without writing, ``apply`` writes
    set-wise inside the caller's transaction. ``must`` are the fields a heading row has to name;
    ``stand_ins`` says which field may stand in for which where a ledger has no column of its own
    for it (the head of household for the person). Of a ``two_person`` kind somebody other than the
    uploader has to bring the file in; where a person may stand in ``many_rows_each``, the same
    number twice is no repeat.

    What ``apply`` writes is noted by itself and can be taken back: ``subject`` is the label of the
    model that people count (a person, a project), ``derived`` labels what is only counted from the
    rest; ``undone`` is called before a batch is taken back and returns what counts it anew after.
    ``irreversible`` says why a kind cannot be taken back. ``steady`` are the fields of which a list
    should not change many at once.
    """

    code: str
    title: object
    resource: type[LedgerResource]
    action: str
    apply_action: str
    apply: "Callable[[Frame, Context], Applied]"
    must: tuple[str, ...] = ("name",)
    needs: frozenset[str] = frozenset()
    asks: frozenset[str] = frozenset()
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    sheet_names: Mapping[str, SheetNaming] = field(default_factory=dict)
    order: int = 100
    description: object = ""
    unit: object = ""
    two_person: bool = False
    many_rows_each: bool = False
    subject: str = ""
    derived: frozenset[str] = frozenset()
    irreversible: object = ""
    steady: frozenset[str] = frozenset()
    undone: "Callable[[Touches, Context], Callable[[], None]]" = _nothing_derived
    prepare: Callable[[Context], Lookups] = _no_lookups
    check: "Callable[[Frame, Context], None]" = _no_checks
    classify: "Callable[[Frame, Context], Changes] | None" = None

    @property
    def columns(self) -> dict[str, Column]:
        """Return the declared columns."""
        return self.resource.columns()


_KINDS: dict[str, IntakeKind] = {}


def register(kind: IntakeKind) -> IntakeKind:
    """Declare a kind; called once per kind at the end of an app's ``imports.py``."""
    _KINDS[kind.code] = kind
    return kind


@cache
def _discovered() -> bool:
    autodiscover_modules("imports")
    return True


def all_kinds() -> list[IntakeKind]:
    """Return every declared kind in the order people see them."""
    _discovered()
    return sorted(_KINDS.values(), key=lambda kind: (kind.order, kind.code))


def kind_of(code: str) -> IntakeKind:
    """Return a kind by its code; raise Refusal for an unknown one."""
    _discovered()
    if code not in _KINDS:
        from django.utils.translation import gettext as _

        raise Refusal("kind-unknown", _("没有“%(kind)s”这种导入类型。") % {"kind": code})
    return _KINDS[code]
