"""Answering with a file that people put in: as an attachment, never sniffed, never run."""

from django.http import HttpResponse


def attachment(content: bytes, content_type: str, name: str) -> HttpResponse:
    """Return the bytes of a picture or a PDF; ``name`` says nothing about a person."""
    return HttpResponse(
        content,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        },
    )
