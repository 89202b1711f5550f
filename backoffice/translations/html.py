"""Where in the HTML a piece of a template stands: a text, an attribute that people read, or code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

from backoffice.translations.phrases import INLINE

_READ = frozenset({"aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "title", "placeholder",
                   "alt", "label"})  # fmt: skip
_ATTRIBUTE = re.compile(r"([^\s\"'=<>/]+)\s*=\s*$")
_TAG = re.compile(r"<(?:!--|[/!]?([a-z][a-z0-9-]*)|/?$)", re.I)
_TAG_SIGN = re.compile(r"[\"'>]")
_RAW_ENDS = {"script": "</script", "style": "</style", "svg": "</svg"}


@dataclass(frozen=True)
class Html:
    """Where in the HTML a template stands. mode: text, tag, value (of an attribute) or raw (script, style)."""

    mode: str = "text"
    tag: str = ""
    attribute: str = ""
    quote: str = ""

    @property
    def reads(self) -> str:
        """How what stands here is taken: "sure" is for people, "maybe" if it looks so, empty is code."""
        if self.mode == "text" or (self.mode == "value" and self.attribute in _READ):
            return "sure"
        return "maybe" if self.mode == "value" and self.attribute.startswith("data-") else ""


def pieces(data: str, html: Html) -> Iterator[tuple[str, str, Html]]:
    """Cut what a template writes: (text, how it is taken, where the HTML stands after it)."""
    at = 0
    while at < len(data):
        end, after, reads = _cut(data, at, html)
        yield data[at:end], reads, after
        at, html = end, after


def _cut(data: str, at: int, html: Html) -> tuple[int, Html, str]:
    """(end of the piece that begins at `at`, where the HTML stands then, how the piece is taken)."""
    if html.mode == "raw":
        end = data.find(_RAW_ENDS[html.tag], at)
        return (len(data), html, "") if end < 0 else (data.index(">", end) + 1, Html(), "")
    if html.mode == "value":
        end = data.find(html.quote, at)
        if end == at:
            return at + 1, replace(html, mode="tag", attribute="", quote=""), ""
        return (len(data) if end < 0 else end), html, html.reads
    if html.mode == "tag":
        return *_in_tag(data, at, html), ""
    found = at
    while (found := data.find("<", found)) >= 0:
        inline = INLINE.match(data, found)
        if inline is None and _TAG.match(data, found):
            break
        found = inline.end() if inline else found + 1
    if found != at:
        return (len(data) if found < 0 else found), html, html.reads
    if data.startswith("<!--", at):
        return data.index("-->", at) + 3, html, ""
    tag = cast("re.Match[str]", _TAG.match(data, at))
    return tag.end(), Html("tag", tag="" if data[at + 1 : at + 2] == "/" else (tag[1] or "").lower()), ""


def _in_tag(data: str, at: int, html: Html) -> tuple[int, Html]:
    found = _TAG_SIGN.search(data, at)
    if found is None:
        return len(data), html
    if found[0] == ">":
        closed = data[found.start() - 1] == "/"
        raw = html.tag in _RAW_ENDS and not closed
        return found.end(), Html("raw", tag=html.tag) if raw else Html()
    name = _ATTRIBUTE.search(data, at, found.start())
    if name is None:
        # The quote that ends a value.
        return found.end(), html
    return found.end(), replace(html, mode="value", attribute=name[1].lower(), quote=found[0])
