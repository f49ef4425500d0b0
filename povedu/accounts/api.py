"""Accounts as programs read them."""

from typing import Any, ClassVar

from rest_framework import serializers

from povedu.accounts.filters import GrantFilter, UserFilter
from povedu.accounts.models import Grant, Jurisdiction, User
from povedu.accounts.selectors import grants, users
from povedu.accounts.tables import with_duties
from povedu.screens.viewsets import ReadViewSet, RowSerializer


class JurisdictionSerializer(RowSerializer):
    """What a person answers for."""

    class Meta:
        model = Jurisdiction
        fields: ClassVar = [
            "id",
            "role",
            "office",
            "division_prefix",
            "school_code",
            "starts_on",
            "ends_on",
        ]


class UserSerializer(RowSerializer):
    """A person with their duties."""

    jurisdictions = JurisdictionSerializer(many=True, read_only=True)

    class Meta:
        model = User
        fields: ClassVar = ["id", "username", "name", "post", "is_active", "jurisdictions"]


class GrantSerializer(RowSerializer):
    """A request for a jurisdiction."""

    user = serializers.CharField(source="user.username", read_only=True)
    requested_by = serializers.CharField(source="requested_by.username", read_only=True)
    decided_by = serializers.CharField(
        source="decided_by.username", read_only=True, allow_null=True
    )

    class Meta:
        model = Grant
        fields: ClassVar = [
            "id",
            "user",
            "role",
            "office",
            "division_prefix",
            "school_code",
            "starts_on",
            "ends_on",
            "state",
            "reason",
            "requested_by",
            "requested_at",
            "decided_by",
            "decided_at",
        ]


class UserViewSet(ReadViewSet):
    """Accounts."""

    action_name = "accounts.user.view"
    selector = users
    serializer_class = UserSerializer
    filterset_class = UserFilter

    def get_queryset(self) -> Any:
        """Fetch the duties with the people."""
        return with_duties(super().get_queryset())


class GrantViewSet(ReadViewSet):
    """Requests for jurisdictions."""

    action_name = "accounts.grant.view"
    selector = grants
    serializer_class = GrantSerializer
    filterset_class = GrantFilter


API_ROUTES = [("accounts/users", UserViewSet), ("accounts/grants", GrantViewSet)]
