from django.db import migrations

from povedu.protected import blind_index


def index_alike(apps, schema_editor):
    """Index children typed in by hand as imports do: their first fifteen digits had another word.

    The digits of a confirmed number count, without one those stated, as in ``read_identity``. Rows
    whose index is already the imports' own stay as they are.
    """
    students = apps.get_model("students", "Student").objects
    changed = []
    for one in (
        students.exclude(first_15_index="")
        .only("id_number", "stated_id_number", "first_15_index")
        .order_by("pk")
        .iterator(chunk_size=2000)
    ):
        first_15 = (one.id_number.reveal() or one.stated_id_number.reveal())[:15]
        if one.first_15_index == blind_index("id15", first_15):
            one.first_15_index = blind_index("id-15", first_15)
            changed.append(one)
    students.bulk_update(changed, ["first_15_index"], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [("students", "0014_study_proof_papers")]

    operations = [migrations.RunPython(index_alike, migrations.RunPython.noop)]
