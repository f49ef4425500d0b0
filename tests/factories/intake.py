"""Makers of batches on their way in."""

import factory

from povedu.intake.kinds import kind_of
from povedu.intake.models import (
    ImportBatch,
    ImportBlock,
    ImportRow,
    ImportWrite,
    MappingProfile,
)
from povedu.intake.rowstore import RowReader, StoredRow
from tests.factories.accounts import UserFactory
from tests.factories.values import COUNTY, MOMENT


class ImportBatchFactory(factory.django.DjangoModelFactory[ImportBatch]):
    """A staged roster without rows."""

    class Meta:
        model = ImportBatch

    kind = "roster"
    file_name = factory.Sequence(lambda n: f"roster-{n}.xlsx")
    file_sha256 = factory.Sequence(lambda n: f"{n:064x}")
    byte_count = 1
    store_key = factory.Sequence(lambda n: f"{n:032x}")
    target = factory.Sequence(lambda n: f"{n:064x}")
    county_code = COUNTY
    division_code = f"{COUNTY}100000"
    term = "2016-1"
    state = "staged"
    uploaded_by = factory.SubFactory(UserFactory)
    uploaded_at = MOMENT
    staged_at = MOMENT
    sheets = factory.LazyFunction(
        lambda: [
            {
                "name": "roster",
                "header_rows": [1],
                "mapping": [{"column": "A", "header": "name", "field": "name", "ambiguous": False}],
                "rows": 1,
                "hidden_rows": 0,
            }
        ]
    )


class ImportRowFactory(factory.django.DjangoModelFactory[ImportRow]):
    """A ready row that names one pupil."""

    class Meta:
        model = ImportRow

    batch = factory.SubFactory(ImportBatchFactory)
    sheet = 0
    number = factory.Sequence(lambda n: n + 2)
    outcome = "ready"
    payload = factory.LazyAttribute(lambda row: _payload(row.batch))


def _payload(batch: ImportBatch) -> bytes:
    kind = kind_of(batch.kind)
    values = dict.fromkeys(kind.columns, "") | {"name": "Pupil"}
    return RowReader(kind, batch).pack(StoredRow(["Pupil"], values, []))


class ImportBlockFactory(factory.django.DjangoModelFactory[ImportBlock]):
    """Content of staged rows that nobody opens."""

    class Meta:
        model = ImportBlock

    batch = factory.SubFactory(ImportBatchFactory)
    position = factory.Sequence(lambda n: n)
    content = b"sealed"


class ImportWriteFactory(factory.django.DjangoModelFactory[ImportWrite]):
    """Pupils that a batch has entered."""

    class Meta:
        model = ImportWrite

    batch = factory.SubFactory(ImportBatchFactory)
    position = 0
    model = "students.Student"
    created = factory.LazyFunction(lambda: [[1, 2]])


class MappingProfileFactory(factory.django.DjangoModelFactory[MappingProfile]):
    """A heading that a township taught."""

    class Meta:
        model = MappingProfile

    kind = "roster"
    source = f"{COUNTY}100"
    heading = factory.Sequence(lambda n: f"heading {n}")
    field = "name"
    changed_by = factory.SubFactory(UserFactory)
    changed_at = MOMENT
