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
            name='SummaryTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('county_code', models.CharField(max_length=6, unique=True, verbose_name='县')),
                ('title', models.CharField(max_length=120, verbose_name='标题')),
                ('issuer', models.CharField(blank=True, max_length=60, verbose_name='发文机关标志')),
                ('number', models.CharField(blank=True, max_length=40, verbose_name='发文字号')),
                ('signer', models.CharField(blank=True, max_length=20, verbose_name='签发人')),
                ('recipients', models.CharField(blank=True, max_length=120, verbose_name='主送机关')),
                ('body', models.TextField(verbose_name='正文')),
                ('signature', models.CharField(blank=True, max_length=60, verbose_name='署名')),
                ('sealed', models.BooleanField(default=True, verbose_name='加盖印章')),
                ('note', models.CharField(blank=True, max_length=80, verbose_name='附注')),
                ('copies_to', models.CharField(blank=True, max_length=300, verbose_name='抄送')),
                ('printed_by', models.CharField(blank=True, max_length=60, verbose_name='印发机关')),
                ('word_template', models.BinaryField(blank=True, null=True, verbose_name='Word 模板')),
                ('updated_at', models.DateTimeField(verbose_name='修改时间')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
                ('updated_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='修改人')),
            ],
            options={
                'verbose_name': '总结模板',
                'verbose_name_plural': '总结模板',
                'ordering': ['county_code'],
            },
        ),
        migrations.CreateModel(
            name='SummaryEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('county_code', models.CharField(max_length=6, verbose_name='县')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('number', models.PositiveSmallIntegerField(verbose_name='版次')),
                ('state', models.CharField(choices=[('draft', '草稿'), ('issued', '已印发'), ('superseded', '已被新版代替')], default='draft', max_length=12, verbose_name='状态')),
                ('title', models.CharField(max_length=120, verbose_name='标题')),
                ('content', models.JSONField(verbose_name='数据')),
                ('paper', models.JSONField(verbose_name='文字')),
                ('sha256', models.CharField(max_length=64, verbose_name='校验值')),
                ('locks_period', models.BooleanField(default=False, verbose_name='锁定年度数据')),
                ('job_id', models.UUIDField(blank=True, null=True, verbose_name='作业')),
                ('made_at', models.DateTimeField(verbose_name='拟稿时间')),
                ('issued_at', models.DateTimeField(blank=True, null=True, verbose_name='印发时间')),
                ('issued_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='签发人')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='拟稿人')),
            ],
            options={
                'verbose_name': '年度总结',
                'verbose_name_plural': '年度总结',
                'ordering': ['-year', '-number'],
                'constraints': [models.UniqueConstraint(fields=('county_code', 'year', 'number'), name='edition_number_once'), models.UniqueConstraint(condition=models.Q(('state', 'issued')), fields=('county_code', 'year'), name='edition_issued_once'), models.CheckConstraint(condition=models.Q(('issued_by__isnull', True), models.Q(('issued_by', models.F('made_by')), _negated=True), _connector='OR'), name='edition_maker_not_checker'), models.CheckConstraint(condition=models.Q(('state', 'draft'), ('issued_by__isnull', False), _connector='OR'), name='edition_issued_by_somebody')],
            },
        ),
    ]
