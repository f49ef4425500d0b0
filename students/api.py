"""Children's records as programs read them, and decisions on findings as they write them."""

from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from povedu.scope import ActingRequest, Scope
from povedu.screens.viewsets import ReadViewSet, RowSerializer
from students import filters
from students.choices import Place, Verdict
from students.models import (
    Change,
    Comparison,
    Decision,
    Enrolment,
    Finding,
    HardshipStatus,
    Household,
    PlacedChild,
    Reconciliation,
    RegisterSnapshot,
    Student,
    StudyProof,
)
from students.rules.placing import outcome_of
from students.selectors import children as reads
from students.selectors.away import proofs
from students.selectors.comparisons import changes, comparisons
from students.selectors.decisions import decisions
from students.selectors.partition import all_placed
from students.selectors.runs import runs
from students.selectors.wording import reason_words
from students.services.settle import settle_finding, undo_decision


class StudentSerializer(RowSerializer):
    """A child."""

    class Meta:
        model = Student
        fields: ClassVar = [
            "id",
            "name",
            "sex",
            "birth_on",
            "ethnicity",
            "id_number",
            "identity_confirmed",
            "state",
            "school",
            "stage",
            "grade",
            "class_name",
            "is_boarder",
            "home_division",
            "version",
        ]


class EnrolmentSerializer(RowSerializer):
    """A child's term at a school."""

    class Meta:
        model = Enrolment
        fields: ClassVar = [
            "id",
            "student",
            "term",
            "school",
            "stage",
            "grade",
            "class_name",
            "major",
            "is_boarder",
            "state",
            "hardship_as_stated",
        ]


class HardshipSerializer(RowSerializer):
    """A confirmed hardship between two dates."""

    class Meta:
        model = HardshipStatus
        fields: ClassVar = [
            "id",
            "student",
            "category",
            "as_stated",
            "source",
            "starts_on",
            "ends_on",
            "risk_removed_on",
            "confirmed_at",
        ]


class HouseholdSerializer(RowSerializer):
    """A registered household."""

    class Meta:
        model = Household
        fields: ClassVar = [
            "id",
            "household_no",
            "division",
            "head_name",
            "status_as_stated",
            "monitored_kind_as_stated",
            "risk_removed",
            "cause",
            "phone",
            "members_count",
            "seen_as_of",
        ]


class SnapshotSerializer(RowSerializer):
    """A register as it stood on a day."""

    class Meta:
        model = RegisterSnapshot
        fields: ClassVar = ["id", "kind", "county", "as_of", "file_name", "entries_count"]


class RunSerializer(RowSerializer):
    """A run of the comparison with its counts."""

    class Meta:
        model = Reconciliation
        fields: ClassVar = [
            "id",
            "county",
            "term",
            "snapshots",
            "state",
            "started_at",
            "finished_at",
            "links_count",
            "findings_count",
            "partition",
        ]


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


class PlacedChildSerializer(RowSerializer):
    """A child of school age where a run placed it; ``outcome`` is the visit outcome it belongs to.

    The child is a student, else a register's entry, else a case of the dropout ledgers.
    """

    outcome = serializers.SerializerMethodField()

    class Meta:
        model = PlacedChild
        fields: ClassVar = [
            "id",
            "reconciliation",
            "student",
            "entry",
            "case",
            "division_code",
            "stage",
            "place",
            "outcome",
            "returned",
        ]

    def get_outcome(self, child: PlacedChild) -> str:
        """Return the outcome's code."""
        return str(outcome_of(child.place, returned=child.returned))


class ComparisonSerializer(RowSerializer):
    """Two snapshots, terms or runs compared, with how many of each kind changed in the county."""

    class Meta:
        model = Comparison
        fields: ClassVar = [
            "id",
            "county",
            "basis",
            "register",
            "before_key",
            "after_key",
            "before_on",
            "after_on",
            "before_count",
            "after_count",
            "changes_count",
            "made_at",
        ]


class ChangeSerializer(RowSerializer):
    """One change of one person; ``before`` and ``after`` are codes, else words as written."""

    class Meta:
        model = Change
        fields: ClassVar = [
            "id",
            "comparison",
            "kind",
            "name",
            "division_code",
            "from_division_code",
            "school_code",
            "stage",
            "household_no",
            "before",
            "after",
            "student_key",
        ]


class StudyProofSerializer(RowSerializer):
    """The proof that a child studies away from home."""

    class Meta:
        model = StudyProof
        fields: ClassVar = [
            "id",
            "term",
            "student",
            "name",
            "division_code",
            "place",
            "state",
            "requested_on",
            "due_on",
            "received_on",
            "school_name",
            "document_no",
            "checked_at",
        ]


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


class StudentViewSet(ReadViewSet):
    """Children."""

    action_name = "students.student.view"
    selector = reads.students
    serializer_class = StudentSerializer
    filterset_class = filters.StudentFilter


class EnrolmentViewSet(ReadViewSet):
    """Terms at school."""

    action_name = "students.enrolment.view"
    selector = reads.enrolments
    serializer_class = EnrolmentSerializer
    filterset_class = filters.EnrolmentFilter


class HardshipViewSet(ReadViewSet):
    """Hardships."""

    action_name = "students.student.view"
    selector = reads.hardships
    serializer_class = HardshipSerializer


class HouseholdViewSet(ReadViewSet):
    """Registered households."""

    action_name = "students.household.view"
    selector = reads.households
    serializer_class = HouseholdSerializer
    filterset_class = filters.HouseholdFilter


class SnapshotViewSet(ReadViewSet):
    """Snapshots of registers."""

    action_name = "students.register.view"
    selector = reads.snapshots
    serializer_class = SnapshotSerializer
    filterset_class = filters.SnapshotFilter


def _runs(scope: Scope) -> QuerySet[Reconciliation]:
    return runs(scope).prefetch_related("snapshots")


class RunViewSet(ReadViewSet):
    """Runs of the comparison."""

    action_name = "students.reconciliation.view"
    selector = _runs
    serializer_class = RunSerializer
    filterset_class = filters.RunFilter


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


class PlacedViewSet(ReadViewSet):
    """The partition: every child of school age of every run that still keeps its children."""

    action_name = "students.student.view"
    selector = all_placed
    serializer_class = PlacedChildSerializer
    filterset_class = filters.PlacedRowFilter


class ComparisonViewSet(ReadViewSet):
    """Comparisons that were made."""

    action_name = "students.comparison.view"
    selector = comparisons
    serializer_class = ComparisonSerializer
    filterset_class = filters.ComparisonFilter


class ChangeViewSet(ReadViewSet):
    """What changed for whom."""

    action_name = "students.comparison.view"
    selector = changes
    serializer_class = ChangeSerializer
    filterset_class = filters.ChangeRowFilter


class StudyProofViewSet(ReadViewSet):
    """Proofs of study away from home."""

    action_name = "students.away.view"
    selector = proofs
    serializer_class = StudyProofSerializer


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


API_ROUTES = [
    ("students/students", StudentViewSet),
    ("students/enrolments", EnrolmentViewSet),
    ("students/hardships", HardshipViewSet),
    ("students/households", HouseholdViewSet),
    ("students/snapshots", SnapshotViewSet),
    ("students/runs", RunViewSet),
    ("students/places", PlacedViewSet),
    ("students/comparisons", ComparisonViewSet),
    ("students/changes", ChangeViewSet),
    ("students/proofs", StudyProofViewSet),
    ("students/findings", FindingViewSet),
    ("students/decisions", DecisionViewSet),
    ("students/settle", SettleViewSet),
    ("students/undo", UndoViewSet),
]
