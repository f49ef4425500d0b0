"""How fast a roster comes in: plain django-import-export, this intake, and the floor.

    python -m benchmarks.intake [--rows 50000] [--plain-rows 5000]

Uses the database of ``POVEDU_DATABASE_URL`` (make a fresh one for it: what is measured stays in
it) and prints rows per second, ratios and peak memory. The plain path is measured on fewer rows,
since it is linear and slow.

(a) plain: openpyxl read, ``Resource.import_data`` with ``use_bulk`` into a table of text columns;
(b) this intake: read, understood, cleaned, checked, classified and staged, then applied;
(c) floor: calamine read and COPY (or executemany) of the same cells into one table.
"""

import argparse
import io
import os
import random
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import django

HEADINGS = (
    *("序号", "学校", "年级", "班级", "学籍号", "姓名", "性别", "民族", "身份证号", "出生日期"),
    *("是否寄宿", "困难类型", "监护人姓名", "监护人身份证号", "联系电话", "银行卡号", "开户行"),
    *("家庭住址", "户籍地", "就读方式", "入学年月", "备注"),
)
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂花文斌国建华"
SCHOOLS = 60


def roster(rows: int, seed: int = 1) -> bytes:
    """Return a generated roster of 22 columns under a title row; every hundredth ID is wrong."""
    import xlsxwriter

    from povedu.identity import check_character

    draw = random.Random(seed)  # noqa: S311  # invented people
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("花名册")
        sheet.merge_range(0, 0, 0, 21, "某县2016年秋季学期学生花名册")
        sheet.write_row(1, 0, HEADINGS)
        for n in range(rows):
            born = f"{2004 + n % 6}{1 + n // 6 % 12:02d}{1 + n // 72 % 28:02d}"
            seventeen = f"5306{23 + n // 2_000_000:02d}{born}{1 + n // 2016 % 998:03d}"
            number = seventeen + check_character(seventeen)
            name = draw.choice(_SURNAMES) + draw.choice(_GIVEN) + draw.choice(_GIVEN)
            elder = f"53062319750101{n % 998 + 1:03d}"
            guardian = elder + check_character(elder)
            sheet.write_row(
                n + 2,
                0,
                [
                    *(
                        n + 1,
                        f"第{n % SCHOOLS}小学",
                        f"{'一二三四五六'[n % 6]}年级",
                        f"{n % 8 + 1}班",
                    ),
                    *(f"G{number}" if n % 2 else "", name, "男" if int(number[16]) % 2 else "女"),
                    *("汉族", number[:17] + "0" if n % 100 == 0 else number),
                    *(f"{born[:4]}-{born[4:6]}-{born[6:]}", "是" if n % 3 else "否"),
                    *("建档立卡" if n % 9 == 0 else "", draw.choice(_SURNAMES) + "大", guardian),
                    *(f"138{n:08d}", f"621779{n:013d}", "农村信用社", f"某村{n % 300}号", "本县"),
                    *("走读", "2016-09", ""),
                ],
            )
    return out.getvalue()


def timed(label: str, rows: int, work: Callable[[], Any]) -> tuple[float, Any]:
    """Run and print; return (rows per second, result)."""
    started, busy = time.perf_counter(), _cpu()
    result = work()
    seconds, busy = time.perf_counter() - started, _cpu() - busy
    sys.stdout.write(
        f"{label:<34}{seconds:8.2f} s {rows / seconds:10,.0f} rows/s   cpu {busy:7.2f} s\n"
    )
    sys.stdout.flush()
    return rows / seconds, result


