"""Findings and decisions on them, read and written."""

from typing import Any, ClassVar, cast

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from povedu.scope import ActingRequest
from povedu.screens.viewsets import ReadViewSet, RowSerializer
from students import filters
from students.choices import AssignmentState, FindingKind, Place, Verdict
from students.models import Decision, Finding
from students.selectors import children as reads
from students.selectors.board import parts
from students.selectors.decisions import decisions
from students.selectors.wording import reason_words
from students.services.settle import settle_finding, undo_decision


class FindingSerializer(RowSerializer):
    """A difference with both source rows, numbers masked; ``reason_words`` is its reason said."""

    reason_words = serializers.SerializerMethodField()

    class Meta:
        model = Finding
        fields: ClassVar = [
            "id",
            "county",
            "term",
            "kind",
            "state",
            "student",
            "entry",
            "enrolment",
            "division_code",
            "school_code",
            "reason",
            "reason_words",
            "probability",
            "evidence",
            "evidence_digest",
        ]

    def get_reason_words(self, finding: Finding) -> str:
        """Return the reason in the reader's language."""
        return reason_words(finding.reason)


class DecisionSerializer(RowSerializer):
    """What a person decided about a finding."""

    decided_by = serializers.CharField(source="decided_by.name", read_only=True)

    class Meta:
        model = Decision
        fields: ClassVar = [
            "id",
            "finding",
            "verdict",
            "place",
            "note",
            "decided_by",
            "decided_at",
            "undone_at",
        ]


class FindingReferenceSerializer(serializers.Serializer[Any]):
    """Names a finding."""

    finding = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class VerdictSerializer(serializers.Serializer[Any]):
    """A decision to make: the finding, a verdict that fits its kind, a place where it needs one."""

    finding = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    place = serializers.ChoiceField(choices=Place.choices, required=False, allow_blank=True)
    note = serializers.RegexField(r"^[^\x00]*$", max_length=200, required=False, allow_blank=True)


class QueuePartSerializer(serializers.Serializer[Any]):
    """Open findings that stand alike; ``asked`` is "" where no school was asked for an answer."""

    township = serializers.CharField(help_text="Nine digits; six and 000 in no township.")
    school = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(choices=FindingKind.choices)
    asked = serializers.ChoiceField(choices=AssignmentState.choices, allow_blank=True)
    is_overdue = serializers.BooleanField()
    count = serializers.IntegerField(source="number")


class FindingViewSet(ReadViewSet):
    """Findings, open and settled."""

    action_name = "students.finding.view"
    selector = reads.findings
    serializer_class = FindingSerializer
    filterset_class = filters.FindingFilter


class DecisionViewSet(ReadViewSet):
    """Decisions on findings, those taken back included."""

    action_name = "students.finding.view"
    selector = decisions
    serializer_class = DecisionSerializer


class QueueViewSet(viewsets.GenericViewSet[Any]):
    """How many open findings each township and school has, by kind and by what was asked."""

    actions_by_method: ClassVar[dict[str, str]] = {
        "GET": "students.finding.view",
        "HEAD": "students.finding.view",
    }
    queryset = Finding.objects.none()
    serializer_class = QueuePartSerializer
    filter_backends = ()
    pagination_class = None

    @extend_schema(responses={200: QueuePartSerializer(many=True)})
    def list(self, request: Request) -> Response:
        """Count the queue."""
        if request.query_params:
            raise ValidationError({name: ["unknown parameter"] for name in request.query_params})
        asker = cast("ActingRequest", request._request)
        found = parts(asker.actor.scope, timezone.localtime(asker.now).date())
        return Response(QueuePartSerializer([one._asdict() for one in found], many=True).data)


class _FindingWriter(viewsets.GenericViewSet[Any]):
    """The base of what may be done about one finding in scope."""

    actions_by_method: ClassVar[dict[str, str]] = {"POST": "students.finding.settle"}
    filter_backends = ()
    pagination_class = None

    def asker(self) -> ActingRequest:
        """Return the request with who asks and when."""
        return cast("ActingRequest", self.request._request)

    def given(self) -> tuple[Finding, dict[str, Any]]:
        """Return the finding that the body names, and the rest of the body."""
        body = self.get_serializer(data=self.request.data)
        body.is_valid(raise_exception=True)
        wanted = dict(body.validated_data)
        scope = self.asker().actor.scope
        finding = reads.findings(scope).filter(pk=wanted.pop("finding")).first()
        if finding is None:
            raise Http404
        return finding, wanted


class SettleViewSet(_FindingWriter):
    """Settle a finding: POST a verdict that fits its kind."""

    serializer_class = VerdictSerializer

    @extend_schema(responses={201: DecisionSerializer})
    def create(self, request: Request) -> Response:
        """Settle a finding."""
        finding, wanted = self.given()
        asker = self.asker()
        decision = settle_finding(finding=finding, actor=asker.actor, now=asker.now, **wanted)
        return Response(DecisionSerializer(decision).data, status=201)


class UndoViewSet(_FindingWriter):
    """Take the live decision on a finding back, with its effects: POST the finding."""

    serializer_class = FindingReferenceSerializer

    @extend_schema(responses={200: FindingSerializer})
    def create(self, request: Request) -> Response:
        """Take a decision back."""
        finding, _rest = self.given()
        asker = self.asker()
        undo_decision(finding=finding, actor=asker.actor, now=asker.now)
        finding.refresh_from_db()
        return Response(FindingSerializer(finding).data)
