"""Children's records as programs read them, and decisions on findings as they write them."""

from students.api import children, runs, settling

API_ROUTES = [
    ("students/students", children.StudentViewSet),
    ("students/enrolments", children.EnrolmentViewSet),
    ("students/hardships", children.HardshipViewSet),
    ("students/households", children.HouseholdViewSet),
    ("students/snapshots", runs.SnapshotViewSet),
    ("students/runs", runs.RunViewSet),
    ("students/places", runs.PlacedViewSet),
    ("students/comparisons", runs.ComparisonViewSet),
    ("students/changes", runs.ChangeViewSet),
    ("students/proofs", runs.StudyProofViewSet),
    ("students/findings", settling.FindingViewSet),
    ("students/decisions", settling.DecisionViewSet),
    ("students/queue", settling.QueueViewSet),
    ("students/settle", settling.SettleViewSet),
    ("students/undo", settling.UndoViewSet),
]
