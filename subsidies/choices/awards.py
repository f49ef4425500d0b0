"""Words of awards, and why a child has none."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AwardChangeKind(models.TextChoices):
    """What changed about a child or a programme after an award."""

    TRANSFERRED = "transferred", _("转学")
    SUSPENDED = "suspended", _("休学")
    RETURNED = "returned", _("复学")
    LEFT = "left", _("离校或转出本县")
    DECEASED = "deceased", _("死亡")
    RISK_REMOVED = "risk-removed", _("开学前风险已消除")
    HARDSHIP_ENDED = "hardship-ended", _("困难身份已终止")
    PROGRAMME_ENDED = "programme-ended", _("项目已结束")


class AwardEffect(models.TextChoices):
    """What a change did to an award."""

    MOVED = "moved", _("随学生转入新学校")
    SUSPENDED = "suspended", _("暂停发放")
    RESUMED = "resumed", _("恢复发放")
    STOPPED = "stopped", _("未发部分停发")
    CANCELLED = "cancelled", _("取消资助")


class AwardState(models.TextChoices):
    """Life of an award."""

    PROPOSED = "proposed", _("拟资助")
    PUBLICISED = "publicised", _("公示中")
    GRANTED = "granted", _("已批准")
    SUSPENDED = "suspended", _("暂停")
    CANCELLED = "cancelled", _("已取消")


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
    PAID_BEFORE = "paid-before", _("既往发放记录中已享受")
    OTHER_STAGE = "other-stage", _("不属于本项目的学段")
    RESIDENCE = "residence", _("不符合户籍或就读地要求")
    HOME_UNKNOWN = "home-unknown", _("户籍地未登记，不能判断")
    NOT_RUNNING = "not-running", _("项目在该学期未执行")
    ON_LEAVE = "on-leave", _("休学")
    LEFT = "left", _("已转出")
    DECEASED = "deceased", _("死亡")


class DueProblem(models.TextChoices):
    """Why a due instalment cannot go into a batch, or must be looked at."""

    NO_CARD = "no-card", _("无已审核的收款账户")
    IDENTITY = "identity", _("身份未确认")
    SHARED_CARD = "shared-card", _("多人共用同一账户")
    PAID_BEFORE = "paid-before", _("既往发放记录中已享受，不重复发放")
    RARE_GLYPH = "rare-glyph", _("户名含银行文件编码不能表示的字，请更正户名或改用 GB18030")


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
