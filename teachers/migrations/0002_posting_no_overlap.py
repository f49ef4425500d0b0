"""Keep full-time postings of one teacher apart, on PostgreSQL; SQLite has triggers for it."""

from django.db import migrations

ADD = """
ALTER TABLE teachers_posting ADD CONSTRAINT posting_no_overlap
EXCLUDE USING gist (teacher_id WITH =, daterange(starts_on, ends_on, '[)') WITH &&)
WHERE (is_full_time)
"""


def add(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        schema_editor.execute(ADD)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE teachers_posting DROP CONSTRAINT posting_no_overlap")


class Migration(migrations.Migration):
    dependencies = [("teachers", "0001_initial")]

    operations = [migrations.RunPython(add, drop)]
