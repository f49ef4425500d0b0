"""Filters of batches and payments."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.screens.filters import ScreenFilterSet
from students.models import Enrolment
from subsidies.choices import BatchState, PaymentState
from subsidies.filters.fields import choice_filter, code_filter, programme_filter, term_filter
from subsidies.models import BankReturn, DisbursementBatch, PastPayment, Payment
from subsidies.selectors.batches import overdue_batches
from subsidies.selectors.monthly import MONTH_COLUMNS, NONE


class BatchFilter(ScreenFilterSet):
    """By state, programme and term."""

    state = choice_filter(_("状态"), BatchState.choices)
    programme = programme_filter()
    term = term_filter()
    overdue = django_filters.BooleanFilter(label=_("逾期"), method="by_deadline")

    def by_deadline(self, rows: Any, _name: str, value: bool) -> Any:  # noqa: FBT001  # django-filter's signature
        """Keep those whose next step is overdue, or those that are in time."""
        request: Any = getattr(self.request, "_request", self.request)
        today = timezone.localtime(request.now).date()
        late = overdue_batches(request.actor.scope, "", today).values("pk")
        return rows.filter(pk__in=late) if value else rows.exclude(pk__in=late)

    class Meta:
        model = DisbursementBatch
        fields = ("state", "programme", "term")


class AnswerFilter(ScreenFilterSet):
    """By programme, term and whether it is posted."""

    programme = programme_filter("batch__programme")
    term = term_filter("batch__term")
    waiting = django_filters.BooleanFilter(
        label=_("待入账"), field_name="applied_at", lookup_expr="isnull"
    )

    class Meta:
        model = BankReturn
        fields = ("programme", "term", "waiting")


class PaymentFilter(ScreenFilterSet):
    """By state, programme, term, school, batch and day of settlement."""

    state = choice_filter(_("状态"), PaymentState.choices)
    programme = programme_filter("instalment__award__programme")
    term = term_filter("instalment__award__term")
    school = code_filter(_("学校代码"), "instalment__award__school__code")
    batch = code_filter(_("批次号"), "batch__number")
    settled_on = django_filters.DateFromToRangeFilter(label=_("到账日期"))

    class Meta:
        model = Payment
        fields = ("state", "programme", "term", "school", "batch", "settled_on")


class PastPaymentFilter(ScreenFilterSet):
    """By programme, term, school, whether a pupil has the number, and whether it is believed."""

    programme = programme_filter()
    term = term_filter()
    school = code_filter(_("学校代码"), "school__code")
    is_linked = django_filters.BooleanFilter(label=_("对应学生"))
    withdrawn = django_filters.BooleanFilter(
        label=_("不予采信"), field_name="withdrawal", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = PastPayment
        fields = ("programme", "term", "school", "is_linked", "withdrawn")


class OrphanFilter(ScreenFilterSet):
    """By school, boarding, and whether any month is missing."""

    school = code_filter(_("学校代码"), "school__code")
    is_boarder = django_filters.BooleanFilter(label=_("住校"))
    missing = django_filters.BooleanFilter(label=_("有缺月"), method="by_missing")

    class Meta:
        model = Enrolment
        fields = ("school", "is_boarder", "missing")

    def by_missing(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:  # noqa: FBT001  # the library's signature
        """Keep those who miss a month of the term, or those who miss none."""
        months = [one for one in rows.query.annotations if one in MONTH_COLUMNS]
        missing = Q()
        for month in months:
            missing |= Q(**{month: NONE})
        return rows.filter(missing) if value else rows.exclude(missing)
