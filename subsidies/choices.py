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


class Skip(models.TextChoices):
    """Why a child got no award from a run."""

    IDENTITY = "identity-unconfirmed", _("身份未确认")
    NO_HARDSHIP = "no-hardship", _("无相应困难身份")
    NO_STANDARD = "no-standard", _("无适用标准")
    NO_TIER = "no-tier", _("未认定档次")
    RISK_REMOVED = "risk-removed", _("风险已消除")
    NOT_STUDYING = "not-studying", _("不在读")
    NOT_APPLIED = "not-applied", _("未申请或认定未通过")
    ALREADY = "already", _("本学期已有资助决定")
    ALREADY_THIS_YEAR = "already-this-year", _("本学年已享受")
    ALREADY_EVER = "already-ever", _("已享受过一次性资助")
    EXCLUDED = "excluded", _("已享受互斥项目")
    BASE_MISSING = "base-missing", _("未享受被叠加的项目")
    ENROLLED_TWICE = "enrolled-twice", _("同一学期在两校就读，只计一校")
    NO_MONEY = "no-money", _("资金已用尽")


class DueProblem(models.TextChoices):
    """Why a due instalment cannot go into a batch, or must be looked at."""

    NO_CARD = "no-card", _("无已审核的收款账户")
    IDENTITY = "identity", _("身份未确认")
    SHARED_CARD = "shared-card", _("多人共用同一账户")
    RARE_GLYPH = "rare-glyph", _("户名含自造字，银行系统不能识别")


AWARD_MOVES = (
    (AwardState.PROPOSED, AwardState.PUBLICISED),
    (AwardState.PROPOSED, AwardState.GRANTED),
    (AwardState.PROPOSED, AwardState.CANCELLED),
    (AwardState.PUBLICISED, AwardState.GRANTED),
    (AwardState.PUBLICISED, AwardState.CANCELLED),
    (AwardState.GRANTED, AwardState.SUSPENDED),
    (AwardState.GRANTED, AwardState.CANCELLED),
    (AwardState.SUSPENDED, AwardState.GRANTED),
    (AwardState.SUSPENDED, AwardState.CANCELLED),
)
NOTICE_MOVES = (
    (NoticeState.DRAFT, NoticeState.PUBLISHED),
    (NoticeState.PUBLISHED, NoticeState.TAKEN_DOWN),
)
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
