import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='WorkerSign',
            fields=[
                ('name', models.CharField(max_length=60, primary_key=True, serialize=False, verbose_name='部件')),
                ('seen_at', models.DateTimeField(verbose_name='最近活动')),
            ],
            options={
                'verbose_name': '运行标记',
                'verbose_name_plural': '运行标记',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=60, verbose_name='作业类型')),
                ('params', models.JSONField(default=dict, verbose_name='参数')),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='输入摘要')),
                ('schedule_key', models.CharField(blank=True, max_length=120, null=True, unique=True, verbose_name='定时标识')),
                ('owner_name', models.CharField(max_length=60, verbose_name='发起人姓名')),
                ('by_operator', models.BooleanField(default=False, verbose_name='系统发起')),
                ('language', models.CharField(max_length=10, verbose_name='界面语言')),
                ('division_code', models.CharField(blank=True, max_length=12, verbose_name='区划')),
                ('school_code', models.CharField(blank=True, max_length=20, verbose_name='学校代码')),
                ('state', models.CharField(choices=[('queued', '排队中'), ('running', '进行中'), ('done', '已完成'), ('failed', '失败'), ('cancelled', '已取消')], default='queued', max_length=12, verbose_name='状态')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='尝试次数')),
                ('not_before', models.DateTimeField(verbose_name='最早开始时间')),
                ('woken_at', models.DateTimeField(verbose_name='最近唤醒时间')),
                ('wakes', models.PositiveSmallIntegerField(default=1, verbose_name='唤醒次数')),
                ('lease_token', models.UUIDField(blank=True, null=True, verbose_name='租约')),
                ('lease_until', models.DateTimeField(blank=True, null=True, verbose_name='租约到期')),
                ('worker', models.CharField(blank=True, max_length=120, verbose_name='执行进程')),
                ('cancel_requested', models.BooleanField(default=False, verbose_name='已要求取消')),
                ('progress_done', models.PositiveIntegerField(default=0, verbose_name='已处理')),
                ('progress_total', models.PositiveIntegerField(default=0, verbose_name='总数')),
                ('progress_message', models.CharField(blank=True, max_length=200, verbose_name='进展')),
                ('result', models.JSONField(default=dict, verbose_name='结果')),
                ('error_code', models.CharField(blank=True, max_length=60, verbose_name='错误代码')),
                ('error_message', models.CharField(blank=True, max_length=500, verbose_name='错误说明')),
                ('created_at', models.DateTimeField(verbose_name='提交时间')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='开始时间')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                ('jurisdiction', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.jurisdiction', verbose_name='管辖范围')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to=settings.AUTH_USER_MODEL, verbose_name='发起人')),
            ],
            options={
                'verbose_name': '作业',
                'verbose_name_plural': '作业',
                'ordering': ['-created_at', 'pk'],
                'indexes': [models.Index(fields=['state', 'not_before'], name='job_state_not_before'), models.Index(fields=['owner', '-created_at'], name='job_owner_created'), models.Index(fields=['kind', '-created_at'], name='job_kind_created')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('queued', 'running')), models.Q(('digest', ''), _negated=True)), fields=('kind', 'digest'), name='job_input_live_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), models.Q(('lease_token__isnull', False), ('lease_until__isnull', False), ('started_at__isnull', False)), _connector='OR'), name='job_running_has_lease'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('done', 'failed', 'cancelled')), _negated=True), models.Q(('finished_at__isnull', False), ('lease_token', None)), _connector='OR'), name='job_ended_is_dated'), models.CheckConstraint(condition=models.Q(('by_operator', False), ('jurisdiction', None), _connector='OR'), name='job_operator_without_jurisdiction'), models.CheckConstraint(condition=models.Q(('progress_total', 0), ('progress_done__lte', models.F('progress_total')), _connector='OR'), name='job_progress_within_total')],
            },
        ),
        migrations.CreateModel(
            name='JobFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('filename', models.CharField(max_length=120, verbose_name='文件名')),
                ('store_key', models.CharField(max_length=64, unique=True, verbose_name='存储标识')),
                ('sha256', models.CharField(max_length=64, verbose_name='文件哈希')),
                ('byte_count', models.PositiveBigIntegerField(verbose_name='字节数')),
                ('row_count', models.PositiveIntegerField(default=0, verbose_name='行数')),
                ('made_at', models.DateTimeField(verbose_name='生成时间')),
                ('expires_at', models.DateTimeField(verbose_name='失效时间')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='jobs.job', verbose_name='作业')),
            ],
            options={
                'verbose_name': '作业文件',
                'verbose_name_plural': '作业文件',
                'ordering': ['job_id', 'filename'],
                'constraints': [models.UniqueConstraint(fields=('job', 'filename'), name='job_file_once'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('made_at'))), name='job_file_expires_later')],
            },
        ),
    ]
