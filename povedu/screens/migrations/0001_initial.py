from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(max_length=40, unique=True, verbose_name='表单编号')),
                ('user_id', models.BigIntegerField(verbose_name='用户')),
                ('sent_at', models.DateTimeField(db_index=True, verbose_name='提交时间')),
                ('led_to', models.CharField(blank=True, max_length=500, verbose_name='结果页')),
            ],
            options={
                'verbose_name': '已提交表单',
                'verbose_name_plural': '已提交表单',
                'ordering': ['-pk'],
            },
        ),
    ]
