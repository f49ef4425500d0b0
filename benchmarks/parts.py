"""What the measurement of intake runs, each part in a process of its own on a prepared database.

    python -m benchmarks.parts PART ROSTER [BATCH]

Prints one JSON object: rows, seconds of the clock and of the processors (of this process and its
children, and of the database's own process where it can be seen), peak memory in MB.
"""

import io
import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

import django
from django.apps import apps

from benchmarks.roster import HEADINGS, SCHOOLS

COUNTY, TERM, CLERK = "530623", "2016-1", "bench-clerk"


def own_seconds() -> float:
    """Return processor seconds of this process and of those it has waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def database_seconds() -> float:
    """Return processor seconds of the connection's server process, 0 where it is not to be seen."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0
    connection.ensure_connection()
    process = Path(f"/proc/{connection.connection.get_backend_pid()}/stat")
    if not process.exists() or connection.settings_dict["HOST"] not in ("", "127.0.0.1", "::1"):
        return 0
    fields = process.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(work: Callable[[], Any]) -> dict[str, float]:
    """Run, and return what it took."""
    own, database, clock = own_seconds(), database_seconds(), time.perf_counter()
    work()
    return {
        "seconds": time.perf_counter() - clock,
        "own": own_seconds() - own,
        "database": database_seconds() - database,
    }


def peak(process: str = "self") -> float:
    """Return the most memory that a process has held since it began its program, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


class Children(Thread):
    """Watch those who read files for this process: the most that any of them held, in MB."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = 0.0

    def run(self) -> None:
        """Look about as often as matters, for as long as this process lives."""
        while True:
            found = [one for child in _children(os.getpid()) for one in (child, *_children(child))]
            self.most = max(self.most, *map(_reading, found), 0)
            time.sleep(0.02)


def _children(process: str | int) -> list[str]:
    """Return the processes that a process has started, in whichever of its threads."""
    found: list[str] = []
    for thread in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):  # it may have ended
            found += thread.read_text().split()
    return found


def _reading(process: str) -> float:
    """Return the most memory that a process has held if it reads a file, else 0."""
    with suppress(OSError, IndexError, ValueError):  # it may end meanwhile
        if "-I" in Path(f"/proc/{process}/cmdline").read_text().split("\0"):
            return peak(process)
    return 0


# --- this intake ----------------------------------------------------------------------------------


def prepare() -> None:
    """Make the county, its schools and somebody of the bureau who uploads."""
    from povedu.accounts.models import CountyCalendar, Jurisdiction, User
    from schools.models import Division, School

    county = Division.objects.create(code=f"{COUNTY}000000", name="某县", level="county")
    township = Division.objects.create(
        code=f"{COUNTY}100000", name="某镇", level="township", parent=county
    )
    for n in range(SCHOOLS):
        School.objects.create(
            code=f"BENCH{n:04d}", name=f"第{n}小学", kind="primary", division=township
        )
    CountyCalendar.objects.create(county_code=COUNTY, current_term=TERM)
    person = User.objects.create_user(CLERK, name="甲")
    Jurisdiction.objects.create(
        user=person, role="office_staff", office="aid", division_prefix=COUNTY
    )


def upload(roster: Path) -> dict[str, Any]:
    """Send the file through the web server's own code; the browser's copy counts as well."""
    from django.test import Client

    from povedu.accounts.models import User
    from povedu.intake.models import ImportBatch

    browser = Client(SERVER_NAME="localhost")
    browser.force_login(
        User.objects.get(username=CLERK), backend="django.contrib.auth.backends.ModelBackend"
    )

    def send() -> None:
        with roster.open("rb") as file:
            answer = browser.post("/intake/add/roster/", {"file": file, "term": TERM})
        if answer.status_code != 302:
            raise SystemExit(f"the upload was answered with {answer.status_code}")

    took = measured(send)
    batch = ImportBatch.objects.latest("pk")
    page = browser.get(f"/intake/{batch.pk}/")
    if page.status_code != 200:
        raise SystemExit("the page of the batch does not open")
    return {"upload": took, "batch": batch.pk, "peak": peak()}


def worker(batch_id: int) -> dict[str, Any]:
    """Stage and apply the batch as the worker's two jobs do."""
    from django.utils import timezone

    from povedu.accounts.selectors import operator
    from povedu.intake.models import ImportBatch
    from povedu.intake.services.apply import apply_batch
    from povedu.intake.services.stage import stage_batch

    actor, now = operator(), timezone.now()  # noqa: TID251  # a command's own clock
    batch = ImportBatch.objects.get(pk=batch_id)
    children = Children()
    children.start()
    staged = measured(lambda: stage_batch(batch=batch, actor=actor, now=now))
    applied = measured(lambda: apply_batch(batch=batch, actor=actor, now=now))
    batch.refresh_from_db()
    return {
        "staged": staged,
        "applied": applied,
        "peak": peak(),
        "child": children.most,
        "outcomes": [batch.ready_count, batch.warned_count, batch.refused_count],
        "counts": batch.applied,
    }


