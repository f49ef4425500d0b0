"""Words of teachers and postings."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sex(models.TextChoices):
    """As on the identity card."""

    MALE = "M", _("男")
    FEMALE = "F", _("女")


class EmploymentKind(models.TextChoices):
    """How a teacher is employed."""

    PERMANENT = "permanent", _("在编")
    SPECIAL_POST = "special_post", _("特岗")
    CONTRACT = "contract", _("合同制")
    SUBSTITUTE = "substitute", _("代课")


class Title(models.TextChoices):
    """Professional titles."""

    SENIOR_PROFESSOR = "professor", _("正高级教师")
    SENIOR = "senior", _("高级教师")
    FIRST = "first", _("一级教师")
    SECOND = "second", _("二级教师")
    THIRD = "third", _("三级教师")
    NONE = "none", _("未评")


class Post(models.TextChoices):
    """What a teacher does at the school."""

    PRINCIPAL = "principal", _("校长")
    VICE_PRINCIPAL = "vice_principal", _("副校长")
    TEACHER = "teacher", _("专任教师")
    STAFF = "staff", _("工勤管理")


class PostingKind(models.TextChoices):
    """Ways to serve away from the home post, which is kept."""

    EXCHANGE = "exchange", _("定期交流")
    SUPPORT = "support", _("支教")
    ITINERANT = "itinerant", _("走教")
    ATTACHED = "attached", _("挂职锻炼")
    SHADOWING = "shadowing", _("跟班学习")
    PAIRED = "paired", _("结对帮扶")
    STAND_IN = "stand_in", _("顶岗")


class TrainingLevel(models.TextChoices):
    """Who a training was arranged by."""

    NATIONAL = "national", _("国家级")
    PROVINCE = "province", _("省级")
    CITY = "city", _("市级")
    COUNTY = "county", _("县级")
    SCHOOL = "school", _("校本")


class TrainingForm(models.TextChoices):
    """How a training was held."""

    IN_PERSON = "in_person", _("集中面授")
    ONLINE = "online", _("网络研修")
    MIXED = "mixed", _("混合式")
    SHADOWING = "shadowing", _("跟岗研修")
