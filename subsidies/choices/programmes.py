"""Words of programmes and their standards."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProgrammeKind(models.TextChoices):
    """What a programme gives."""

    CASH = "cash", _("现金")
    WAIVER = "waiver", _("免费（拨付学校）")
    IN_KIND = "in_kind", _("实物")
    GIFT = "gift", _("社会捐助")


class Cadence(models.TextChoices):
    """How an award is paid out."""

    YEARLY = "yearly", _("每学年一次")
    TERM = "term", _("每学期")
    MONTH = "month", _("每月")
    ONCE = "once", _("一次性")


class Boarding(models.TextChoices):
    """Whom a standard is for."""

    ANY = "any", _("不限")
    BOARDER = "boarder", _("寄宿")
    DAY = "day", _("走读")


class PayeeKind(models.TextChoices):
    """Who receives the money."""

    STUDENT = "student", _("学生本人卡")
    GUARDIAN = "guardian", _("监护人卡")
    SCHOOL = "school", _("学校账户")


class Confidence(models.TextChoices):
    """How sure the source of a shipped standard is."""

    HIGH = "H", _("正式文件或两处独立来源")
    MEDIUM = "M", _("一处可靠来源")
    LOW = "L", _("来源较弱")
    GENERAL = "GK", _("一般了解，待核")
    LOCAL = "local", _("本县自定")


class Residence(models.TextChoices):
    """Where a child must be registered or study."""

    ANY = "any", _("不限")
    HOME = "home", _("户籍在本县")
    HERE = "here", _("在本县学校就读")
    BOTH = "both", _("户籍在本县且在本县就读")
