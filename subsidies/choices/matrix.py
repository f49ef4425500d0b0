"""Words of the matrix."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CellState(models.TextChoices):
    """Where a child's money of one programme stands in one term; every cell has exactly one."""

    PAID = "paid", _("已发放")
    PAYING = "paying", _("按期发放中")
    AWAITING = "awaiting", _("待发放")
    RETURNED = "returned", _("退回待更正")
    SUSPENDED = "suspended", _("已暂停")
    OVERDUE = "overdue", _("漏发")
    MISSED = "missed", _("应助未助")
    EXHAUSTED = "exhausted", _("资金或指标不足")
    ELSEWHERE = "elsewhere", _("已另行享受")
    STOPPED = "stopped", _("已取消或不再发放")
    RECOVERED = "recovered", _("已追回")
    NOT_ELIGIBLE = "not-eligible", _("不符合条件")


class CellReason(models.TextChoices):
    """Why a cell is in its state, beside the reasons of a run (``Skip``) and of what is due."""

    SETTLED = "settled", _("全部到账")
    PARTS_LEFT = "parts-left", _("已到期的都已到账，其余未到应发日")
    PROPOSED = "proposed", _("已拟资助，待公示或批准")
    ON_SHOW = "on-show", _("公示中，待批准")
    NOT_DUE = "not-due", _("已批准，未到应发日")
    TO_BATCH = "to-batch", _("已到应发日，待编入批次")
    IN_BATCH = "in-batch", _("已编入批次，待送银行")
    SENT = "sent", _("已送银行，待回盘")
    CAME_BACK = "came-back", _("银行退回，待更正账户后补发")
    ON_HOLD = "on-hold", _("资助已暂停")
    NOT_BATCHED = "not-batched", _("已过应发日，一直未编入批次")
    LEFT_OUT = "left-out", _("符合条件，计算名单后仍没有资助决定")
    NOT_RUN = "not-run", _("符合条件，本学期尚未计算该项目名单")
    NO_SOURCE_RULE = "no-source-rule", _("符合条件，但未登记资金分担规则")
    QUOTA_FULL = "quota-full", _("符合条件，但计划指标已满")
    AWARD_CANCELLED = "award-cancelled", _("资助已取消")
    GIVEN_UP = "given-up", _("退回后注明不再补发")
    TAKEN_BACK = "taken-back", _("已发款项全部追回")
    WAIVED = "waived", _("经核实不应资助")
