"""Words of papers for households."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LetterKind(models.TextChoices):
    """Papers that are made in batches for people to take in their hands."""

    FAMILY = "family", _("一封家书")
    NOTICE = "notice", _("告知书")
    CARD = "card", _("明白卡")
    SHEET = "sheet", _("签领表")
