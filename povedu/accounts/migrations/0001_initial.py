import datetime
import django.core.validators
import django.db.models.deletion
import povedu.terms
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='CountyCalendar',
            fields=[
                ('county_code', models.CharField(max_length=6, primary_key=True, serialize=False, verbose_name='县')),
                ('current_term', povedu.terms.TermField(verbose_name='当前学期')),
            ],
            options={
                'verbose_name': '县校历',
                'verbose_name_plural': '县校历',
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(max_length=60, unique=True, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9._-]*\\Z', '登录名只用小写字母、数字和 . _ -')], verbose_name='登录名')),
                ('name', models.CharField(max_length=60, verbose_name='姓名')),
                ('post', models.CharField(blank=True, max_length=60, verbose_name='职务')),
                ('language', models.CharField(blank=True, max_length=10, verbose_name='界面语言')),
                ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                ('is_staff', models.BooleanField(default=False, verbose_name='可进入后台')),
                ('must_change_password', models.BooleanField(default=False, verbose_name='下次登录须改密码')),
                ('password_changed_at', models.DateTimeField(blank=True, null=True, verbose_name='密码修改时间')),
                ('division_prefix', models.CharField(blank=True, help_text='建立此用户的机构的区划代码前几位。', max_length=12, verbose_name='所属区划')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': '用户',
                'verbose_name_plural': '用户',
                'ordering': ['username'],
            },
        ),
        migrations.CreateModel(
            name='Jurisdiction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('county_admin', '县级管理员'), ('office_staff', '股室经办'), ('approver', '审批人'), ('township_officer', '乡镇（中心学校）专干'), ('school_clerk', '学校资助专干'), ('leadership', '局领导'), ('auditor', '审计'), ('system_admin', '系统管理员'), ('security_admin', '安全管理员'), ('audit_admin', '审计管理员')], max_length=20, verbose_name='角色')),
                ('office', models.CharField(blank=True, choices=[('aid', '学生资助中心'), ('basic', '基教股'), ('projects', '项目办'), ('nutrition', '营养办'), ('personnel', '人事股'), ('finance', '计财股')], max_length=12, verbose_name='股室')),
                ('division_prefix', models.CharField(max_length=12, verbose_name='管辖区划')),
                ('school_code', models.CharField(blank=True, max_length=20, verbose_name='学校代码')),
                ('starts_on', models.DateField(default=datetime.date(2000, 1, 1), verbose_name='开始日期')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='结束日期')),
                ('on_behalf_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='代理人员')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='jurisdictions', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
            ],
            options={
                'verbose_name': '管辖范围',
                'verbose_name_plural': '管辖范围',
                'ordering': ['user_id', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('user', 'role', 'office', 'division_prefix', 'school_code', 'starts_on'), name='jurisdiction_once'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='jurisdiction_dates_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('role', 'school_clerk'), _negated=True), models.Q(('school_code', ''), _negated=True), _connector='OR'), name='jurisdiction_clerk_has_school'), models.CheckConstraint(condition=models.Q(('on_behalf_of__isnull', True), models.Q(models.Q(('on_behalf_of', models.F('user')), _negated=True), ('ends_on__isnull', False)), _connector='OR'), name='jurisdiction_acting_is_dated')],
            },
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('county_admin', '县级管理员'), ('office_staff', '股室经办'), ('approver', '审批人'), ('township_officer', '乡镇（中心学校）专干'), ('school_clerk', '学校资助专干'), ('leadership', '局领导'), ('auditor', '审计'), ('system_admin', '系统管理员'), ('security_admin', '安全管理员'), ('audit_admin', '审计管理员')], max_length=20, verbose_name='角色')),
                ('office', models.CharField(blank=True, choices=[('aid', '学生资助中心'), ('basic', '基教股'), ('projects', '项目办'), ('nutrition', '营养办'), ('personnel', '人事股'), ('finance', '计财股')], max_length=12, verbose_name='股室')),
                ('division_prefix', models.CharField(max_length=12, verbose_name='管辖区划')),
                ('school_code', models.CharField(blank=True, max_length=20, verbose_name='学校代码')),
                ('starts_on', models.DateField(verbose_name='开始日期')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='结束日期')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('state', models.CharField(choices=[('waiting', '待复核'), ('approved', '已同意'), ('refused', '已退回'), ('withdrawn', '已撤回')], default='waiting', max_length=10, verbose_name='状态')),
                ('requested_at', models.DateTimeField(verbose_name='申请时间')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='复核时间')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='复核人')),
                ('on_behalf_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='代理人员')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='申请人')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
                ('jurisdiction', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grant', to='accounts.jurisdiction', verbose_name='管辖范围')),
                ('takes_over', models.ForeignKey(blank=True, help_text='同意后，原任的这一管辖范围在开始日期终止。', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.jurisdiction', verbose_name='接替的管辖范围')),
            ],
            options={
                'verbose_name': '授权申请',
                'verbose_name_plural': '授权申请',
                'ordering': ['-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('requested_by', models.F('user')), _negated=True), name='grant_not_asked_for_oneself'), models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(models.Q(('decided_by', models.F('requested_by')), _negated=True), models.Q(('decided_by', models.F('user')), _negated=True)), _connector='OR'), name='grant_decided_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('decided_by__isnull', True), ('state', 'waiting')), ('state', 'withdrawn'), models.Q(('state__in', ['approved', 'refused']), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='grant_decision_is_signed'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gt', models.F('starts_on')), _connector='OR'), name='grant_dates_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('role', 'school_clerk'), _negated=True), models.Q(('school_code', ''), _negated=True), _connector='OR'), name='grant_clerk_has_school'), models.CheckConstraint(condition=models.Q(('on_behalf_of__isnull', True), models.Q(models.Q(('on_behalf_of', models.F('user')), _negated=True), ('ends_on__isnull', False)), _connector='OR'), name='grant_acting_is_dated'), models.CheckConstraint(condition=models.Q(('jurisdiction__isnull', True), ('state', 'approved'), _connector='OR'), name='grant_gives_only_when_approved'), models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('user', 'role', 'office', 'division_prefix', 'school_code'), name='grant_waits_once')],
            },
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='用途')),
                ('digest', models.CharField(max_length=64, unique=True, verbose_name='摘要')),
                ('created_at', models.DateTimeField(verbose_name='建立时间')),
                ('expires_at', models.DateTimeField(verbose_name='失效时间')),
                ('last_used_on', models.DateField(blank=True, null=True, verbose_name='最近使用')),
                ('jurisdiction', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_tokens', to='accounts.jurisdiction', verbose_name='管辖范围')),
            ],
            options={
                'verbose_name': '接口令牌',
                'verbose_name_plural': '接口令牌',
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='SignIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session_key', models.CharField(max_length=40, unique=True, verbose_name='会话')),
                ('ip', models.CharField(blank=True, max_length=45, verbose_name='来源地址')),
                ('agent', models.CharField(blank=True, max_length=200, verbose_name='浏览器')),
                ('started_at', models.DateTimeField(verbose_name='登录时间')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_ins', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
            ],
            options={
                'verbose_name': '登录会话',
                'verbose_name_plural': '登录会话',
                'ordering': ['-started_at'],
                'indexes': [models.Index(fields=['user', 'ip'], name='sign_in_known_address')],
            },
        ),
    ]
