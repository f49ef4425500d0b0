"""Batches of imported rows, and the mappings that people taught."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from povedu.intake.choices import BatchState, RowChange
from povedu.terms import TermField


class ImportBatch(models.Model):
    """One file on its way into the registers.

    ``store_key`` names the sealed original. ``sheets`` holds what was understood of each sheet,
    ``summary`` the rows per problem code, ``preview`` what applying would do, ``applied`` what it
    did. ``target`` digests kind, file, school, term and date: applied once, it is recognised.
    A ``two_person`` batch is brought in by somebody other than its uploader. ``alarm`` holds the
    figures that stopped it for touching too much, until ``confirmed_by`` has answered for them.
    ``follows`` is the batch whose conflicts these rows were; ``undone`` counts what was taken back.
    """

    kind = models.CharField(_("类型"), max_length=30)
    file_name = models.CharField(_("文件名"), max_length=120)
    file_sha256 = models.CharField(_("文件哈希"), max_length=64)
    byte_count = models.PositiveBigIntegerField(_("字节数"))
    store_key = models.CharField(_("存储标识"), max_length=64)
    target = models.CharField(_("导入目标"), max_length=64)
    format = models.CharField(_("格式"), max_length=10, blank=True)
    encoding = models.CharField(_("编码"), max_length=20, blank=True)
    county_code = models.CharField(_("县"), max_length=6, blank=True)
    division_code = models.CharField(_("区划"), max_length=12, blank=True)
    school_code = models.CharField(_("学校代码"), max_length=20, blank=True)
    term = TermField(_("学期"), blank=True)
    as_of = models.DateField(_("数据日期"), null=True, blank=True)
    is_supplement = models.BooleanField(_("补充名单"), default=False)
    two_person = models.BooleanField(_("须由他人确认"), default=False)
    state = models.CharField(
        _("状态"), max_length=10, choices=BatchState.choices, default=BatchState.RECEIVED
    )
    error_code = models.CharField(_("错误代码"), max_length=40, blank=True)
    error_message = models.CharField(_("错误说明"), max_length=300, blank=True)
    sheets = models.JSONField(_("工作表"), default=list)
    skipped = models.JSONField(_("跳过的行"), default=list)
    summary = models.JSONField(_("问题统计"), default=dict)
    preview = models.JSONField(_("预计变更"), default=dict)
    applied = models.JSONField(_("实际变更"), default=dict)
    rows_count = models.PositiveIntegerField(_("数据行"), default=0)
    ready_count = models.PositiveIntegerField(_("可导入"), default=0)
    warned_count = models.PositiveIntegerField(_("需留意"), default=0)
    refused_count = models.PositiveIntegerField(_("退回"), default=0)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("上传人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    uploaded_at = models.DateTimeField(_("上传时间"))
    staged_at = models.DateTimeField(_("审核就绪时间"), null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("导入人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    applied_at = models.DateTimeField(_("导入时间"), null=True, blank=True)
    alarm = models.JSONField(_("大范围变更"), default=dict)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("大范围变更确认人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    confirm_reason = models.CharField(_("确认理由"), max_length=300, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("回退人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    undone_at = models.DateTimeField(_("回退时间"), null=True, blank=True)
    undone = models.JSONField(_("回退结果"), default=dict)
    follows = models.ForeignKey(
        "self",
        verbose_name=_("原批次"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="followers",
    )
    comment = models.CharField(_("退回意见"), max_length=300, blank=True)
    job_id = models.UUIDField(_("作业"), null=True, blank=True)

    class Meta:
        verbose_name = _("导入批次")
        verbose_name_plural = _("导入批次")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["kind", "file_sha256"], name="batch_same_file"),
            models.Index(fields=["state", "division_code"], name="batch_queue"),
            models.Index(fields=["school_code", "-uploaded_at"], name="batch_school"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["target"], condition=Q(state="applied"), name="batch_applied_once"
            ),
            models.CheckConstraint(
                condition=Q(rows_count=F("ready_count") + F("warned_count") + F("refused_count")),
                name="batch_rows_add_up",
            ),
            models.CheckConstraint(
                condition=~Q(state="applied") | Q(applied_at__isnull=False),
                name="batch_applied_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state="applied")
                | Q(two_person=False)
                | ~Q(applied_by=F("uploaded_by")),
                name="batch_two_people",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | ~Q(state="applied"),
                name="batch_undone_is_not_applied",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirm_reason=""),
                name="batch_confirmed_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def accepted_count(self) -> int:
        """Return the rows that applying takes: ready and warned."""
        return self.ready_count + self.warned_count


class ImportRow(models.Model):
    """One data row, staged: outcome and codes in the open, cells and values sealed.

    ``number`` is the Excel row. ``codes`` is space-separated with a space at both ends. ``block``
    is the position of the block that holds the row; a row mended since has a ``payload`` of its
    own that goes before it. ``before`` keeps, sealed, what applying replaced, for undoing.
    """

    batch = models.ForeignKey(
        ImportBatch,
        verbose_name=_("批次"),
        on_delete=models.CASCADE,
        related_name="rows",
        db_index=False,  # import_row_once begins with it
    )
    sheet = models.PositiveSmallIntegerField(_("工作表"))
    number = models.PositiveIntegerField(_("行号"))
    outcome = models.CharField(_("结果"), max_length=8)
    codes = models.CharField(_("问题"), max_length=300, blank=True)
    change = models.CharField(_("变更"), max_length=10, choices=RowChange.choices, blank=True)
    block = models.PositiveIntegerField(_("内容块"), default=0)
    payload = models.BinaryField(_("内容"), default=b"")
    target_id = models.BigIntegerField(_("目标"), null=True, blank=True)
    seen_version = models.PositiveIntegerField(_("核对时版本"), null=True, blank=True)
    before = models.BinaryField(_("原值"), default=b"")

    class Meta:
        verbose_name = _("导入行")
        verbose_name_plural = _("导入行")
        ordering = ["batch_id", "sheet", "number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "sheet", "number"], name="import_row_once")
        ]
        indexes = [
            models.Index(  # whoever asks for the ready ones asks for nearly all
                fields=["batch", "outcome"],
                condition=~Q(outcome="ready"),
                name="import_row_outcome",
            )
        ]

    def __str__(self) -> str:
        return str(self.number)


class ImportBlock(models.Model):
    """Cells, values and problems of some hundred staged rows of one sheet, sealed together."""

    batch = models.ForeignKey(
        ImportBatch,
        verbose_name=_("批次"),
        on_delete=models.CASCADE,
        related_name="blocks",
        db_index=False,  # import_block_once begins with it
    )
    position = models.PositiveIntegerField(_("次序"))
    content = models.BinaryField(_("内容"))

    class Meta:
        verbose_name = _("导入内容块")
        verbose_name_plural = _("导入内容块")
        ordering = ["batch_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="import_block_once")
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}-{self.position}"


class ImportWrite(models.Model):
    """What applying a batch wrote into one table: kept so that it can be taken back.

    ``created`` lists the keys entered as [first, last] pairs. ``images`` is sealed: by key, what
    changed as (old, new) and what was taken away. ``position`` is the order of the first write.
    """

    batch = models.ForeignKey(
        ImportBatch, verbose_name=_("批次"), on_delete=models.CASCADE, related_name="writes"
    )
    position = models.PositiveSmallIntegerField(_("次序"))
    model = models.CharField(_("表"), max_length=60)
    created = models.JSONField(_("新增的记录"), default=list)
    images = models.BinaryField(_("变更前后"), default=b"")

    class Meta:
        verbose_name = _("导入痕迹")
        verbose_name_plural = _("导入痕迹")
        ordering = ["batch_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="import_write_once")
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}-{self.position} {self.model}"


class MappingProfile(models.Model):
    """What one source means by a heading, as somebody there said; edited like any record.

    ``source`` is a school code or a division prefix; ``field`` is "" where the column means
    nothing to us.
    """

    kind = models.CharField(_("类型"), max_length=30)
    source = models.CharField(_("来源"), max_length=20)
    heading = models.CharField(_("表头"), max_length=120)
    field = models.CharField(_("字段"), max_length=40, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("设定人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    changed_at = models.DateTimeField(_("设定时间"))

    class Meta:
        verbose_name = _("表头对应")
        verbose_name_plural = _("表头对应")
        ordering = ["kind", "source", "heading"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "source", "heading"], name="mapping_once")
        ]

    def __str__(self) -> str:
        return f"{self.heading} → {self.field}"
