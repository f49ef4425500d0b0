"""Where money comes from, and the accounts it moves between."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FundSource(models.TextChoices):
    """The level or party that pays."""

    CENTRAL = "central", _("中央")
    PROVINCE = "province", _("省级")
    CITY = "city", _("市级")
    COUNTY = "county", _("县级")
    EASTERN = "eastern", _("东部协作")
    SOCIAL = "social", _("社会")


class CorrectionState(models.TextChoices):
    """Life of a correction."""

    ASKED = "asked", _("待审批")
    POSTED = "posted", _("已冲回")
    REFUSED = "refused", _("未同意")


CORRECTION_MOVES = (
    (CorrectionState.ASKED, CorrectionState.POSTED),
    (CorrectionState.ASKED, CorrectionState.REFUSED),
)


class Account(models.TextChoices):
    """The ledger's accounts; each is further split by source, programme and school."""

    CASH = "cash", _("专户存款")
    INCOME = "income", _("拨款与捐赠收入")
    EXPENSE = "expense", _("资助与项目支出")
    PAYABLE = "payable", _("应付未达")
    RECOVERABLE = "recoverable", _("应追回款")
    OPENING = "opening", _("期初余额")
