"""Registers, runs over them, where each run placed every child, and what changed in between."""

from typing import ClassVar

from django.db.models import QuerySet
from rest_framework import serializers

from povedu.scope import Scope
from povedu.screens.viewsets import ReadViewSet, RowSerializer
from students import filters
from students.models import (
    Change,
    Comparison,
    PlacedChild,
    Reconciliation,
    RegisterSnapshot,
    StudyProof,
)
from students.rules.placing import outcome_of
from students.selectors import children as reads
from students.selectors.away import proofs
from students.selectors.comparisons import changes, comparisons
from students.selectors.partition import all_placed
from students.selectors.runs import runs


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
            "missed_by",
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