# --- what it is compared with ---------------------------------------------------------------------


def plain(content: bytes, *, tuned: bool) -> None:
    """Import as the library's own documentation shows, into a table of text columns."""
    import openpyxl
    import tablib
    from django.db import connection, models
    from import_export import fields, resources

    class PlainRow(models.Model):
        class Meta:
            app_label = "intake"
            db_table = "benchmark_plain"

        def __str__(self) -> str:
            return str(self.pk)

    key = f"c{HEADINGS.index('身份证号')}"
    for n in range(len(HEADINGS)):
        models.TextField(blank=True, db_index=f"c{n}" == key).contribute_to_class(PlainRow, f"c{n}")
    with connection.schema_editor() as editor:
        editor.create_model(PlainRow)
    columns = {
        f"c{n}": fields.Field(attribute=f"c{n}", column_name=heading)
        for n, heading in enumerate(HEADINGS)
    }
    settings: dict[str, Any] = {
        "model": PlainRow,
        "fields": tuple(columns),
        "import_id_fields": (key,),
        "use_bulk": True,
        "batch_size": 1000,
    }
    if tuned:
        settings |= {"skip_diff": True, "force_init_instance": True}
    meta = type("Meta", (), settings)
    kind = type("PlainResource", (resources.ModelResource,), {**columns, "Meta": meta})
    try:
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        rows = [
            ["" if cell is None else cell for cell in row]
            for row in sheet.iter_rows(values_only=True)  # type: ignore[union-attr]  # a worksheet
        ]
        data = tablib.Dataset(*rows[2:], headers=rows[1])
        result = kind().import_data(data, dry_run=False, raise_errors=True)
        if result.has_errors():
            raise SystemExit("the plain path failed")
    finally:
        del apps.all_models["intake"]["plainrow"]
        with connection.schema_editor() as editor:
            editor.delete_model(PlainRow)


_SEALED = ("身份证号", "身份证号", "监护人身份证号", "联系电话", "银行卡号", "家庭住址")


def floor(content: bytes, *, sealed: bool) -> None:
    """Read with calamine and write every cell into one table.

    ``sealed``: the cells that this intake seals are sealed on the way, one by one as there (an
    identity number as stated and as confirmed), and the five blind indexes made that find them.
    """
    from django.db import connection, transaction
    from python_calamine import CalamineWorkbook

    from povedu.bulk import write_rows
    from povedu.protected import blind_indexes, sealed_column

    names = [f"c{n}" for n in range(len(HEADINGS))]
    types = dict.fromkeys(names, "text")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    rows: Any = ([str(cell) for cell in row] for row in sheet.to_python()[2:])
    if sealed:
        columns = [list(column) for column in zip(*rows, strict=True)]
        numbers = columns[HEADINGS.index("身份证号")]
        found = [columns[HEADINGS.index(heading)] for heading in _SEALED]
        columns = [column for column in columns if not any(column is one for one in found)]
        columns += [sealed_column(f"bench.{at}", one) for at, one in enumerate(found)]
        for at, one in enumerate((numbers, numbers, numbers, columns[4], found[4])):
            columns.append(blind_indexes(f"bench-{at}", one))
        binary = "bytea" if connection.vendor == "postgresql" else "blob"
        names = [f"c{n}" for n in range(len(columns))]
        types = dict.fromkeys(names, "text") | dict.fromkeys(names[-11:-5], binary)
        rows = zip(*columns, strict=True)
    with transaction.atomic(), connection.cursor() as cursor:
        declared = ", ".join(f"{name} {kind}" for name, kind in types.items())
        cursor.execute(f"CREATE TABLE benchmark_floor ({declared})")
        write_rows("benchmark_floor", names, rows)
        cursor.execute("DROP TABLE benchmark_floor")


def main() -> None:
    """Run one part and print what it took."""
    part, roster = sys.argv[1], Path(sys.argv[2])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "povedu.settings")
    django.setup()
    answer: dict[str, Any] = {}
    if part == "upload":
        prepare()
        answer = upload(roster)
    elif part == "worker":
        answer = worker(int(sys.argv[3]))
    else:
        content = roster.read_bytes()
        parts: dict[str, Callable[[], None]] = {
            "plain": lambda: plain(content, tuned=False),
            "tuned": lambda: plain(content, tuned=True),
            "floor": lambda: floor(content, sealed=False),
            "sealed-floor": lambda: floor(content, sealed=True),
        }
        answer = {**measured(parts[part]), "peak": peak()}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