def _cpu() -> float:
    """Return processor seconds of this process and its children; a busy machine bends them less."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def places() -> Any:
    """Make the county and its schools; return the built-in operator."""
    from povedu.accounts.selectors import operator
    from schools.models import Division, School

    county, _made = Division.objects.get_or_create(
        code="530623000000", defaults={"name": "某县", "level": "county"}
    )
    township, _made = Division.objects.get_or_create(
        code="530623100000", defaults={"name": "某镇", "level": "township", "parent": county}
    )
    for n in range(SCHOOLS):
        School.objects.get_or_create(
            code=f"BENCH{n:04d}",
            defaults={"name": f"第{n}小学", "kind": "primary", "division": township},
        )
    return operator()


def plain(content: bytes) -> None:
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

    for n in range(len(HEADINGS)):
        models.TextField(blank=True).contribute_to_class(PlainRow, f"c{n}")
    with connection.schema_editor() as editor:
        editor.create_model(PlainRow)
    columns = {
        f"c{n}": fields.Field(attribute=f"c{n}", column_name=heading)
        for n, heading in enumerate(HEADINGS)
    }
    meta = type(
        "Meta",
        (),
        {
            "model": PlainRow,
            "fields": tuple(columns),
            "import_id_fields": ("c0",),
            "use_bulk": True,
            "batch_size": 1000,
            "skip_diff": True,
            "force_init_instance": True,
        },
    )
    kind = type("PlainResource", (resources.ModelResource,), {**columns, "Meta": meta})
    try:
        sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).active
        rows = [
            ["" if cell is None else cell for cell in row]
            for row in sheet.iter_rows(values_only=True)  # type: ignore[union-attr]  # a worksheet
        ]
        data = tablib.Dataset(*rows[2:], headers=rows[1])
        result = kind().import_data(data, dry_run=False, raise_errors=True)
        if result.has_errors():
            raise SystemExit("the plain path failed")
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(PlainRow)


def floor(content: bytes) -> None:
    """Read with calamine and write every cell into one table."""
    from django.db import connection, transaction
    from python_calamine import CalamineWorkbook

    from povedu.bulk import write_rows

    names = [f"c{n}" for n in range(len(HEADINGS))]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE benchmark_floor ({', '.join(f'{n} text' for n in names)})")
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        write_rows("benchmark_floor", names, ([str(cell) for cell in row] for row in rows[2:]))
        cursor.execute("DROP TABLE benchmark_floor")


def megabytes(who: int) -> float:
    """Return the peak memory of this process or of its children."""
    return resource.getrusage(who).ru_maxrss / 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--plain-rows", type=int, default=5_000)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "povedu.settings")
    django.setup()
    from django.db import connection
    from django.utils import timezone

    from povedu.intake.kinds import kind_of
    from povedu.intake.services.apply import apply_batch
    from povedu.intake.services.receive import Purpose, receive_file
    from povedu.intake.services.stage import stage_batch

    actor, now = places(), timezone.now()  # noqa: TID251  # a command's own clock
    rows = options.rows
    sys.stdout.write(f"{connection.vendor}, {rows:,} rows × {len(HEADINGS)} columns\n")
    content = roster(rows, seed=int(time.time()))
    purpose = Purpose(kind_of("roster"), term="2016-1", county_code="530623")
    started = time.perf_counter()
    batch = receive_file(data=content, name="r.xlsx", purpose=purpose, actor=actor, now=now)
    _speed, batch = timed(
        "(b) this intake, staged", rows, lambda: stage_batch(batch=batch, actor=actor, now=now)
    )
    timed("    and applied", rows, lambda: apply_batch(batch=batch, actor=actor, now=now))
    ours = rows / (time.perf_counter() - started)
    own, child = megabytes(resource.RUSAGE_SELF), megabytes(resource.RUSAGE_CHILDREN)
    lowest, _done = timed("(c) floor", rows, lambda: floor(content))
    small = roster(options.plain_rows, seed=2)
    slow, _done = timed("(a) plain django-import-export", options.plain_rows, lambda: plain(small))
    sys.stdout.write(
        f"(b) end to end {ours:,.0f} rows/s: {ours / slow:.1f} × (a), {ours / lowest:.2f} of (c)\n"
        f"peak memory: process {own:.0f} MB, child {child:.0f} MB\n"
        f"{batch.ready_count:,} ready, {batch.warned_count:,} warned, {batch.refused_count:,} "
        f"refused; applied {batch.applied}\n"
    )


if __name__ == "__main__":
    main()
