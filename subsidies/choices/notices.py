"""Words of public notices."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NoticeState(models.TextChoices):
    """Life of a public notice."""

    DRAFT = "draft", _("拟稿")
    PUBLISHED = "published", _("公示中")
    TAKEN_DOWN = "taken_down", _("已撤下")


class ObjectionState(models.TextChoices):
    """Life of an objection."""

    OPEN = "open", _("待答复")
    UPHELD = "upheld", _("成立")
    REJECTED = "rejected", _("不成立")


NOTICE_MOVES = (
    (NoticeState.DRAFT, NoticeState.PUBLISHED),
    (NoticeState.PUBLISHED, NoticeState.TAKEN_DOWN),
)
