"""Words of student loans."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LoanLevel(models.TextChoices):
    """What a borrower studies for; the cap depends on it."""

    COLLEGE = "college", _("专科")
    UNDERGRADUATE = "undergraduate", _("本科")
    POSTGRADUATE = "postgraduate", _("研究生")


class LoanState(models.TextChoices):
    """Where a contract stands, as aid centre or bank report it."""

    SIGNED = "signed", _("已签约")
    GRANTED = "granted", _("已放款")
    REPAYING = "repaying", _("还款中")
    OVERDUE = "overdue", _("逾期")
    SETTLED = "settled", _("已结清")
    CANCELLED = "cancelled", _("已撤销")


class ReliefKind(models.TextChoices):
    """What somebody else pays of a borrower's loans."""

    COMPENSATION = "compensation", _("代偿")
    RESCUE = "rescue", _("还款救助")


class ReliefCause(models.TextChoices):
    """Why: the first three earn compensation, the others call for a rescue."""

    GRASSROOTS = "grassroots", _("基层就业")
    MILITARY = "military", _("应征入伍")
    LOCAL = "local", _("本地政策")
    DEATH = "death", _("借款人死亡或失踪")
    INCAPACITY = "incapacity", _("丧失劳动能力")
    ILLNESS = "illness", _("本人或家庭成员重大疾病")
    DISASTER = "disaster", _("家庭遭遇重大灾害")
    LOW_INCOME = "low_income", _("家庭经济收入特别低")


class ReliefState(models.TextChoices):
    """Life of a relief."""

    PENDING = "pending", _("待审核")
    APPROVED = "approved", _("已批准")
    REFUSED = "refused", _("不予批准")
    PAID = "paid", _("已拨付")


RELIEF_MOVES = (
    (ReliefState.PENDING, ReliefState.APPROVED),
    (ReliefState.PENDING, ReliefState.REFUSED),
    (ReliefState.APPROVED, ReliefState.PAID),
)
