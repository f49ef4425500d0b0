"""Filters of the lists of accounts."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from povedu.accounts.choices import GrantState, Role
from povedu.accounts.models import Grant, User
from povedu.screens.filters import ScreenFilterSet


class UserFilter(ScreenFilterSet):
    """By role, and by whether the account is open."""

    role = django_filters.ChoiceFilter(label=_("角色"), choices=Role.choices, method="answering_as")
    is_active = django_filters.BooleanFilter(label=_("启用"))

    class Meta:
        model = User
        fields = ("role", "is_active")

    def answering_as(self, people: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """Keep the people who have a role."""
        return people.filter(jurisdictions__role=value).distinct()


class GrantFilter(ScreenFilterSet):
    """By state and role."""

    state = django_filters.ChoiceFilter(label=_("状态"), choices=GrantState.choices)
    role = django_filters.ChoiceFilter(label=_("角色"), choices=Role.choices)

    class Meta:
        model = Grant
        fields = ("state", "role")
