"""Words of programmes and money."""

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


class AwardState(models.TextChoices):
    """Life of an award."""

    PROPOSED = "proposed", _("拟资助")
    PUBLICISED = "publicised", _("公示中")
    GRANTED = "granted", _("已批准")
    SUSPENDED = "suspended", _("暂停")
    CANCELLED = "cancelled", _("已取消")


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


class DonorKind(models.TextChoices):
    """Who gives."""

    PERSON = "person", _("个人")
    COMPANY = "company", _("企业")
    FOUNDATION = "foundation", _("基金会")
    AGENCY = "agency", _("机关单位")
