"""Who acts, and which part of the county they may see."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from django.db.models import Q
from django.http import HttpRequest

from povedu.terms import Term


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows a person may see: those under a division-code prefix, or of one school.

    ``division_prefix`` is a leading part of a 12-digit division code ("" is everything);
    ``school_code`` narrows further to one school.
    """

    division_prefix: str
    school_code: str | None = None

    @classmethod
    def everything(cls) -> Self:
        """Return the scope of the installation itself, for jobs and commands."""
        return cls("")

    @classmethod
    def nothing(cls) -> Self:
        """Return a scope that matches no row."""
        return cls("-")

    @property
    def county_code(self) -> str:
        """Return the six-digit county code, shorter where the scope is a city or wider."""
        return self.division_prefix[:6]

    def q(self, *, division: str, school: str | None = None) -> Q:
        """Return the filter that keeps rows in scope.

        ``division`` is the lookup path to a 12-digit division code (a foreign key's ``_id``),
        ``school`` the path to a school code; a one-school scope without a school path sees nothing.
        """
        if self.school_code is not None:
            if school is None:
                return Q(pk__in=[])
            return Q(**{school: self.school_code})
        if not self.division_prefix:
            return Q()
        # Django has no prefix lookup on a foreign key's column; by its code it needs no join.
        column = f"{division.removesuffix('_id')}__code" if division.endswith("_id") else division
        return Q(**{f"{column}__startswith": self.division_prefix})

    def covers(self, *, division_code: str, school_code: str | None = None) -> bool:
        """Say whether one place lies in scope."""
        if self.school_code is not None:
            return school_code == self.school_code
        return division_code.startswith(self.division_prefix)


@dataclass(frozen=True, slots=True)
class Actor:
    """The person (or the built-in operator) on whose behalf a service runs.

    ``actions`` is the set of policy actions that the current role allows; services and screens ask
    ``may`` and never look at the role itself.
    """

    user_id: int
    name: str
    role: str
    scope: Scope
    office: str = ""
    actions: frozenset[str] = field(default_factory=frozenset, repr=False)
    ip: str = ""

    def may(self, action: str) -> bool:
        """Say whether the policy table allows the action."""
        return action in self.actions


class ActingRequest(HttpRequest):
    """A request as views see it: middleware has set who acts, in which term, at which instant."""

    actor: Actor
    term: Term
    now: datetime
    second_factor_due: bool
