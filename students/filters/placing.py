"""Filters of where children are, of what changed, and of proofs of study."""

from decimal import Decimal
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.screens.filters import ScreenFilterSet
from schools.choices import Stage
from schools.models import Division
from students.choices import Basis, ChangeKind, Outcome, Place, ProofState, RegisterKind
from students.filters.scoped import schools_in_scope, townships_in_scope, under
from students.models import Change, Comparison, PlacedChild, Reconciliation, StudyProof
from students.rules.placing import AWAY
from students.selectors.held import held_places
from students.selectors.partition import with_outcome


class PlacedFilter(ScreenFilterSet):
    """By place, visit outcome, township, stage and school."""

    place = django_filters.ChoiceFilter(label=_("去向"), choices=Place.choices)
    outcome = django_filters.ChoiceFilter(
        label=_("走访结果"), choices=Outcome.choices, method="by_outcome"
    )
    township = django_filters.ModelChoiceFilter(
        label=_("乡镇"), queryset=townships_in_scope, method="by_township"
    )
    stage = django_filters.ChoiceFilter(label=_("学段"), choices=Stage.choices)
    school = django_filters.ModelChoiceFilter(
        label=_("学校"),
        queryset=schools_in_scope,
        to_field_name="code",
        field_name="student__school",
    )
    known = django_filters.ChoiceFilter(
        label=_("学生台账"),
        choices=[("true", _("在台账")), ("false", _("仅在名册"))],
        method="by_known",
    )

    class Meta:
        model = PlacedChild
        fields: tuple[str, ...] = ()

    def by_outcome(
        self, rows: QuerySet[PlacedChild], name: str, value: str
    ) -> QuerySet[PlacedChild]:
        """Keep a visit outcome's children."""
        return with_outcome(rows, value)

    def by_township(
        self, rows: QuerySet[PlacedChild], name: str, value: Division
    ) -> QuerySet[PlacedChild]:
        """Keep a township's children."""
        return under(rows, "division_code", value)

    def by_known(self, rows: QuerySet[PlacedChild], name: str, value: str) -> QuerySet[PlacedChild]:
        """Keep the children whom the ledger knows, or those whom only a register does."""
        return rows.filter(student__isnull=value != "true")


class ChangeFilter(ScreenFilterSet):
    """By kind of change, township now or before, and stage."""

    kind = django_filters.ChoiceFilter(label=_("变化"), choices=ChangeKind.choices)
    township = django_filters.ModelChoiceFilter(
        label=_("乡镇"), queryset=townships_in_scope, method="by_township"
    )
    stage = django_filters.ChoiceFilter(label=_("学段"), choices=Stage.choices)

    class Meta:
        model = Change
        fields: tuple[str, ...] = ()

    def by_township(self, rows: QuerySet[Change], name: str, value: Division) -> QuerySet[Change]:
        """Keep the changes of a township as it counts them: where the person is now."""
        return under(rows, "division_code", value)


class ComparisonFilter(ScreenFilterSet):
    """By what is compared."""

    basis = django_filters.ChoiceFilter(label=_("对照内容"), choices=Basis.choices)
    register = django_filters.ChoiceFilter(label=_("名册"), choices=RegisterKind.choices)

    class Meta:
        model = Comparison
        fields: tuple[str, ...] = ()


class PlacedRowFilter(PlacedFilter):
    """The same, and by run."""

    reconciliation = django_filters.NumberFilter(label=_("比对"), method="by_run")

    def by_run(
        self, rows: QuerySet[PlacedChild], name: str, value: Decimal
    ) -> QuerySet[PlacedChild]:
        """Keep the children whom a run placed, or left where the run before had placed them."""
        run = Reconciliation.objects.filter(pk=int(value)).first()
        return rows.none() if run is None else rows & held_places(run)


class ChangeRowFilter(ChangeFilter):
    """The same, and by comparison."""

    comparison = django_filters.NumberFilter(label=_("两期对照"))


class AwayFilter(ScreenFilterSet):
    """By place, township of the home, and how far the proof is."""

    place = django_filters.ChoiceFilter(
        label=_("去向"), choices=[(str(place), place.label) for place in AWAY]
    )
    township = django_filters.ModelChoiceFilter(
        label=_("户籍乡镇"), queryset=townships_in_scope, method="by_township"
    )
    proof_state = django_filters.ChoiceFilter(
        label=_("在读证明"),
        choices=[("none", _("未要求")), *ProofState.choices],
        method="by_proof",
    )

    class Meta:
        model = PlacedChild
        fields: tuple[str, ...] = ()

    def by_township(
        self, rows: QuerySet[PlacedChild], name: str, value: Division
    ) -> QuerySet[PlacedChild]:
        """Keep a township's children."""
        return under(rows, "division_code", value)

    def by_proof(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep those whose proof is in a state, or was never asked for."""
        return rows.filter(proof_state=None if value == "none" else value)


class ProofFilter(ScreenFilterSet):
    """By state, place and township."""

    state = django_filters.ChoiceFilter(label=_("状态"), choices=ProofState.choices)
    place = django_filters.ChoiceFilter(
        label=_("去向"), choices=[(str(place), place.label) for place in AWAY]
    )
    township = django_filters.ModelChoiceFilter(
        label=_("户籍乡镇"), queryset=townships_in_scope, method="by_township"
    )
    overdue = django_filters.ChoiceFilter(
        label=_("逾期"), choices=[("true", _("已逾期"))], method="by_overdue"
    )

    class Meta:
        model = StudyProof
        fields: tuple[str, ...] = ()

    def by_township(
        self, rows: QuerySet[StudyProof], name: str, value: Division
    ) -> QuerySet[StudyProof]:
        """Keep a township's children."""
        return under(rows, "division_code", value)

    def by_overdue(self, rows: QuerySet[StudyProof], name: str, value: str) -> QuerySet[StudyProof]:
        """Keep those that should have come by now."""
        today = timezone.localtime(self.request.now).date()
        return rows.filter(state=ProofState.REQUESTED, due_on__lt=today)
