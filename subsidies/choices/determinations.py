"""Words of applications."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaperStep(models.TextChoices):
    """Who looks at an application, in order."""

    CLASS = "class", _("班级评议")
    SCHOOL = "school", _("学校复核")
    BUREAU = "bureau", _("教育局审核")


class PaperDocument(models.TextChoices):
    """Papers that an application comes with."""

    HOUSEHOLD = "household", _("户口簿")
    LOW_INCOME = "low-income", _("低保证或特困证")
    DISABILITY = "disability", _("残疾证")
    DIAGNOSIS = "diagnosis", _("医院诊断证明")
    ACCIDENT = "accident", _("受灾或事故证明")
    VILLAGE = "village", _("村（社区）证明")
    ADMISSION = "admission", _("录取通知书")
