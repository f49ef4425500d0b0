"""Papers put to a finding: pictures and PDFs, told by their bytes, never by their names."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from povedu.errors import Refusal
from schools.rules.photos import clean_picture

MAX_BYTES = 8 * 1024 * 1024
MAX_FILES = 12  # per finding
PDF = "application/pdf"
ENDINGS = {PDF: "pdf", "image/jpeg": "jpg", "image/png": "png"}
_PDF_HEAD, _PDF_END = b"%PDF-", b"%%EOF"
# What makes a PDF do something when it is opened (ISO 32000-1, 12.6.4).
_ACTIVE = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/RichMedia")
_NAME_ENDS = b" \t\r\n\f\0<>[](){}/%"


class Evidence(NamedTuple):
    """A checked paper: its kind and the bytes to keep."""

    content_type: str
    content: bytes


def read_evidence(content: bytes) -> Evidence:
    """Return a picture without what the camera wrote into it, or a PDF as it is.

    Anything else, too large, broken, or with parts that act when opened, is refused.
    """
    if not content:
        raise Refusal("evidence-empty", _("文件是空的。请重新选择。"), field="file")
    if len(content) > MAX_BYTES:
        raise Refusal(
            "evidence-too-large",
            _("文件超过 %(limit)s MB。请压缩后上传。") % {"limit": MAX_BYTES // 1024 // 1024},
            field="file",
        )
    if content.startswith(_PDF_HEAD):
        return _pdf(content)
    try:
        return Evidence(*clean_picture(content))
    except Refusal as refusal:
        if refusal.code == "photo-kind":
            raise Refusal(
                "evidence-kind",
                _("只接受 JPEG、PNG 图片和 PDF 文件。请拍照或另存为这些格式后上传。"),
                field="file",
            ) from refusal
        raise Refusal(refusal.code, refusal.message, field="file") from refusal


def _pdf(content: bytes) -> Evidence:
    if _PDF_END not in content[-2048:]:
        raise Refusal("evidence-broken", _("PDF 文件不完整。请重新导出后上传。"), field="file")
    if any(_names(content, word) for word in _ACTIVE):
        raise Refusal(
            "evidence-active",
            _("PDF 文件含有脚本或附件，不能上传。请打印成不含脚本的 PDF，或拍照上传。"),
            field="file",
        )
    return Evidence(PDF, content)


def _names(content: bytes, word: bytes) -> bool:
    """Say whether a PDF names something, as a whole name."""
    at = content.find(word)
    while at >= 0:
        after = content[at + len(word) : at + len(word) + 1]
        if not after or after in _NAME_ENDS:
            return True
        at = content.find(word, at + 1)
    return False
