"""Words of samples."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SampleState(models.TextChoices):
    """Life of a sample."""

    FRAMED = "framed", _("总体已固定，待抽取")
    DRAWN = "drawn", _("已抽取，核查中")
    CLOSED = "closed", _("已出报告")


SAMPLE_MOVES = (
    (SampleState.FRAMED, SampleState.DRAWN),
    (SampleState.DRAWN, SampleState.CLOSED),
)


class Stratum(models.TextChoices):
    """By what a sample is stratified."""

    NONE = "none", _("不分层")
    PROGRAMME = "programme", _("按项目")
    SCHOOL = "school", _("按学校")


class SampleResult(models.TextChoices):
    """What the looking into one drawn payment gave."""

    OPEN = "open", _("待核查")
    MATCHES = "matches", _("相符")
    DIFFERS = "differs", _("不符")
    UNREACHABLE = "unreachable", _("无法核实")


class SampleMethod(models.TextChoices):
    """How a drawn payment was looked into."""

    IN_PERSON = "in-person", _("入户或到校当面核实")
    PHONE = "phone", _("电话核实")
    PAPERS = "papers", _("查阅凭证")
