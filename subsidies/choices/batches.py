"""Words of batches, payments and the bank."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchState(models.TextChoices):
    """Life of a disbursement batch, in order; voided stands apart."""

    DRAFT = "draft", _("编制中")
    FROZEN = "frozen", _("已冻结，待审批")
    APPROVED = "approved", _("已审批")
    RELEASED = "released", _("已送银行")
    CLOSED = "closed", _("已关闭")
    VOIDED = "voided", _("已作废")


class PaymentState(models.TextChoices):
    """State of one attempt to pay one instalment."""

    PENDING = "pending", _("待发放")
    SENT = "sent", _("已送银行")
    SETTLED = "settled", _("已到账")
    RETURNED = "returned", _("已退回")
    VOIDED = "voided", _("已作废")


class LineOutcome(models.TextChoices):
    """What became of a line of a bank's answer."""

    SETTLED = "settled", _("到账")
    RETURNED = "returned", _("退回")
    UNMATCHED = "unmatched", _("对不上")
    REPEATED = "repeated", _("重复")


class BankEncoding(models.TextChoices):
    """How a bank's or the finance bureau's system reads text; only GB18030 holds every name."""

    GB18030 = "gb18030", _("GB18030（收全部汉字）")
    GBK = "gbk", _("GBK（2 万余字）")
    GB2312 = "gb2312", _("GB2312（6763 字）")


class BankLayout(models.TextChoices):
    """Who pays a batch out, and so which columns the file has."""

    BANK = "bank", _("银行代发明细")
    FINANCE = "finance", _("财政支付清单")


BATCH_MOVES = (
    (BatchState.DRAFT, BatchState.FROZEN),
    (BatchState.DRAFT, BatchState.VOIDED),
    (BatchState.FROZEN, BatchState.DRAFT),
    (BatchState.FROZEN, BatchState.APPROVED),
    (BatchState.FROZEN, BatchState.VOIDED),
    (BatchState.APPROVED, BatchState.RELEASED),
    (BatchState.APPROVED, BatchState.VOIDED),
    (BatchState.RELEASED, BatchState.CLOSED),
)


PAYMENT_MOVES = (
    (PaymentState.PENDING, PaymentState.SENT),
    (PaymentState.PENDING, PaymentState.VOIDED),
    (PaymentState.SENT, PaymentState.SETTLED),
    (PaymentState.SENT, PaymentState.RETURNED),
    (PaymentState.RETURNED, PaymentState.VOIDED),
)
