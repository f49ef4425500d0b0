"""Words of doubts, back-pay and recovery."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DoubtKind(models.TextChoices):
    """What about a term's money somebody has to look at."""

    MISSED = "missed", _("应助未助")
    OVERDUE = "overdue", _("漏发")
    BREAK = "break", _("断档：上学期发放、本学期没有")
    SHARED_CARD = "shared-card", _("不同家庭的学生共用同一账户")
    PAYEE = "payee", _("收款人不是学生本人，且无已审核的关系")
    TEACHER_CARD = "teacher-card", _("收款人疑为教师")
    TWO_SCHOOLS = "two-schools", _("同一学期在两校受助")
    AMOUNT = "amount", _("金额与执行标准不符")
    DUPLICATE = "duplicate", _("与既往发放记录重复")
    AFTER_LEAVING = "after-leaving", _("死亡、转出或休学后仍发放")
    MANY = "many", _("同一账户收款人数异常")


class DoubtState(models.TextChoices):
    """Where the looking into a doubt stands."""

    OPEN = "open", _("待核查")
    CONFIRMED = "confirmed", _("属实")
    DISMISSED = "dismissed", _("核查无误")
    GONE = "gone", _("已消失")


class BackPayKind(models.TextChoices):
    """What a back-pay made."""

    AWARDS = "awards", _("补助（补作资助决定）")
    PAYMENTS = "payments", _("补发（编入发放批次）")


class RecoveryCause(models.TextChoices):
    """Why money is taken back."""

    INELIGIBLE = "ineligible", _("不符合条件")
    DUPLICATE = "duplicate", _("重复发放")
    WRONG_PAYEE = "wrong-payee", _("错发他人")
    WRONG_AMOUNT = "wrong-amount", _("金额错误")
    AFTER_LEAVING = "after-leaving", _("离校、休学或死亡后发放")
    OTHER = "other", _("其他")


class RecoveryState(models.TextChoices):
    """Life of a recovery."""

    PROPOSED = "proposed", _("待审批")
    APPROVED = "approved", _("追回中")
    REFUSED = "refused", _("不予追回")
    COLLECTED = "collected", _("已追回")
    WRITTEN_OFF = "written-off", _("余额已核销")


RECOVERY_MOVES = (
    (RecoveryState.PROPOSED, RecoveryState.APPROVED),
    (RecoveryState.PROPOSED, RecoveryState.REFUSED),
    (RecoveryState.APPROVED, RecoveryState.COLLECTED),
    (RecoveryState.APPROVED, RecoveryState.WRITTEN_OFF),
)
