"""A keyed seal beside the public hash, and an index for the balance trigger."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="ledgerentry",
            name="seal",
            field=models.CharField(default="", max_length=64, verbose_name="密钥封签"),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                fields=["county_code", "transaction_no"], name="ledger_transaction"
            ),
        ),
    ]
