"""HTML of ours to PDF by WeasyPrint, which fetches nothing while it does so."""

from __future__ import annotations

from typing import Any


def write_pdf(html: str) -> bytes:
    """Return the PDF of a page whose style and drawings stand in it. Anything it refers to is refused."""
    # Slow to load, and only this needs it.
    from weasyprint import HTML

    content: bytes = HTML(string=html, url_fetcher=_refuse).write_pdf()
    return content


def _refuse(url: str, *args: Any, **kwargs: Any) -> Any:
    raise ValueError(f"a report fetches nothing, and so not {url}")
