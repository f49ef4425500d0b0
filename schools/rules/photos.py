"""Photographs: told by their bytes, taken apart and put together again without what they carry.

A telephone writes place, time and owner into its pictures. Only what draws the picture is kept,
and of the metadata only which way is up. Formats: JPEG (ITU T.81 annex B), PNG (ISO 15948).
"""

import struct
import zlib
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from povedu.errors import Refusal

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 60_000_000
JPEG, PNG = "image/jpeg", "image/png"
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"cHRM", b"IDAT", b"IEND"})
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})
_APP0, _APP14, _COMMENT, _SCAN, _FILL = 0xE0, 0xEE, 0xFE, 0xDA, 0xFF


class Picture(NamedTuple):
    """A checked picture: its kind and the bytes to keep."""

    content_type: str
    content: bytes


def clean_picture(content: bytes) -> Picture:
    """Return a JPEG or PNG without metadata; refuse anything else, too large, or broken."""
    if len(content) > MAX_BYTES:
        raise Refusal(
            "photo-too-large",
            _("照片超过 %(limit)s MB。请压缩后上传。") % {"limit": MAX_BYTES // 1024 // 1024},
            field="photo",
        )
    try:
        if content.startswith(b"\xff\xd8\xff"):
            return Picture(JPEG, _clean_jpeg(content))
        if content.startswith(_PNG_HEAD):
            return Picture(PNG, _clean_png(content))
    except (ValueError, IndexError, struct.error) as broken:
        raise Refusal(
            "photo-broken", _("照片文件已损坏。请重新拍摄或另存后上传。"), field="photo"
        ) from broken
    raise Refusal("photo-kind", _("只接受 JPEG 或 PNG 照片。请另存为该格式后上传。"), field="photo")


def _check_size(width: int, height: int) -> None:
    if not width or not height or width * height > MAX_PIXELS:
        raise ValueError("size")


def _clean_jpeg(content: bytes) -> bytes:
    """Walk the segments up to the scan, keep those that draw, end at the end-of-image mark."""
    kept = [b"\xff\xd8"]
    place, framed = 2, False
    while True:
        marker, segment = _segment_at(content, place)
        if marker == _SCAN:
            break
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", segment[5:9])
            _check_size(width, height)
            framed = True
        kept += _jpeg_segment(marker, segment)
        place += len(segment)
    end = content.rfind(b"\xff\xd9", place)
    if not framed or end < 0:
        raise ValueError("incomplete")
    return b"".join([*kept, content[place : end + 2]])


def _segment_at(content: bytes, place: int) -> tuple[int, bytes]:
    """Return a segment's marker and its bytes, marker and length included."""
    if content[place] != 0xFF:
        raise ValueError("marker")
    marker = content[place + 1]
    if marker == 0xFF:  # a fill byte
        return marker, content[place : place + 1]
    if marker in _BARE:
        return marker, content[place : place + 2]
    (length,) = struct.unpack(">H", content[place + 2 : place + 4])
    segment = content[place : place + 2 + length]
    if length < 2 or len(segment) != length + 2:
        raise ValueError("length")
    return marker, segment


def _jpeg_segment(marker: int, segment: bytes) -> list[bytes]:
    """Return what is kept of a segment: metadata goes, except which way is up."""
    if marker == 0xE1:
        turned = _orientation(segment[4:])
        return [_orientation_only(turned)] if turned in range(2, 9) else []
    if marker in (_COMMENT, _FILL) or (_APP0 < marker <= 0xEF and marker != _APP14):
        return []
    return [segment]


def _orientation(exif: bytes) -> int:
    """Return the orientation tag of an EXIF block, 1 where there is none."""
    if not exif.startswith(b"Exif\0\0") or exif[6:8] not in (b"II", b"MM"):
        return 1
    body, order = exif[6:], "<" if exif[6:8] == b"II" else ">"
    try:
        (first,) = struct.unpack(order + "I", body[4:8])
        (entries,) = struct.unpack(order + "H", body[first : first + 2])
        for number in range(min(entries, 64)):
            at = first + 2 + 12 * number
            (tag,) = struct.unpack(order + "H", body[at : at + 2])
            if tag == 0x0112:
                (value,) = struct.unpack(order + "H", body[at + 8 : at + 10])
                return int(value)
    except struct.error:
        return 1
    return 1


def _orientation_only(value: int) -> bytes:
    """Return an EXIF segment that says nothing but the orientation."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, value, 0)
    exif = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    return b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif


def _clean_png(content: bytes) -> bytes:
    """Walk the chunks, check each sum, keep those that draw."""
    names: list[bytes] = []
    kept, place = [_PNG_HEAD], len(_PNG_HEAD)
    while not names or names[-1] != b"IEND":
        (length,) = struct.unpack(">I", content[place : place + 4])
        chunk = content[place : place + 12 + length]
        name, body = chunk[4:8], chunk[8 : 8 + length]
        (checksum,) = struct.unpack(">I", chunk[8 + length :])
        if zlib.crc32(name + body) != checksum:
            raise ValueError("checksum")
        if not names:
            if name != b"IHDR":
                raise ValueError("first chunk")
            _check_size(*struct.unpack(">II", body[:8]))
        names.append(name)
        if name in _PNG_KEPT:
            kept.append(chunk)
        place += 12 + length
    if b"IDAT" not in names:
        raise ValueError("no picture")
    return b"".join(kept)
