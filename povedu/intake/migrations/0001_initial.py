import django.db.models.deletion
import django.db.models.expressions
import povedu.terms
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=30, verbose_name='类型')),
                ('file_name', models.CharField(max_length=120, verbose_name='文件名')),
                ('file_sha256', models.CharField(max_length=64, verbose_name='文件哈希')),
                ('byte_count', models.PositiveBigIntegerField(verbose_name='字节数')),
                ('store_key', models.CharField(max_length=64, verbose_name='存储标识')),
                ('target', models.CharField(max_length=64, verbose_name='导入目标')),
                ('format', models.CharField(blank=True, max_length=10, verbose_name='格式')),
                ('encoding', models.CharField(blank=True, max_length=20, verbose_name='编码')),
                ('county_code', models.CharField(blank=True, max_length=6, verbose_name='县')),
                ('division_code', models.CharField(blank=True, max_length=12, verbose_name='区划')),
                ('school_code', models.CharField(blank=True, max_length=20, verbose_name='学校代码')),
                ('term', povedu.terms.TermField(blank=True, verbose_name='学期')),
                ('as_of', models.DateField(blank=True, null=True, verbose_name='数据日期')),
                ('is_supplement', models.BooleanField(default=False, verbose_name='补充名单')),
                ('state', models.CharField(choices=[('received', '读取中'), ('staged', '待审核'), ('returned', '已退回'), ('applying', '导入中'), ('applied', '已导入'), ('failed', '未能读取'), ('withdrawn', '已撤销')], default='received', max_length=10, verbose_name='状态')),
                ('error_code', models.CharField(blank=True, max_length=40, verbose_name='错误代码')),
                ('error_message', models.CharField(blank=True, max_length=300, verbose_name='错误说明')),
                ('sheets', models.JSONField(default=list, verbose_name='工作表')),
                ('skipped', models.JSONField(default=list, verbose_name='跳过的行')),
                ('summary', models.JSONField(default=dict, verbose_name='问题统计')),
                ('preview', models.JSONField(default=dict, verbose_name='预计变更')),
                ('applied', models.JSONField(default=dict, verbose_name='实际变更')),
                ('rows_count', models.PositiveIntegerField(default=0, verbose_name='数据行')),
                ('ready_count', models.PositiveIntegerField(default=0, verbose_name='可导入')),
                ('warned_count', models.PositiveIntegerField(default=0, verbose_name='需留意')),
                ('refused_count', models.PositiveIntegerField(default=0, verbose_name='退回')),
                ('uploaded_at', models.DateTimeField(verbose_name='上传时间')),
                ('staged_at', models.DateTimeField(blank=True, null=True, verbose_name='审核就绪时间')),
                ('applied_at', models.DateTimeField(blank=True, null=True, verbose_name='导入时间')),
                ('comment', models.CharField(blank=True, max_length=300, verbose_name='退回意见')),
                ('job_id', models.UUIDField(blank=True, null=True, verbose_name='作业')),
                ('applied_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='导入人')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
            ],
            options={
                'verbose_name': '导入批次',
                'verbose_name_plural': '导入批次',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['kind', 'file_sha256'], name='batch_same_file'), models.Index(fields=['state', 'division_code'], name='batch_queue'), models.Index(fields=['school_code', '-uploaded_at'], name='batch_school')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'applied')), fields=('target',), name='batch_applied_once'), models.CheckConstraint(condition=models.Q(('rows_count', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('ready_count'), '+', models.F('warned_count')), '+', models.F('refused_count')))), name='batch_rows_add_up'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'applied'), _negated=True), ('applied_at__isnull', False), _connector='OR'), name='batch_applied_is_dated')],
            },
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sheet', models.PositiveSmallIntegerField(verbose_name='工作表')),
                ('number', models.PositiveIntegerField(verbose_name='行号')),
                ('outcome', models.CharField(max_length=8, verbose_name='结果')),
                ('codes', models.CharField(blank=True, max_length=300, verbose_name='问题')),
                ('change', models.CharField(blank=True, choices=[('new', '新增'), ('changed', '更新'), ('unchanged', '无变化'), ('conflict', '冲突')], max_length=10, verbose_name='变更')),
                ('payload', models.BinaryField(verbose_name='内容')),
                ('target_id', models.BigIntegerField(blank=True, null=True, verbose_name='目标')),
                ('seen_version', models.PositiveIntegerField(blank=True, null=True, verbose_name='核对时版本')),
                ('before', models.BinaryField(default=b'', verbose_name='原值')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='intake.importbatch', verbose_name='批次')),
            ],
            options={
                'verbose_name': '导入行',
                'verbose_name_plural': '导入行',
                'ordering': ['batch_id', 'sheet', 'number'],
                'indexes': [models.Index(fields=['batch', 'outcome'], name='import_row_outcome')],
                'constraints': [models.UniqueConstraint(fields=('batch', 'sheet', 'number'), name='import_row_once')],
            },
        ),
        migrations.CreateModel(
            name='MappingProfile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=30, verbose_name='类型')),
                ('source', models.CharField(max_length=20, verbose_name='来源')),
                ('heading', models.CharField(max_length=120, verbose_name='表头')),
                ('field', models.CharField(blank=True, max_length=40, verbose_name='字段')),
                ('changed_at', models.DateTimeField(verbose_name='设定时间')),
                ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='设定人')),
            ],
            options={
                'verbose_name': '表头对应',
                'verbose_name_plural': '表头对应',
                'ordering': ['kind', 'source', 'heading'],
                'constraints': [models.UniqueConstraint(fields=('kind', 'source', 'heading'), name='mapping_once')],
            },
        ),
    ]
