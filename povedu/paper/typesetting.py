"""WeasyPrint, kept to what papers need and without any way out."""

import threading
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher


class NothingFetched(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Refuses every address: a paper carries its style with it and asks nobody for anything."""

    def __init__(self) -> None:
        super().__init__(timeout=1, allowed_protocols=(), allow_redirects=False)

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Refuse; WeasyPrint leaves the thing out."""
        raise ValueError(f"a paper may not fetch {url!r}")


class _Style(threading.local):
    """The style sheet read last in this thread, with its fonts: Pango's are not to be shared.

    Letters of a run have one style sheet; reading it was a quarter of setting one.
    """

    text = ""

    def of(self, stylesheet: str) -> tuple[Any, Any]:
        """Return (style sheet, fonts) of a text, read where it is another than the last."""
        if self.text != stylesheet:
            fonts = FontConfiguration()
            sheet = CSS(string=stylesheet, font_config=fonts, url_fetcher=NothingFetched())
            self.text, self.read = stylesheet, (sheet, fonts)
        return self.read


_style = _Style()


def lay_out(html: str, stylesheet: str) -> Any:
    """Return the pages of a document that refers to nothing outside itself."""
    sheet, fonts = _style.of(stylesheet)
    page = HTML(string=html, url_fetcher=NothingFetched())
    return page.render(stylesheets=[sheet], font_config=fonts)
