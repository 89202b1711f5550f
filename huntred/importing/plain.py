"""Text of a page without its marks; pure, and linear in its length whatever stands in it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

LONGEST_TEXT = 15_000
_LONGEST_MARKED = 200_000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>|<![^<>]*>")
_SCRIPT = re.compile(r"<script\b", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
_LINKED_DATA = re.compile(r"type\s*=\s*[\"']?application/ld\+json", re.IGNORECASE)
_UNSEEN = frozenset({"script", "style", "template", "noscript", "iframe", "svg"})
_BLOCKS = frozenset({"p", "div", "br", "ul", "ol", "tr", "table", "section", "h1", "h2", "h3", "h4", "h5", "h6", "hr"})
_LONGEST_TAG = 2_000


def linked_data(page: str) -> Iterator[str]:
    """Yield what stands in each `<script type="application/ld+json">`."""
    at = 0
    while found := _SCRIPT.search(page, at):
        opened = page.find(">", found.end())
        if opened < 0:
            return
        closed = _SCRIPT_END.search(page, opened)
        end = closed.start() if closed else len(page)
        if _LINKED_DATA.search(page[found.end() : opened][:_LONGEST_TAG]):
            yield page[opened + 1 : end]
        if closed is None:
            return
        at = end + 1


def plain_text(marked: str) -> str:
    """Return what a person reads of a piece of HTML: a line for each paragraph, "• " before items.

    Some pages escape their marks once more; those are taken off too.
    """
    text = marked[:_LONGEST_MARKED]
    if "<" not in text and "&lt;" in text:
        text = html.unescape(text)
    text = html.unescape(_without_marks(text))
    lines = (" ".join(line.split()) for line in text.replace("\0", "").splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:LONGEST_TEXT].rstrip()


def _without_marks(text: str) -> str:
    kept: list[str] = []
    at, unseen = 0, ""
    for start, end, name, closing in _marks(text):
        if not unseen:
            kept.append(text[at:start])
        at = end
        if unseen:
            unseen = "" if closing and name == unseen else unseen
        elif name in _UNSEEN and not closing:
            unseen = name
        elif name == "li":
            kept.append("" if closing else "\n• ")
        elif name in _BLOCKS:
            kept.append("\n")
    if not unseen:
        kept.append(text[at:])
    return "".join(kept)


def _marks(text: str) -> Iterator[tuple[int, int, str, bool]]:
    """Yield start, end, name and whether it closes; comments have no name."""
    at, commented = text.find("<"), True
    while at >= 0:
        end = at + 1
        if commented and text.startswith("<!--", at):
            close = text.find("-->", at)
            commented = close >= 0
            if commented:
                end = close + 3
                yield at, end, "", False
        elif found := _TAG.match(text, at):
            end = found.end()
            yield at, end, (found[2] or "").lower(), bool(found[1])
        at = text.find("<", end)
