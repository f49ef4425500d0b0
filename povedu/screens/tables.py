"""Table columns that every list shares."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from povedu.money import yuan as to_yuan
from povedu.screens.templatetags.screens import badge, money_text
from povedu.terms import Term

DASH = "—"


class ScreenTable(tables.Table):
    """A dense table. ``lead`` columns cannot be hidden; ``hidden`` ones start hidden.

    A column without a heading of its own takes that of the model's field, also where the rows are
    a list, which does not know its model.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Give declared columns the headings of the model's fields."""
        super().__init_subclass__(**kwargs)
        model: type[Model] | None = getattr(getattr(cls, "Meta", None), "model", None)
        for name, column in cls.base_columns.items():
            if model is not None and column.verbose_name is None:
                column.verbose_name = _heading_of(model, str(column.accessor or name))

    class Meta:
        attrs = {"class": "table screen-table"}
        default = DASH
        order_by_field = "sort"
        lead: tuple[str, ...] = ()
        hidden: tuple[str, ...] = ()


def _heading_of(model: type[Model], path: str) -> Any:
    """Return the name of the field that a path leads to, None where it leads to no field."""
    name = ""
    for part in path.replace(".", "__").split("__"):
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            return None
        name = getattr(field, "verbose_name", "")
        model = getattr(field, "related_model", None) or model
    return name or None


class SelectColumn(tables.CheckBoxColumn):
    """The tick before a row, for bulk actions."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"th": {"class": "tick"}, "td": {"class": "tick"}})
        super().__init__(accessor="pk", orderable=False, exclude_from_export=True, **kwargs)

    @property
    def header(self) -> SafeString:
        """Return the tick that chooses the whole page."""
        return format_html(
            '<input type="checkbox" class="form-check-input" data-select-page aria-label="{}">',
            _("选择本页"),
        )

    def render(self, value: Any, bound_column: Any, record: Any) -> SafeString:
        """Return the tick."""
        return format_html(
            '<input type="checkbox" class="form-check-input" name="pk" value="{}"'
            ' form="bulk-form" data-select-row aria-label="{}">',
            value,
            _("选择：%(row)s") % {"row": record},
        )


class MoneyColumn(tables.Column):
    """Yuan with thousands separators, to the right."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"th": {"class": "num"}, "td": {"class": "num"}})
        super().__init__(*args, **kwargs)

    def render(self, value: Any) -> str:
        """Write the amount."""
        return money_text(value if isinstance(value, Decimal) else to_yuan(int(value) * 100))

    def value(self, value: Any) -> Any:
        """Export the bare number."""
        return value


class NumberColumn(tables.Column):
    """A count, to the right, with thousands separators."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"th": {"class": "num"}, "td": {"class": "num"}})
        super().__init__(*args, **kwargs)

    def render(self, value: Any) -> str:
        """Write the number."""
        return f"{value:,}"

    def value(self, value: Any) -> Any:
        """Export the bare number."""
        return value


class StatusColumn(tables.Column):
    """A state as a badge: colour, icon and word. ``tones`` maps a stored value to a tone.

    Tones: waiting, doing, done, refused, and plain for none of them.
    """

    def __init__(self, *args: Any, tones: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        self.tones = dict(tones or {})
        super().__init__(*args, **kwargs)

    def render(self, value: Any, record: Any, bound_column: Any) -> SafeString:
        """Draw the badge; the tone comes from the stored value, the word from its label."""
        stored = bound_column.accessor.resolve(record, safe=True, quiet=True)
        return badge(value, self.tones.get(str(stored), "plain"))

    def value(self, value: Any) -> Any:
        """Export the word."""
        return value


@tables.columns.library.register
class YesNoColumn(tables.BooleanColumn):
    """Yes or no in words; every boolean of a model comes out as one."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("yesno", (_("是"), _("否")))
        super().__init__(**kwargs)

    def value(self, record: Any, value: Any, bound_column: Any) -> str:
        """Export the word."""
        return str(self.yesno[int(not self._get_bool_value(record, value, bound_column))])


class TermColumn(tables.Column):
    """A term in words."""

    def render(self, value: Any) -> str:
        """Write the term."""
        return _term_words(value)

    def value(self, value: Any) -> str:
        """Export the term in words."""
        return _term_words(value)


def _term_words(value: Any) -> str:
    try:
        return Term.parse(str(value)).label
    except ValueError:
        return str(value)


class LongColumn(tables.Column):
    """Text that is cut on screen and whole on hover."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"td": {"class": "cut"}})
        super().__init__(*args, **kwargs)


class InstantColumn(tables.DateTimeColumn):
    """An instant as 2016-09-01 14:05."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("format", "Y-m-d H:i")
        kwargs.setdefault("attrs", {"td": {"class": "nowrap"}})
        super().__init__(*args, **kwargs)


class DayColumn(tables.DateColumn):
    """A day as 2016-09-01."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("format", "Y-m-d")
        kwargs.setdefault("attrs", {"td": {"class": "nowrap"}})
        super().__init__(*args, **kwargs)
