"""School terms: ``2016-1`` is the autumn of academic year 2016–2017, ``2016-2`` its spring."""

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    _CharField = models.CharField[str, str]
else:
    _CharField = models.CharField

_CODE = re.compile(r"(\d{4})-([12])")


@dataclass(frozen=True, slots=True, order=True)
class Term:
    """One school term; ``year`` is the academic year's first calendar year, ``half`` 1 or 2."""

    year: int
    half: int

    @classmethod
    def parse(cls, code: str) -> Self:
        """Read ``YYYY-1`` or ``YYYY-2``; raise ValueError for anything else."""
        match = _CODE.fullmatch(code)
        if match is None:
            raise ValueError(f"not a term: {code!r}")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def on(cls, day: date) -> Self:
        """Return the term that a day falls in: autumn from 1 September, spring from 1 March."""
        if day.month >= 9:
            return cls(day.year, 1)
        if day.month >= 3:
            return cls(day.year - 1, 2)
        return cls(day.year - 1, 1)

    @property
    def code(self) -> str:
        """Return the stored form; codes sort in time order."""
        return f"{self.year}-{self.half}"

    @property
    def label(self) -> str:
        """Return the form that screens show, by the calendar year the term begins in."""
        if self.half == 1:
            return _("%(year)d年秋季学期") % {"year": self.year}
        return _("%(year)d年春季学期") % {"year": self.year + 1}

    @property
    def academic_year(self) -> str:
        """Return the academic year as ``2016-2017``."""
        return f"{self.year}-{self.year + 1}"

    @property
    def starts_on(self) -> date:
        """Return the first day."""
        return date(self.year, 9, 1) if self.half == 1 else date(self.year + 1, 3, 1)

    @property
    def ends_on(self) -> date:
        """Return the day after the last one."""
        return self.next.starts_on

    @property
    def next(self) -> "Term":
        """Return the following term."""
        return Term(self.year, 2) if self.half == 1 else Term(self.year + 1, 1)

    @property
    def previous(self) -> "Term":
        """Return the term before."""
        return Term(self.year - 1, 2) if self.half == 1 else Term(self.year, 1)

    def __str__(self) -> str:
        return self.code


def validate_term(code: str) -> None:
    """Refuse a code that is not a term."""
    if _CODE.fullmatch(code) is None:
        raise ValidationError(gettext_lazy("学期应写成“2016-1”（秋季）或“2016-2”（春季）。"))


class TermField(_CharField):
    """Store a term code; six characters, sortable."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 6
        super().__init__(*args, **kwargs)
        self.validators = [*self.validators, validate_term]

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Leave the fixed length out of migrations."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_length", None)
        return name, path, args, kwargs
