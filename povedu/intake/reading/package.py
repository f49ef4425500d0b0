"""The outside of a zipped workbook: entries, sizes and ratio, judged before anything is unpacked.

Declared sizes may lie, so every part is also counted while it is read (``parts``).
"""

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from povedu.intake.reading.faults import Unreadable
from povedu.intake.reading.limits import Limits

_CHUNK = 4 * 1024 * 1024
_FLOOR = 16 * 1024 * 1024  # a part smaller than this is harmless whatever its ratio
_MIME_ODS = b"application/vnd.oasis.opendocument.spreadsheet"


def open_package(data: bytes, limits: Limits) -> zipfile.ZipFile:
    """Return the archive when its directory keeps to the limits; raise Unreadable otherwise."""
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise Unreadable("broken") from error
    entries = archive.infolist()
    sheets = sum(entry.filename.startswith("xl/worksheets/sheet") for entry in entries)
    if sheets > limits.sheets:
        raise Unreadable("too-many-sheets", limit=limits.sheets, found=sheets)
    if len(entries) > limits.zip_entries:
        raise Unreadable("too-many-parts", limit=limits.zip_entries)
    names = [entry.filename.lower() for entry in entries]
    if len(set(names)) != len(names):
        raise Unreadable("broken")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Unreadable("encrypted")
    _judge_sizes(entries, limits)
    return archive


def _judge_sizes(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    declared = sum(entry.file_size for entry in entries)
    if declared > limits.unzipped_bytes:
        raise Unreadable("too-large-unzipped", limit=limits.unzipped_bytes)
    for entry in entries:
        if entry.file_size > _FLOOR and entry.file_size > limits.zip_ratio * max(
            entry.compress_size, 1
        ):
            raise Unreadable("zip-ratio", limit=limits.zip_ratio)


def format_of(archive: zipfile.ZipFile) -> str:
    """Return xlsx, xlsm or ods; raise Unreadable for other packages."""
    names = set(archive.namelist())
    if "xl/workbook.xml" in names or "xl/worksheets/sheet1.xml" in names:
        return "xlsm" if any(name.endswith("vbaProject.bin") for name in names) else "xlsx"
    if "content.xml" in names:
        mime = archive.read("mimetype")[:80] if "mimetype" in names else _MIME_ODS
        if mime.strip() == _MIME_ODS:
            return "ods"
    found = {"xl/workbook.bin": "XLSB", "word/document.xml": "DOCX", "ppt/presentation.xml": "PPTX"}
    kinds = [label for name, label in found.items() if name in names]
    raise Unreadable("not-a-table", found=kinds[0] if kinds else "ZIP")


class Meter:
    """Count unpacked bytes over all parts of one file."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.read = 0

    def parts(self, archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
        """Yield a part in chunks; raise Unreadable beyond the limit or when it is damaged."""
        try:
            with archive.open(name) as stream:
                while chunk := stream.read(_CHUNK):
                    self.read += len(chunk)
                    if self.read > self.limits.unzipped_bytes:
                        raise Unreadable("too-large-unzipped", limit=self.limits.unzipped_bytes)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as error:
            raise Unreadable("broken") from error
