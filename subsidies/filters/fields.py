"""Fields that many lists of money are filtered by."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from povedu.terms import Term
from subsidies.models import Programme
from subsidies.selectors.programmes import office_of, programmes

LAST_YEAR = 2030  # the last academic year that lists offer


def choice_filter(label: object, choices: object, field: str = "") -> django_filters.ChoiceFilter:
    """Return a choice with "all" before the others."""
    extra = {"field_name": field} if field else {}
    return django_filters.ChoiceFilter(label=label, choices=choices, empty_label=_("全部"), **extra)


def _term_choices() -> list[tuple[str, str]]:
    """Return every term from the first presets on, the newest first, in the reader's language."""
    terms = [Term(LAST_YEAR, 2)]
    while terms[-1] > Term(2011, 1):
        terms.append(terms[-1].previous)
    return [(one.code, one.label) for one in terms]


def term_filter(field: str = "term") -> django_filters.ChoiceFilter:
    """Return a choice of terms."""
    return choice_filter(_("学期"), _term_choices, field)


def _own_programmes(request: Any) -> QuerySet[Programme]:
    """Return the programmes that whoever filters may see; a program's request wraps another."""
    actor = getattr(getattr(request, "_request", request), "actor", None)
    if actor is None:
        return Programme.objects.none()
    return programmes(actor.scope, office_of(actor))


def programme_filter(field: str = "programme") -> django_filters.ModelChoiceFilter:
    """Return a choice of the programmes that whoever filters may see."""
    return django_filters.ModelChoiceFilter(
        label=_("资助项目"), field_name=field, queryset=_own_programmes, empty_label=_("全部")
    )


def code_filter(label: object, field: str) -> django_filters.CharFilter:
    """Return a filter by one whole code."""
    return django_filters.CharFilter(label=label, field_name=field, lookup_expr="exact")
