"""Words of places and building."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DivisionLevel(models.TextChoices):
    """Levels of the national division code."""

    PROVINCE = "province", _("省")
    CITY = "city", _("市")
    COUNTY = "county", _("县")
    TOWNSHIP = "township", _("乡镇")
    VILLAGE = "village", _("村")


class Stage(models.TextChoices):
    """Stages of schooling, in order."""

    PRESCHOOL = "preschool", _("学前")
    PRIMARY = "primary", _("小学")
    JUNIOR = "junior", _("初中")
    SENIOR = "senior", _("普高")
    VOCATIONAL = "vocational", _("中职")
    HIGHER_VOCATIONAL = "higher_vocational", _("高职")
    UNDERGRADUATE = "undergraduate", _("本科")
    POSTGRADUATE = "postgraduate", _("研究生")
    SPECIAL = "special", _("特殊教育")


class SchoolKind(models.TextChoices):
    """Kinds of school in the national register."""

    KINDERGARTEN = "kindergarten", _("幼儿园")
    TEACHING_POINT = "teaching_point", _("教学点")
    PRIMARY = "primary", _("小学")
    NINE_YEAR = "nine_year", _("九年一贯制学校")
    JUNIOR = "junior", _("初级中学")
    COMPLETE = "complete", _("完全中学")
    SENIOR = "senior", _("高级中学")
    VOCATIONAL = "vocational", _("中等职业学校")
    SPECIAL = "special", _("特殊教育学校")
    OUTSIDE = "outside", _("县外学校")


class Ownership(models.TextChoices):
    """Who runs a school."""

    PUBLIC = "public", _("公办")
    PRIVATE = "private", _("民办")


class Setting(models.TextChoices):
    """Town or country."""

    URBAN = "urban", _("城区")
    TOWN = "town", _("镇区")
    RURAL = "rural", _("乡村")


class SchoolEventKind(models.TextChoices):
    """What can happen to a school."""

    OPENED = "opened", _("设立")
    RENAMED = "renamed", _("更名")
    MERGED = "merged", _("撤并")
    CLOSED = "closed", _("停办")
    MOVED = "moved", _("区划调整")


class ProjectCategory(models.TextChoices):
    """Kinds of construction and equipment work."""

    BUILDING = "building", _("校舍")
    EQUIPMENT = "equipment", _("设备")
    KINDERGARTEN = "kindergarten", _("幼儿园改扩建")
    REPAIR = "repair", _("校舍维修改造")
    ICT = "ict", _("教育信息化")
    NEW_SCHOOL = "new_school", _("新建学校")
    TEACHER_HOUSING = "teacher_housing", _("教师周转房")
    CARE_CENTRE = "care_centre", _("留守儿童关爱中心")


class ProjectState(models.TextChoices):
    """Life of a project, in order; cancelled stands apart."""

    PLANNED = "planned", _("计划")
    TENDERING = "tendering", _("正在招标")
    UNDER_WAY = "under_way", _("正在施工")
    MAIN_STRUCTURE = "main_structure", _("主体完工")
    COMPLETE = "complete", _("已完工")
    IN_USE = "in_use", _("已投入使用")
    CANCELLED = "cancelled", _("已取消")


class DangerGrade(models.TextChoices):
    """Grades of dangerous buildings."""

    B = "B", _("B级")
    C = "C", _("C级")
    D = "D", _("D级")


class MealMode(models.TextChoices):
    """How meals reach pupils."""

    CANTEEN = "canteen", _("食堂供餐")
    PURCHASED = "purchased", _("向企业（单位）购买")
    HOUSEHOLD = "household", _("家庭（个人）托餐")


class MealOffer(models.TextChoices):
    """What is served under the nutrition programme."""

    LUNCH = "lunch", _("午餐")
    MILK_AND_EGG = "milk_egg", _("蛋奶")
    OTHER = "other", _("其他")
