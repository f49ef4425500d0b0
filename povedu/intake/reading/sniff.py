"""A file's kind is decided by its bytes, never by its name."""

import re

from povedu.intake.reading.faults import Unreadable

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"%PDF", "PDF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"{\\rtf", "RTF"),
    (b"\x7fELF", "ELF"),
    (b"MZ\x90", "EXE"),
    (b"SQLite format 3", "SQLite"),
)
_TABLE = re.compile(rb"<(?:html|table|!doctype html)\b", re.IGNORECASE)
_SPREADSHEET_ML = b"urn:schemas-microsoft-com:office:spreadsheet"


def _wide(name: str) -> bytes:
    return name.encode("utf-16-le")


def _ole(data: bytes) -> str:
    if _wide("EncryptedPackage") in data:
        raise Unreadable("encrypted")
    if _wide("Workbook") in data or _wide("Book") in data:
        return "xls"
    raise Unreadable("not-a-table", found="OLE")


def _narrow(head: bytes) -> bytes:
    """Return the ASCII of a beginning that may be UTF-16, enough to look for markup."""
    return head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")


def _markup(head: bytes) -> str | None:
    if _SPREADSHEET_ML in head:
        return "xml-2003"
    if head[:13].lower() == b"mime-version:":
        raise Unreadable("not-a-table", found="MHTML")
    if head[:1] == b"<" and _TABLE.search(head):
        return "html"
    if head[:5] == b"<?xml":
        raise Unreadable("not-a-table", found="XML")
    return None


def kind_of(data: bytes) -> str:
    """Return zip, xls, xml-2003, html or text; raise Unreadable for what is no table at all."""
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("empty")
    if data[:4] == b"PK\x03\x04":
        return "zip"
    if data[:8] == _OLE:
        return _ole(data)
    for magic, name in _FOREIGN:
        if data.startswith(magic):
            raise Unreadable("not-a-table", found=name)
    if data[:2] in (b"PK", b"\x09\x08", b"\x09\x04", b"\x09\x02"):
        raise Unreadable("broken")
    return _markup(_narrow(data[:4096])) or "text"
