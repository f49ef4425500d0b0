"""The parent's side of reading: start the child, feed it, collect its columns, name its faults."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from threading import Thread, Timer
from typing import IO, Any

import orjson
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from povedu.errors import Refusal
from povedu.intake.reading.cells import Column
from povedu.intake.reading.limits import Limits

_PIPE_BYTES = 2**20  # what any process may ask for
_BASE = Path(__file__).resolve().parent.parent.parent
# The project package starts Celery when imported; the child has no use for it, nor for Django.
_START = (
    "import sys, types; package = types.ModuleType('povedu');"
    " package.__path__ = [sys.argv[1]]; sys.modules['povedu'] = package;"
    " from povedu.intake.reading.child import main; main()"
)

FAULTS: dict[str, Any] = {
    "empty": _("文件是空的，请检查是否选错了文件。"),
    "encrypted": _("文件已加密，请先去除打开密码，再另存后上传。"),
    "not-a-table": _(
        "这不是表格文件（实为 %(found)s）。请用 WPS 或 Excel 打开原表，另存为 .xlsx 后上传。"
    ),
    "broken": _("文件已损坏或不完整，无法读取。请用 WPS 或 Excel 打开，另存为 .xlsx 后重新上传。"),
    "encoding": _("无法确定文本文件的编码。请用 WPS 或 Excel 打开，另存为 .xlsx 后上传。"),
    "unsafe-xml": _("文件里含有不允许的外部定义，已拒绝读取。请另存为新的 .xlsx 后上传。"),
    "cell-reference": _("文件内的单元格位置重复或有误（%(cell)s）。请另存为新的 .xlsx 后上传。"),
    "file-too-large": _("文件大小超过上限 %(limit_mb)d MB。请按学校或年级拆分后上传。"),
    "too-large-unzipped": _("文件展开后超过上限 %(limit_mb)d MB。请删去多余内容或拆分后上传。"),
    "zip-ratio": _("文件压缩比异常（超过 %(limit)d 倍），已拒绝读取。请另存为新的 .xlsx 后上传。"),
    "too-many-parts": _(
        "文件内部部件超过上限 %(limit)d 个，已拒绝读取。请另存为新的 .xlsx 后上传。"
    ),
    "too-many-sheets": _("工作表有 %(found)d 张，超过上限 %(limit)d 张。请只保留要导入的工作表。"),
    "too-many-rows": _("数据行数超过上限 %(limit)d 行（第 %(row)d 行仍有内容）。请拆分后上传。"),
    "too-many-columns": _("列数超过上限 %(limit)d 列。请删去右侧多余的列后上传。"),
    "merged-too-large": _("合并单元格的范围过大。请取消整行、整列的合并后上传。"),
    "too-heavy": _("文件过于复杂，读取时超出内存或时间上限。请只保留数据，另存为 .xlsx 后上传。"),
}


@dataclass
class SheetData:
    """One sheet as columns of cells, all of one length, from the sheet's first row and column."""

    name: str
    hidden: bool = False
    hidden_rows: int = 0
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    row_count: int = 0
    _known: list[dict[Any, Any]] = field(default_factory=list, repr=False)

    def extend(self, block: list[Column]) -> None:
        """Append a block, holding repeating texts once."""
        height = len(block[0]) if block else 0
        while len(self.columns) < len(block):
            self.columns.append([""] * self.row_count)
            self._known.append({})
        for index, column in enumerate(self.columns):
            if index < len(block):
                known = self._known[index]
                if len(known) < 20_000:
                    column.extend(map(known.setdefault, block[index], block[index]))
                else:
                    column.extend(block[index])
            else:
                column.extend([""] * height)
        self.row_count += height

    def end(self) -> None:
        """Forget what was only known for holding repeating texts once."""
        self._known.clear()


Watch = Callable[[SheetData], None]


@dataclass
class FileData:
    """A file as read."""

    format: str
    encoding: str
    sheets: list[SheetData]


def limits() -> Limits:
    """Return the limits in force."""
    return Limits.of(settings.INTAKE_LIMITS)


