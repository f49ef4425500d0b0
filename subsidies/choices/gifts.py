"""Words of donors and gifts."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DonorKind(models.TextChoices):
    """Who gives."""

    PERSON = "person", _("个人")
    COMPANY = "company", _("企业")
    FOUNDATION = "foundation", _("基金会")
    AGENCY = "agency", _("机关单位")


class GiftState(models.TextChoices):
    """Life of a gift."""

    PROMISED = "promised", _("已认捐")
    RECEIVED = "received", _("已收到")
    DELIVERED = "delivered", _("已交付")
    CANCELLED = "cancelled", _("已撤销")
