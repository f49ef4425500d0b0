"""What filters offer: the places that the person of a request answers for."""

from typing import Any

from django.db.models import QuerySet

from schools import selectors as places
from schools.models import Division, School


def schools_in_scope(request: Any) -> QuerySet[School]:
    """Return the schools that the person of a request may choose among."""
    if request is None:
        return School.objects.none()
    return School.objects.filter(
        request.actor.scope.q(division="division_id", school="code")
    ).order_by("code")


def townships_in_scope(request: Any) -> QuerySet[Division]:
    """Return the townships that the person of a request may choose among."""
    if request is None:
        return Division.objects.none()
    return places.townships(request.actor.scope)


def under(rows: QuerySet[Any], path: str, division: Division | None) -> QuerySet[Any]:
    """Keep the rows whose division lies in one chosen."""
    if division is None:
        return rows
    return rows.filter(**{f"{path}__startswith": division.prefix})
