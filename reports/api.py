"""The annual summary, its editions and the indicators as programs read them."""

import re
from typing import Any, ClassVar, cast

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from povedu.scope import ActingRequest, Scope
from povedu.screens.viewsets import ReadViewSet, RowSerializer
from reports.filters import EditionFilter
from reports.models import SummaryEdition
from reports.selectors import editions, indicators, lines, places

_PLACE_FORM = re.compile(r"\d{1,12}|s[0-9A-Za-z]{1,20}")
_YEAR = OpenApiParameter("year", int, OpenApiParameter.PATH, description="Calendar year.")
_PLACE = OpenApiParameter(
    "place",
    str,
    pattern=r"^(\d{1,12}|s[0-9A-Za-z]{1,20})$",
    description="Leading digits of a division code, or s and a school code; one's own without it.",
)


class LineSerializer(serializers.Serializer[dict[str, Any]]):
    """A line of a summary; money is yuan as a number."""

    id = serializers.CharField()
    title = serializers.CharField()
    persons = serializers.IntegerField(allow_null=True)
    person_times = serializers.IntegerField(allow_null=True)
    amount = serializers.FloatField(allow_null=True)
    by_source = serializers.DictField(child=serializers.FloatField())
    quota = serializers.IntegerField(allow_null=True)
    measures = serializers.DictField()
    last_year = serializers.DictField(allow_null=True)
    rows = serializers.IntegerField()
    trace = serializers.CharField()


class SectionSerializer(serializers.Serializer[dict[str, Any]]):
    """A section of a summary."""

    id = serializers.CharField()
    title = serializers.CharField()
    lines = LineSerializer(many=True)


class SummarySerializer(serializers.Serializer[dict[str, Any]]):
    """A year's summary, as ``annual_summary --format json`` writes it."""

    year = serializers.IntegerField()
    sections = SectionSerializer(many=True)


class PartSerializer(serializers.Serializer[dict[str, Any]]):
    """A township or a school."""

    key = serializers.CharField()
    name = serializers.CharField()
    poor_students = serializers.IntegerField()
    aided_students = serializers.IntegerField()
    money = serializers.FloatField()
    teachers = serializers.IntegerField()


class IndicatorSerializer(serializers.Serializer[dict[str, Any]]):
    """A place's year in figures; money is yuan as a number."""

    year = serializers.IntegerField()
    place = serializers.CharField(allow_blank=True)
    poor_students = serializers.IntegerField()
    aided_students = serializers.IntegerField()
    money_by_source = serializers.DictField(child=serializers.FloatField())
    money_by_stage = serializers.DictField(child=serializers.FloatField())
    projects_by_state = serializers.DictField(child=serializers.IntegerField())
    postings_by_kind = serializers.DictField(child=serializers.IntegerField())
    places_of_children = serializers.DictField(child=serializers.IntegerField())
    parts = PartSerializer(many=True)


class EditionSerializer(RowSerializer):
    """A summary as it was written down."""

    class Meta:
        model = SummaryEdition
        fields: ClassVar = [
            *("id", "county_code", "year", "number", "state", "title", "sha256"),
            *("locks_period", "made_at", "issued_at"),
        ]


class EditionViewSet(ReadViewSet):
    """Editions of the annual summary."""

    action_name = "reports.edition.view"
    selector = editions.editions
    serializer_class = EditionSerializer
    filterset_class = EditionFilter


class _YearViewSet(viewsets.GenericViewSet[Any]):
    """One year at a time, by the year in the address; the policy action is the page's."""

    actions_by_method: ClassVar[dict[str, str]] = {}
    queryset = SummaryEdition.objects.none()
    filter_backends = ()
    pagination_class = None
    lookup_field = "year"
    lookup_value_converter = "int"

    def place_of(self, request: Request, year: int) -> Scope:
        """Return the place asked for, within the token's own; refuse what is not understood."""
        unknown = sorted(set(request.query_params) - {"place"})
        if unknown:
            raise ValidationError({name: ["unknown parameter"] for name in unknown})
        if not lines.FIRST_YEAR <= year <= lines.LAST_YEAR:
            raise Http404
        asked = request.query_params.get("place")
        if asked is not None and _PLACE_FORM.fullmatch(asked) is None:
            raise ValidationError({"place": ["digits of a division, or s and a school code"]})
        actor = cast("ActingRequest", request._request).actor
        return places.narrowed(actor.scope, asked or "")


class SummaryViewSet(_YearViewSet):
    """The annual summary, worked out now."""

    actions_by_method: ClassVar[dict[str, str]] = {
        "GET": "reports.summary.view",
        "HEAD": "reports.summary.view",
    }
    serializer_class = SummarySerializer

    @extend_schema(parameters=[_YEAR, _PLACE], responses=SummarySerializer)
    def retrieve(self, request: Request, year: int) -> Response:
        """Return a year's lines, each with the address of its rows."""
        return Response(lines.as_json(lines.annual_summary(self.place_of(request, year), year)))


class IndicatorViewSet(_YearViewSet):
    """The figures of the dashboard."""

    actions_by_method: ClassVar[dict[str, str]] = {
        "GET": "reports.dashboard.view",
        "HEAD": "reports.dashboard.view",
    }
    serializer_class = IndicatorSerializer

    @extend_schema(parameters=[_YEAR, _PLACE], responses=IndicatorSerializer)
    def retrieve(self, request: Request, year: int) -> Response:
        """Return coverage, money, projects and teachers of a place in a year."""
        return Response(indicators.as_json(self.place_of(request, year), year))


API_ROUTES = [
    ("reports/summaries", SummaryViewSet),
    ("reports/indicators", IndicatorViewSet),
    ("reports/editions", EditionViewSet),
]
