import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_entry', models.BigIntegerField(verbose_name='首条')),
                ('last_entry', models.BigIntegerField(verbose_name='末条')),
                ('entry_count', models.PositiveIntegerField(verbose_name='条数')),
                ('marks', models.BinaryField(default=b'', verbose_name='逐条标记')),
                ('sealed_at', models.DateTimeField(verbose_name='封存时间')),
                ('previous_hash', models.CharField(max_length=64, unique=True, verbose_name='前一哈希')),
                ('hash', models.CharField(max_length=64, verbose_name='哈希')),
            ],
            options={
                'verbose_name': '日志封条',
                'verbose_name_plural': '日志封条',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('actor_name', models.CharField(max_length=60, verbose_name='操作人姓名')),
                ('role', models.CharField(max_length=20, verbose_name='角色')),
                ('ip', models.CharField(blank=True, max_length=45, verbose_name='来源地址')),
                ('verb', models.CharField(max_length=60, verbose_name='操作')),
                ('subject_type', models.CharField(blank=True, max_length=60, verbose_name='对象类型')),
                ('subject_id', models.CharField(blank=True, max_length=40, verbose_name='对象编号')),
                ('subject_label', models.CharField(blank=True, max_length=120, verbose_name='对象')),
                ('division_code', models.CharField(blank=True, max_length=12, verbose_name='区划')),
                ('school_code', models.CharField(blank=True, max_length=20, verbose_name='学校代码')),
                ('changes', models.JSONField(default=dict, verbose_name='变更')),
                ('sealed', models.BinaryField(default=b'', verbose_name='加密内容')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='理由')),
                ('count', models.PositiveIntegerField(default=1, verbose_name='条数')),
                ('job_id', models.UUIDField(null=True, verbose_name='作业')),
                ('actor', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='操作人')),
            ],
            options={
                'verbose_name': '操作日志',
                'verbose_name_plural': '操作日志',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['subject_type', 'subject_id'], name='audit_subject'), models.Index(fields=['verb', 'at'], name='audit_verb_at'), models.Index(fields=['actor', 'at'], name='audit_actor_at')],
            },
        ),
    ]
