"""Forms already sent."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Submission(models.Model):
    """A form that has been carried out; its token is unique, so a double click does nothing.

    ``content`` digests what was sent with the token: the same again is answered as the first time,
    something else under the same token is refused.
    """

    token = models.CharField(_("表单编号"), max_length=40, unique=True)
    user_id = models.BigIntegerField(_("用户"))
    sent_at = models.DateTimeField(_("提交时间"), db_index=True)
    content = models.CharField(_("内容摘要"), max_length=64, blank=True)
    led_to = models.CharField(_("结果页"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("已提交表单")
        verbose_name_plural = _("已提交表单")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.token
