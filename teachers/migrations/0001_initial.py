import django.db.models.deletion
import povedu.protected
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('schools', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Teacher',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='教师编号')),
                ('name', models.CharField(max_length=40, verbose_name='姓名')),
                ('initials', models.CharField(blank=True, max_length=40, verbose_name='拼音首字母')),
                ('sex', models.CharField(choices=[('M', '男'), ('F', '女')], max_length=1, verbose_name='性别')),
                ('birth_on', models.DateField(blank=True, null=True, verbose_name='出生日期')),
                ('id_number', povedu.protected.ProtectedField(blank=True, default=b'', editable=True, verbose_name='身份证号')),
                ('id_index', models.CharField(blank=True, editable=False, max_length=32, verbose_name='身份证索引')),
                ('phone', povedu.protected.ProtectedField(blank=True, default=b'', editable=True, verbose_name='电话')),
                ('post', models.CharField(choices=[('principal', '校长'), ('vice_principal', '副校长'), ('teacher', '专任教师'), ('staff', '工勤管理')], default='teacher', max_length=16, verbose_name='岗位')),
                ('stage', models.CharField(blank=True, choices=[('preschool', '学前'), ('primary', '小学'), ('junior', '初中'), ('senior', '普高'), ('vocational', '中职'), ('higher_vocational', '高职'), ('undergraduate', '本科'), ('postgraduate', '研究生'), ('special', '特殊教育')], max_length=20, verbose_name='任教学段')),
                ('subject', models.CharField(blank=True, max_length=20, verbose_name='任教学科')),
                ('title', models.CharField(choices=[('professor', '正高级教师'), ('senior', '高级教师'), ('first', '一级教师'), ('second', '二级教师'), ('third', '三级教师'), ('none', '未评')], default='none', max_length=10, verbose_name='职称')),
                ('employment_kind', models.CharField(choices=[('permanent', '在编'), ('special_post', '特岗'), ('contract', '合同制'), ('substitute', '代课')], default='permanent', max_length=16, verbose_name='用工性质')),
                ('education', models.CharField(blank=True, max_length=20, verbose_name='学历')),
                ('hired_on', models.DateField(blank=True, null=True, verbose_name='参加工作日期')),
                ('school_since_on', models.DateField(blank=True, null=True, verbose_name='到校日期')),
                ('left_on', models.DateField(blank=True, null=True, verbose_name='离开日期')),
                ('leave_reason', models.CharField(blank=True, max_length=40, verbose_name='离开原因')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='teachers', to='schools.school', verbose_name='学校')),
            ],
            options={
                'verbose_name': '教师',
                'verbose_name_plural': '教师',
                'ordering': ['school_id', 'number'],
                'indexes': [models.Index(fields=['initials'], name='teacher_initials'), models.Index(fields=['name'], name='teacher_name')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('id_index', ''), _negated=True), fields=('id_index',), name='teacher_id_once'), models.CheckConstraint(condition=models.Q(('left_on__isnull', True), ('hired_on__isnull', True), ('left_on__gte', models.F('hired_on')), _connector='OR'), name='teacher_dates_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Posting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('exchange', '定期交流'), ('support', '支教'), ('itinerant', '走教'), ('attached', '挂职锻炼'), ('shadowing', '跟班学习'), ('paired', '结对帮扶'), ('stand_in', '顶岗')], max_length=12, verbose_name='方式')),
                ('post', models.CharField(choices=[('principal', '校长'), ('vice_principal', '副校长'), ('teacher', '专任教师'), ('staff', '工勤管理')], default='teacher', max_length=16, verbose_name='岗位')),
                ('subject', models.CharField(blank=True, max_length=20, verbose_name='学科')),
                ('is_full_time', models.BooleanField(default=True, verbose_name='全职')),
                ('starts_on', models.DateField(verbose_name='开始日期')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='结束日期')),
                ('document', models.CharField(blank=True, max_length=80, verbose_name='文号')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
                ('home_school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postings_away', to='schools.school', verbose_name='原学校')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='schools.school', verbose_name='任职学校')),
                ('teacher', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='teachers.teacher', verbose_name='教师')),
            ],
            options={
                'verbose_name': '任职',
                'verbose_name_plural': '任职',
                'ordering': ['-starts_on', '-pk'],
                'indexes': [models.Index(fields=['school', 'starts_on'], name='posting_school')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gt', models.F('starts_on')), _connector='OR'), name='posting_dates_in_order'), models.CheckConstraint(condition=models.Q(('school', models.F('home_school')), _negated=True), name='posting_away_from_home')],
            },
        ),
    ]
