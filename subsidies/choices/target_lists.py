"""Words of lists handed down, and of what is fed back."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Found(models.TextChoices):
    """What a comparison can tell the office that sent a list about one child."""

    AT_SCHOOL = "at-school", _("已匹配，在校")
    NOT_AT_SCHOOL = "not-at-school", _("已匹配，本学期不在校")
    LIKELY = "likely", _("疑似匹配，待确认")
    NOT_FOUND = "not-found", _("未找到")
    OFF_LIST = "off-list", _("名单外受助")


class ListResult(models.TextChoices):
    """What became of one row of a list: every row has exactly one result."""

    AIDED = "aided", _("已受助")
    NOT_AIDED = "not-aided", _("在校，未受助")
    UNCONFIRMED = "unconfirmed", _("在校，身份待确认")
    NOT_AT_SCHOOL = "not-at-school", _("已匹配，本学期不在校")
    LIKELY = "likely", _("疑似匹配，待确认")
    NUMBER_UNUSABLE = "number-unusable", _("未找到，名单证号无效")
    NOT_FOUND = "not-found", _("未找到，证号有效")
