"""States of a batch and of its rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchState(models.TextChoices):
    """Where a file stands on its way in."""

    RECEIVED = "received", _("读取中")
    STAGED = "staged", _("待审核")
    RETURNED = "returned", _("已退回")
    APPLYING = "applying", _("导入中")
    APPLIED = "applied", _("已导入")
    FAILED = "failed", _("未能读取")
    WITHDRAWN = "withdrawn", _("已撤销")
    UNDONE = "undone", _("已回退")


class RowChange(models.TextChoices):
    """What applying does, or did, with a row."""

    NEW = "new", _("新增")
    CHANGED = "changed", _("更新")
    UNCHANGED = "unchanged", _("无变化")
    CONFLICT = "conflict", _("冲突")
