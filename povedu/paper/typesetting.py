"""WeasyPrint, kept to what papers need and without any way out."""

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


def lay_out(html: str, stylesheet: str) -> Any:
    """Return the pages of a document that refers to nothing outside itself."""
    fonts = FontConfiguration()
    sheet = CSS(string=stylesheet, font_config=fonts, url_fetcher=NothingFetched())
    page = HTML(string=html, url_fetcher=NothingFetched())
    return page.render(stylesheets=[sheet], font_config=fonts)
