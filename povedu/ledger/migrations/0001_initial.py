import django.db.models.deletion
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
            name='LedgerHead',
            fields=[
                ('county_code', models.CharField(max_length=6, primary_key=True, serialize=False, verbose_name='县')),
                ('seq', models.BigIntegerField(default=0, verbose_name='序号')),
                ('transaction_no', models.BigIntegerField(default=0, verbose_name='凭证号')),
                ('hash', models.CharField(default='0000000000000000000000000000000000000000000000000000000000000000', max_length=64, verbose_name='哈希')),
            ],
            options={
                'verbose_name': '台账链头',
                'verbose_name_plural': '台账链头',
            },
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('county_code', models.CharField(max_length=6, verbose_name='县')),
                ('seq', models.BigIntegerField(verbose_name='序号')),
                ('transaction_no', models.BigIntegerField(verbose_name='凭证号')),
                ('posted_at', models.DateTimeField(verbose_name='记账时间')),
                ('effective_on', models.DateField(verbose_name='业务日期')),
                ('account', models.CharField(choices=[('cash', '专户存款'), ('income', '拨款与捐赠收入'), ('expense', '资助与项目支出'), ('payable', '应付未达'), ('recoverable', '应追回款'), ('opening', '期初余额')], max_length=12, verbose_name='科目')),
                ('amount', povedu.money.MoneyField(verbose_name='金额')),
                ('source', models.CharField(choices=[('central', '中央'), ('province', '省级'), ('city', '市级'), ('county', '县级'), ('eastern', '东部协作'), ('social', '社会')], max_length=10, verbose_name='资金来源')),
                ('programme_code', models.CharField(blank=True, max_length=40, verbose_name='项目代码')),
                ('school_code', models.CharField(blank=True, max_length=20, verbose_name='学校代码')),
                ('term', povedu.terms.TermField(blank=True, verbose_name='学期')),
                ('subject', models.CharField(blank=True, max_length=60, verbose_name='依据')),
                ('memo', models.CharField(blank=True, max_length=120, verbose_name='摘要')),
                ('previous_hash', models.CharField(max_length=64, verbose_name='前一哈希')),
                ('hash', models.CharField(max_length=64, verbose_name='哈希')),
                ('seal', models.CharField(max_length=64, verbose_name='密钥封签')),
                ('posted_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记账人')),
            ],
            options={
                'verbose_name': '资金台账分录',
                'verbose_name_plural': '资金台账分录',
                'ordering': ['county_code', 'seq'],
                'indexes': [models.Index(fields=['county_code', 'effective_on'], name='ledger_effective'), models.Index(fields=['county_code', 'transaction_no'], name='ledger_transaction'), models.Index(fields=['subject'], name='ledger_subject'), models.Index(fields=['programme_code', 'effective_on'], name='ledger_programme')],
                'constraints': [models.UniqueConstraint(fields=('county_code', 'seq'), name='ledger_seq_once'), models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='ledger_amount_not_zero')],
            },
        ),
    ]
