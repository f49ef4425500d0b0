import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import povedu.money
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
            name='Division',
            fields=[
                ('code', models.CharField(max_length=12, primary_key=True, serialize=False, validators=[django.core.validators.RegexValidator('^\\d{12}$', '区划代码应为 12 位数字。')], verbose_name='区划代码')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('level', models.CharField(choices=[('province', '省'), ('city', '市'), ('county', '县'), ('township', '乡镇'), ('village', '村')], max_length=10, verbose_name='级别')),
                ('is_poor_village', models.BooleanField(default=False, verbose_name='贫困村')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='撤销日期')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='schools.division', verbose_name='上级区划')),
            ],
            options={
                'verbose_name': '行政区划',
                'verbose_name_plural': '行政区划',
                'ordering': ['code'],
                'indexes': [models.Index(fields=['level', 'code'], name='division_level')],
            },
        ),
        migrations.CreateModel(
            name='Project',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=40, verbose_name='项目编号')),
                ('name', models.CharField(max_length=120, verbose_name='项目名称')),
                ('category', models.CharField(choices=[('building', '校舍'), ('equipment', '设备'), ('kindergarten', '幼儿园改扩建'), ('repair', '校舍维修改造'), ('ict', '教育信息化'), ('new_school', '新建学校'), ('teacher_housing', '教师周转房'), ('care_centre', '留守儿童关爱中心')], max_length=16, verbose_name='类别')),
                ('state', models.CharField(choices=[('planned', '计划'), ('tendering', '正在招标'), ('under_way', '正在施工'), ('main_structure', '主体完工'), ('complete', '已完工'), ('in_use', '已投入使用'), ('cancelled', '已取消')], default='planned', max_length=16, verbose_name='进度')),
                ('area', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='建筑面积（平方米）')),
                ('danger_grade', models.CharField(blank=True, choices=[('B', 'B级'), ('C', 'C级'), ('D', 'D级')], max_length=1, verbose_name='危房等级')),
                ('contractor', models.CharField(blank=True, max_length=80, verbose_name='承建（供货）单位')),
                ('planned_start_on', models.DateField(blank=True, null=True, verbose_name='计划开工')),
                ('planned_completion_on', models.DateField(blank=True, null=True, verbose_name='计划完工')),
                ('started_on', models.DateField(blank=True, null=True, verbose_name='开工日期')),
                ('completed_on', models.DateField(blank=True, null=True, verbose_name='完工日期')),
                ('in_use_on', models.DateField(blank=True, null=True, verbose_name='投用日期')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='备注')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
                ('division', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='schools.division', verbose_name='所在区划')),
            ],
            options={
                'verbose_name': '建设项目',
                'verbose_name_plural': '建设项目',
                'ordering': ['batch_id', 'number'],
            },
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='节点')),
                ('due_on', models.DateField(verbose_name='应完成')),
                ('done_on', models.DateField(blank=True, null=True, verbose_name='实际完成')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='milestones', to='schools.project', verbose_name='项目')),
            ],
            options={
                'verbose_name': '项目节点',
                'verbose_name_plural': '项目节点',
                'ordering': ['due_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='EquipmentItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='品名')),
                ('model_no', models.CharField(blank=True, max_length=60, verbose_name='规格型号')),
                ('quantity', models.PositiveIntegerField(verbose_name='数量')),
                ('unit', models.CharField(default='台', max_length=8, verbose_name='单位')),
                ('unit_price', povedu.money.MoneyField(blank=True, null=True, verbose_name='单价（元）')),
                ('part_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='schools.equipmentitem', verbose_name='其中（所属品目）')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='schools.project', verbose_name='项目')),
            ],
            options={
                'verbose_name': '设备明细',
                'verbose_name_plural': '设备明细',
                'ordering': ['project_id', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('project', 'name', 'model_no'), name='equipment_item_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='equipment_quantity_positive'), models.CheckConstraint(condition=models.Q(('part_of__isnull', True), models.Q(('part_of', models.F('id')), _negated=True), _connector='OR'), name='equipment_not_part_of_itself'), models.CheckConstraint(condition=models.Q(('unit_price__isnull', True), ('unit_price__gt', 0), _connector='OR'), name='equipment_price_positive')],
            },
        ),
        migrations.CreateModel(
            name='ProjectBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, verbose_name='批次代码')),
                ('name', models.CharField(max_length=80, verbose_name='批次名称')),
                ('category', models.CharField(choices=[('building', '校舍'), ('equipment', '设备'), ('kindergarten', '幼儿园改扩建'), ('repair', '校舍维修改造'), ('ict', '教育信息化'), ('new_school', '新建学校'), ('teacher_housing', '教师周转房'), ('care_centre', '留守儿童关爱中心')], max_length=16, verbose_name='类别')),
                ('year', models.PositiveSmallIntegerField(verbose_name='计划年度')),
                ('document', models.CharField(blank=True, max_length=80, verbose_name='文号')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
                ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='schools.division', verbose_name='县')),
            ],
            options={
                'verbose_name': '项目批次',
                'verbose_name_plural': '项目批次',
                'ordering': ['-year', 'code'],
                'constraints': [models.UniqueConstraint(fields=('county', 'code'), name='project_batch_once')],
            },
        ),
        migrations.AddField(
            model_name='project',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='projects', to='schools.projectbatch', verbose_name='批次'),
        ),
        migrations.CreateModel(
            name='ProjectFunding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('central', '中央'), ('province', '省级'), ('city', '市级'), ('county', '县级'), ('eastern', '东部协作'), ('social', '社会')], max_length=10, verbose_name='资金来源')),
                ('amount', povedu.money.MoneyField(verbose_name='金额（元）')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='funding', to='schools.project', verbose_name='项目')),
            ],
            options={
                'verbose_name': '项目资金',
                'verbose_name_plural': '项目资金',
                'ordering': ['project_id', 'source'],
                'constraints': [models.UniqueConstraint(fields=('project', 'source'), name='project_funding_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='project_funding_positive')],
            },
        ),
        migrations.CreateModel(
            name='ProjectPayment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('paid_on', models.DateField(verbose_name='支付日期')),
                ('source', models.CharField(choices=[('central', '中央'), ('province', '省级'), ('city', '市级'), ('county', '县级'), ('eastern', '东部协作'), ('social', '社会')], max_length=10, verbose_name='资金来源')),
                ('amount', povedu.money.MoneyField(verbose_name='金额（元）')),
                ('voucher_no', models.CharField(blank=True, max_length=40, verbose_name='凭证号')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='备注')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='schools.project', verbose_name='项目')),
            ],
            options={
                'verbose_name': '项目支付',
                'verbose_name_plural': '项目支付',
                'ordering': ['-paid_on', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='project_payment_positive')],
            },
        ),
        migrations.CreateModel(
            name='ProjectPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('taken_on', models.DateField(verbose_name='拍摄日期')),
                ('caption', models.CharField(blank=True, max_length=80, verbose_name='说明')),
                ('stored_name', models.CharField(max_length=64, unique=True, verbose_name='存储名')),
                ('content_type', models.CharField(max_length=20, verbose_name='类型')),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='schools.project', verbose_name='项目')),
            ],
            options={
                'verbose_name': '项目照片',
                'verbose_name_plural': '项目照片',
                'ordering': ['-taken_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ProjectStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('planned', '计划'), ('tendering', '正在招标'), ('under_way', '正在施工'), ('main_structure', '主体完工'), ('complete', '已完工'), ('in_use', '已投入使用'), ('cancelled', '已取消')], max_length=16, verbose_name='进度')),
                ('happened_on', models.DateField(verbose_name='日期')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('recorded_at', models.DateTimeField(verbose_name='登记时间')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='schools.project', verbose_name='项目')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
            ],
            options={
                'verbose_name': '项目进度记录',
                'verbose_name_plural': '项目进度记录',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='School',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='学校标识码')),
                ('name', models.CharField(max_length=80, verbose_name='学校名称')),
                ('short_name', models.CharField(blank=True, max_length=40, verbose_name='简称')),
                ('initials', models.CharField(blank=True, max_length=80, verbose_name='拼音首字母')),
                ('kind', models.CharField(choices=[('kindergarten', '幼儿园'), ('teaching_point', '教学点'), ('primary', '小学'), ('nine_year', '九年一贯制学校'), ('junior', '初级中学'), ('complete', '完全中学'), ('senior', '高级中学'), ('vocational', '中等职业学校'), ('special', '特殊教育学校'), ('outside', '县外学校')], max_length=16, verbose_name='办学类型')),
                ('ownership', models.CharField(choices=[('public', '公办'), ('private', '民办')], default='public', max_length=8, verbose_name='举办者')),
                ('setting', models.CharField(choices=[('urban', '城区'), ('town', '镇区'), ('rural', '乡村')], default='rural', max_length=8, verbose_name='城乡类型')),
                ('has_boarding', models.BooleanField(default=False, verbose_name='有寄宿生')),
                ('has_canteen', models.BooleanField(default=False, verbose_name='有食堂')),
                ('has_meals', models.BooleanField(default=False, verbose_name='实施营养改善计划')),
                ('principal_name', models.CharField(blank=True, max_length=30, verbose_name='校长')),
                ('opened_on', models.DateField(blank=True, null=True, verbose_name='设立日期')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='停办日期')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
                ('central_school', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='subordinate_schools', to='schools.school', verbose_name='中心学校')),
                ('division', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='schools', to='schools.division', verbose_name='所在区划')),
                ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_schools', to='schools.school', verbose_name='并入学校')),
            ],
            options={
                'verbose_name': '学校',
                'verbose_name_plural': '学校',
                'ordering': ['code'],
                'indexes': [models.Index(fields=['division', 'kind'], name='school_division_kind'), models.Index(fields=['name'], name='school_name')],
                'constraints': [models.CheckConstraint(condition=models.Q(('closed_on__isnull', True), ('opened_on__isnull', True), ('closed_on__gt', models.F('opened_on')), _connector='OR'), name='school_dates_in_order'), models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='school_not_merged_into_itself')],
            },
        ),
        migrations.CreateModel(
            name='PupilCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('term', povedu.terms.TermField(verbose_name='学期')),
                ('stage', models.CharField(choices=[('preschool', '学前'), ('primary', '小学'), ('junior', '初中'), ('senior', '普高'), ('vocational', '中职'), ('higher_vocational', '高职'), ('undergraduate', '本科'), ('postgraduate', '研究生'), ('special', '特殊教育')], max_length=20, verbose_name='学段')),
                ('is_boarder', models.BooleanField(verbose_name='寄宿')),
                ('pupils_count', models.PositiveIntegerField(verbose_name='学生数')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pupil_counts', to='schools.school', verbose_name='学校')),
            ],
            options={
                'verbose_name': '在校生数',
                'verbose_name_plural': '在校生数',
                'ordering': ['school_id', '-term', 'stage'],
                'constraints': [models.UniqueConstraint(fields=('school', 'term', 'stage', 'is_boarder'), name='pupil_count_once')],
            },
        ),
        migrations.AddField(
            model_name='project',
            name='school',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='projects', to='schools.school', verbose_name='学校'),
        ),
        migrations.CreateModel(
            name='MealReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='月份')),
                ('mode', models.CharField(choices=[('canteen', '食堂供餐'), ('purchased', '向企业（单位）购买'), ('household', '家庭（个人）托餐')], max_length=10, verbose_name='供餐模式')),
                ('pupils_count', models.PositiveIntegerField(verbose_name='受益学生（人）')),
                ('feeding_days', models.PositiveSmallIntegerField(verbose_name='供餐天数')),
                ('meals_count', models.PositiveIntegerField(verbose_name='供餐人次')),
                ('standard', povedu.money.MoneyField(verbose_name='每生每天标准（元）')),
                ('amount', povedu.money.MoneyField(verbose_name='本月资金（元）')),
                ('reported_at', models.DateTimeField(verbose_name='填报时间')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
                ('reported_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='填报人')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meal_reports', to='schools.school', verbose_name='学校')),
            ],
            options={
                'verbose_name': '营养餐月报',
                'verbose_name_plural': '营养餐月报',
                'ordering': ['-month', 'school_id'],
                'indexes': [models.Index(fields=['month'], name='meal_month')],
                'constraints': [models.UniqueConstraint(fields=('school', 'month'), name='meal_report_once'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='meal_month_first_day'), models.CheckConstraint(condition=models.Q(('feeding_days__lte', 31)), name='meal_days_in_month'), models.CheckConstraint(condition=models.Q(('meals_count__lte', django.db.models.expressions.CombinedExpression(models.F('pupils_count'), '*', models.F('feeding_days')))), name='meal_count_within_days'), models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='meal_amount_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='EquipmentDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.PositiveIntegerField(verbose_name='数量')),
                ('delivered_on', models.DateField(verbose_name='到货日期')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='schools.equipmentitem', verbose_name='设备')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='schools.school', verbose_name='学校')),
            ],
            options={
                'verbose_name': '设备配发',
                'verbose_name_plural': '设备配发',
                'ordering': ['item_id', 'school_id'],
                'constraints': [models.UniqueConstraint(fields=('item', 'school'), name='equipment_delivery_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='equipment_delivery_positive')],
            },
        ),
        migrations.CreateModel(
            name='SchoolAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('county_code', models.CharField(max_length=6, verbose_name='县')),
                ('name', models.CharField(max_length=80, verbose_name='别名')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='schools.school', verbose_name='学校')),
            ],
            options={
                'verbose_name': '学校别名',
                'verbose_name_plural': '学校别名',
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('county_code', 'name'), name='school_alias_once')],
            },
        ),
        migrations.CreateModel(
            name='SchoolEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('opened', '设立'), ('renamed', '更名'), ('merged', '撤并'), ('closed', '停办'), ('moved', '区划调整')], max_length=10, verbose_name='事件')),
                ('happened_on', models.DateField(verbose_name='日期')),
                ('old_value', models.CharField(blank=True, max_length=80, verbose_name='原')),
                ('new_value', models.CharField(blank=True, max_length=80, verbose_name='新')),
                ('document', models.CharField(blank=True, max_length=80, verbose_name='文号')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='schools.school', verbose_name='学校')),
            ],
            options={
                'verbose_name': '学校变更',
                'verbose_name_plural': '学校变更',
                'ordering': ['-happened_on', '-pk'],
            },
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(fields=['state', 'planned_completion_on'], name='project_due'),
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(fields=['completed_on'], name='project_completed'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.UniqueConstraint(fields=('batch', 'number'), name='project_number_once'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('area__isnull', True), ('area__gt', 0), _connector='OR'), name='project_area_positive'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('completed_on__isnull', True), ('started_on__isnull', True), ('completed_on__gte', models.F('started_on')), _connector='OR'), name='project_completed_after_start'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('in_use_on__isnull', True), ('completed_on__isnull', True), ('in_use_on__gte', models.F('completed_on')), _connector='OR'), name='project_in_use_after_completion'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['complete', 'in_use']), _negated=True), ('completed_on__isnull', False), _connector='OR'), name='project_complete_has_date'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'in_use'), _negated=True), ('in_use_on__isnull', False), _connector='OR'), name='project_in_use_has_date'),
        ),
    ]
