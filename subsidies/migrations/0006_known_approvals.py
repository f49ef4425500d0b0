from django.db import migrations


def write_down(apps, schema_editor):
    """Give each batch approved before levels existed the one approval that it has on record."""
    batch_model = apps.get_model("subsidies", "DisbursementBatch")
    approval = apps.get_model("subsidies", "BatchApproval")
    approval.objects.bulk_create(
        approval(
            batch_id=one.pk,
            round=one.round,
            level=1,
            made_by_id=one.made_by_id,
            approved_by_id=one.approved_by_id,
            approved_at=one.approved_at,
            digest=one.digest,
        )
        for one in batch_model.objects.filter(
            approved_by__isnull=False, approved_at__isnull=False, approvals__isnull=True
        )
    )


class Migration(migrations.Migration):

    dependencies = [("subsidies", "0005_batch_approvals")]

    operations = [migrations.RunPython(write_down, migrations.RunPython.noop)]
