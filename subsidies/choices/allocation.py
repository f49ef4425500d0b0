"""Words of the split of money to schools."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Factor(models.TextChoices):
    """What weighs in the split of money to schools (因素法)."""

    POOR = "poor", _("困难学生数")
    BOARDERS = "boarders", _("寄宿生数")
    PUPILS = "pupils", _("在校生数")
    REMOTE = "remote", _("教学点和贫困村学校学生数")


class AllocationState(models.TextChoices):
    """Life of a plan that splits money to schools."""

    PROPOSED = "proposed", _("待批准")
    APPROVED = "approved", _("已批准")
    WITHDRAWN = "withdrawn", _("已撤回")


ALLOCATION_MOVES = (
    (AllocationState.PROPOSED, AllocationState.APPROVED),
    (AllocationState.PROPOSED, AllocationState.WITHDRAWN),
)
