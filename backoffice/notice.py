"""Draws a privacy notice (headings, lists and paragraphs of Markdown, nothing else) with everything escaped."""

from __future__ import annotations

from markupsafe import Markup


def notice_html(text: str) -> Markup:
    """Return the notice as HTML; its first heading is the page's."""
    parts: list[Markup] = []
    items: list[Markup] = []

    def end_list() -> None:
        if items:
            parts.append(Markup("<ul>{}</ul>").format(Markup("").join(items)))
            items.clear()

    for line in text.splitlines():
        line = line.strip()
        if line.startswith(("- ", "* ")):
            items.append(Markup("<li>{}</li>").format(line[2:]))
            continue
        end_list()
        if line.startswith("#"):
            level = 1 if line.startswith("# ") else 2
            parts.append(Markup("<h{0}>{1}</h{0}>").format(level, line.lstrip("# ")))
        elif line:
            parts.append(Markup("<p>{}</p>").format(line))
    end_list()
    return Markup("").join(parts)
