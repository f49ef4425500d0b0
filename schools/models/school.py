"""Schools, the other names people type for them, and what happened to them."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.terms import TermField
from schools.choices import Ownership, SchoolEventKind, SchoolKind, Setting, Stage
from schools.models.division import Division
from schools.rules.stages import stages_of


class School(models.Model):
    """A school, teaching point or kindergarten of the register; never deleted, only closed."""

    code = models.CharField(_("学校标识码"), max_length=20, unique=True)
    name = models.CharField(_("学校名称"), max_length=80)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    initials = models.CharField(_("拼音首字母"), max_length=80, blank=True)
    kind = models.CharField(_("办学类型"), max_length=16, choices=SchoolKind.choices)
    ownership = models.CharField(
        _("举办者"), max_length=8, choices=Ownership.choices, default=Ownership.PUBLIC
    )
    setting = models.CharField(
        _("城乡类型"), max_length=8, choices=Setting.choices, default=Setting.RURAL
    )
    division = models.ForeignKey(
        Division, verbose_name=_("所在区划"), on_delete=models.PROTECT, related_name="schools"
    )
    central_school = models.ForeignKey(
        "self",
        verbose_name=_("中心学校"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="subordinate_schools",
    )
    has_boarding = models.BooleanField(_("有寄宿生"), default=False)
    has_canteen = models.BooleanField(_("有食堂"), default=False)
    has_meals = models.BooleanField(_("实施营养改善计划"), default=False)
    principal_name = models.CharField(_("校长"), max_length=30, blank=True)
    opened_on = models.DateField(_("设立日期"), null=True, blank=True)
    closed_on = models.DateField(_("停办日期"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("并入学校"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_schools",
    )
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    class Meta:
        verbose_name = _("学校")
        verbose_name_plural = _("学校")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True)
                | Q(opened_on__isnull=True)
                | Q(closed_on__gt=F("opened_on")),
                name="school_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="school_not_merged_into_itself",
            ),
        ]
        indexes = [
            models.Index(fields=["division", "kind"], name="school_division_kind"),
            models.Index(fields=["name"], name="school_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("schools:school-detail", args=[self.code])

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Return the stages taught, by kind of school."""
        return stages_of(self.kind)


class SchoolAlias(models.Model):
    """Another name that clerks type for a school; one name means one school in a county."""

    school = models.ForeignKey(
        School, verbose_name=_("学校"), on_delete=models.CASCADE, related_name="aliases"
    )
    county_code = models.CharField(_("县"), max_length=6)
    name = models.CharField(_("别名"), max_length=80)

    class Meta:
        verbose_name = _("学校别名")
        verbose_name_plural = _("学校别名")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["county_code", "name"], name="school_alias_once")
        ]

    def __str__(self) -> str:
        return self.name


class SchoolEvent(models.Model):
    """Opening, renaming, merging, closing or move of a school, so that history keeps its names."""

    school = models.ForeignKey(
        School, verbose_name=_("学校"), on_delete=models.PROTECT, related_name="events"
    )
    kind = models.CharField(_("事件"), max_length=10, choices=SchoolEventKind.choices)
    happened_on = models.DateField(_("日期"))
    old_value = models.CharField(_("原"), max_length=80, blank=True)
    new_value = models.CharField(_("新"), max_length=80, blank=True)
    document = models.CharField(_("文号"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("学校变更")
        verbose_name_plural = _("学校变更")
        ordering = ["-happened_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.school} {self.get_kind_display()}"


class PupilCount(models.Model):
    """Pupils of a school in a term by stage and boarding, written from the rosters."""

    school = models.ForeignKey(
        School, verbose_name=_("学校"), on_delete=models.CASCADE, related_name="pupil_counts"
    )
    term = TermField(_("学期"))
    stage = models.CharField(_("学段"), max_length=20, choices=Stage.choices)
    is_boarder = models.BooleanField(_("寄宿"))
    pupils_count = models.PositiveIntegerField(_("学生数"))

    class Meta:
        verbose_name = _("在校生数")
        verbose_name_plural = _("在校生数")
        ordering = ["school_id", "-term", "stage"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "term", "stage", "is_boarder"], name="pupil_count_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.school} {self.term} {self.get_stage_display()} {self.pupils_count}"