def fault(code: str, **detail: Any) -> Refusal:
    """Return the refusal for a reader's fault, its figures filled in."""
    figures: dict[str, Any] = {"limit": 0, "row": 0, "found": "", "cell": "", **detail}
    figures["limit_mb"] = int(figures["limit"]) // 2**20
    return Refusal(code, FAULTS[code] % figures, **detail)


def _feed(pipe: IO[bytes], head: bytes, data: bytes) -> None:
    try:
        with pipe:
            pipe.write(head)
            pipe.write(data)
    except BrokenPipeError:
        return  # the child has already said why, or died: the reading side decides


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a child that has not been waited for yet, and whatever it has begun."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _documents(data: bytes, bounds: Limits) -> Iterator[dict[str, Any]]:
    """Yield the child's documents, after an empty one once it is at work.

    Raises Refusal where it is silent, killed or too slow.
    """
    process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
        [sys.executable, "-I", "-c", _START, str(_BASE / "povedu")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=_PIPE_BYTES,
        env={"LANG": "C.UTF-8", "PYTHONUTF8": "1", "PYTHONHASHSEED": "0"},
        cwd="/",
        start_new_session=True,  # a workbook's judge and parser end together
        pipesize=_PIPE_BYTES,  # the child makes the next block while we are at the last one
    )
    head = json.dumps(bounds.named()).encode() + b"\n"
    assert process.stdin is not None  # noqa: S101  # PIPE was asked for
    assert process.stdout is not None  # noqa: S101  # PIPE was asked for
    feeder = Thread(target=_feed, args=(process.stdin, head, data), daemon=True)
    clock = Timer(bounds.child_wall_seconds, _end, [process])
    feeder.start()
    clock.start()
    try:
        yield {}
        for line in process.stdout:
            yield orjson.loads(line)
    except ValueError as error:  # killed in the middle of a line
        raise fault("too-heavy") from error
    finally:
        clock.cancel()
        _end(process)
        process.wait()
        process.stdout.close()
        feeder.join()


def read_file(data: bytes) -> FileData:
    """Return a file's sheets; raise Refusal with one clear sentence."""
    return begin_reading(data)(lambda _sheet: None)


def begin_reading(data: bytes) -> Callable[[Watch], FileData]:
    """Let a child read; return what waits for the sheets and raises Refusal as ``read_file`` does.

    What waits tells of each sheet that has grown by a block. The child lives no longer than what is
    returned, whatever the file does to it.
    """
    bounds = limits()
    if len(data) > bounds.file_bytes:
        raise fault("file-too-large", limit=bounds.file_bytes)
    documents = iter(_documents(data, bounds))
    begun = next(documents, {})
    return lambda watch: _collected(chain([begun], documents), bounds, watch)


def _collected(documents: Iterable[dict[str, Any]], bounds: Limits, watch: Watch) -> FileData:
    file = FileData("", "", [])
    ended = False
    for document in documents:
        ended = _take(file, document)
        if "columns" in document:
            watch(file.sheets[-1])
    if not ended:
        raise fault("too-heavy")
    for sheet in file.sheets:
        sheet.end()
    total = sum(sheet.row_count for sheet in file.sheets)
    if total > bounds.sheet_rows * 2:
        raise fault("too-many-rows", limit=bounds.rows, row=total)
    return file


def _take(file: FileData, document: dict[str, Any]) -> bool:
    """Take in one document; say whether it is the last."""
    if "fault" in document:
        raise fault(document["fault"], **document["detail"])
    if "columns" in document:
        file.sheets[-1].extend(document["columns"])
    elif "sheet" in document:
        file.sheets.append(_sheet(document))
    elif "format" in document:
        file.format, file.encoding = document["format"], document["encoding"]
    return "end" in document


def _sheet(document: dict[str, Any]) -> SheetData:
    return SheetData(
        document["sheet"],
        hidden=document["hidden"],
        hidden_rows=document["hidden_rows"],
        merges=[(one[0], one[1], one[2], one[3]) for one in document["merges"]],
    )
