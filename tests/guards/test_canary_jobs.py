"""A pupil's numbers go through upload, staging, import and reconciliation and are found nowhere."""

import base64
import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from celery.signals import before_task_publish
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Model
from kombu import Connection

from povedu.audit.models import AuditEntry
from povedu.intake.models import ImportBatch, ImportBlock, ImportRow, ImportWrite
from povedu.jobs.models import Job
from povedu.jobs.runner import execute
from students.models import Enrolment, PayeeAccount, Student
from tests.factories import CountyCalendarFactory, CountyFactory, SchoolFactory, actor_of, sign_in
from tests.factories.values import MOMENT, id_number
from tests.guards.test_canary import log  # noqa: F401  # a fixture
from tests.intake.makers import HEADINGS, child_row, workbook

SCHOOL = "2153000001"
NAME, PHONE, CARD = "金丝雀", "13899990077", "6217790000000000779"
HARDSHIP = "突遭火灾致贫"
NUMBER, ELDER = id_number(771), id_number(772)
NUMBERS = (NUMBER, ELDER, PHONE, CARD)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def published():
    """Keep every message handed to the broker, as text."""
    messages: list[str] = []

    def keep(body: Any = None, headers: Any = None, **_about: Any) -> None:
        messages.append(repr((body, headers)))

    before_task_publish.connect(keep, weak=False)
    yield messages
    before_task_publish.disconnect(keep)


@pytest.fixture
def asked():
    """Keep every statement sent to the database, its values with it.

    A server may log any of them, and its log is a file that need not be ours to read.
    """
    statements: list[str] = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        rows = params if many else [params]
        if connection.vendor == "postgresql":  # what the server is sent: wrappers hide values
            sent = [context["cursor"].mogrify(sql, row).decode() for row in rows]
        else:
            sent = [f"{sql} {row!r}" for row in rows]
        statements.extend(sent)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        yield statements


@pytest.fixture
def school():
    CountyFactory()
    CountyCalendarFactory()
    return SchoolFactory(code=SCHOOL, name="东山小学")


def done(job: Job) -> None:
    execute(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error_code


def stored(*models: type[Model]) -> str:
    """Return every row of these or all tables as text, sealed columns as the bytes they are."""
    told = []
    with connection.cursor() as cursor:
        for model in models or apps.get_models():
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            for row in cursor.fetchall():
                told += [
                    bytes(one).decode("latin-1")
                    if isinstance(one, (bytes, memoryview))
                    else str(one)
                    for one in row
                ]
    return "\n".join(told)


def waiting() -> str:
    """Return what lies in the broker, Redis's values and the folder's files, bodies decoded."""
    texts: list[str] = []
    with Connection(settings.CELERY_BROKER_URL) as link:
        if settings.CELERY_BROKER_URL.startswith("redis"):
            client = link.default_channel.client
            for key in client.scan_iter():
                kind = client.type(key)
                values = client.lrange(key, 0, -1) if kind == b"list" else []
                values = list(client.hgetall(key).values()) if kind == b"hash" else values
                texts += [str(key), *map(_decoded, values)]
    files = [one for one in Path(settings.VAR_DIR).rglob("*") if one.is_file()]
    for one in files:
        if one.suffix not in {".sqlite3", ".db"}:
            with suppress(FileNotFoundError):  # another process's, gone meanwhile
                texts.append(_decoded(one.read_bytes()))
    return "\n".join(texts)


def scratch() -> set[Path]:
    """Return the files of the machine's temporary folder, the broker's and our own apart."""
    return {one for one in Path(tempfile.gettempdir()).glob("*") if one.is_file()}


def _decoded(value: bytes) -> str:
    text = value.decode("utf-8", "replace")
    try:
        message = json.loads(text)
        text += base64.b64decode(message["body"]).decode("utf-8", "replace")
    except (ValueError, KeyError, TypeError):
        pass
    return text


def hits(text: str) -> list[str]:
    return [one for one in NUMBERS if one in text]


def words(text: str) -> list[str]:
    return [one for one in (NAME, HARDSHIP, *NUMBERS) if one in text]


def test_an_import_leaves_no_number_anywhere(school, log, published, asked):  # noqa: F811  # the fixture
    before = scratch()
    clerk = sign_in(actor_of("school_clerk", division_prefix="530623100", school_code=SCHOOL))
    headings = [*HEADINGS, "监护人身份证号", "银行卡号"]
    row = [*child_row(771, NAME, 监护人="金父", 电话=PHONE, 困难=HARDSHIP), ELDER, CARD]
    file = SimpleUploadedFile("名册.xlsx", workbook([headings, row]))
    addresses = [clerk.post("/intake/add/roster/", {"file": file, "term": "2016-1"})["Location"]]
    done(Job.objects.latest("created_at"))
    batch = ImportBatch.objects.get()
    addresses.append(clerk.post(f"/intake/{batch.pk}/apply/")["Location"])
    done(Job.objects.latest("created_at"))
    aid = sign_in(actor_of("office_staff", office="aid", division_prefix="530623"))
    addresses.append(aid.post("/students/runs/start/", {"term": "2016-1"})["Location"])
    done(Job.objects.latest("created_at"))

    pupil = Student.objects.get(name=NAME)
    assert pupil.id_number.reveal() == NUMBER
    assert PayeeAccount.objects.get(student=pupil).account.reveal() == CARD
    assert published, "nothing was handed to the broker: nothing was looked at"
    assert len(log.lines) > 5
    assert Enrolment.objects.get(student=pupil).hardship_as_stated == HARDSHIP
    assert words("\n".join(log.lines)) == []
    assert words("\n".join(published)) == []
    assert words("\n".join(map(unquote, addresses))) == []
    assert words(stored(Job, AuditEntry, ImportBatch, ImportBlock, ImportRow, ImportWrite)) == []
    assert len(asked) > 50
    assert hits("\n".join(asked)) == []
    assert hits(stored()) == []
    assert words(waiting()) == []
    left = [one for one in scratch() - before if words(_decoded(one.read_bytes()))]
    assert left == []


def test_a_number_that_strays_is_found(school, asked, tmp_path, monkeypatch):
    owner = actor_of("office_staff", office="aid", division_prefix="530623")
    Job.objects.create(
        kind="test.kind",
        owner_id=owner.user_id,
        owner_name="甲",
        language="zh-hans",
        params={"number": NUMBER},
        not_before=MOMENT,
        woken_at=MOMENT,
        created_at=MOMENT,
    )
    assert hits(stored()) == [NUMBER]
    assert hits("\n".join(asked)) == [NUMBER]
    # In a folder of its own: the other test processes look through the common one meanwhile.
    monkeypatch.setattr(settings, "VAR_DIR", tmp_path)
    assert hits(waiting()) == []
    (tmp_path / "stray").write_text(PHONE)
    assert hits(waiting()) == [PHONE]
