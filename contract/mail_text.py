"""What a person wrote in a mail: without markup, without what is quoted below it, without a signature. Pure."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_MOST_CHARACTERS = 8000
# Where a mail program puts what is answered to; the name of its element tells.
_QUOTE_CLASSES = frozenset(
    {"gmail_quote", "gmail_quote_container", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote"}
)
_QUOTE_IDS = frozenset({"divrplyfwdmsg", "appendonsend", "reply-intro", "mail-editor-reference-message-container"})
_SIGNATURE_CLASSES = frozenset({"gmail_signature", "moz-signature"})
_UNSEEN = frozenset({"head", "script", "style", "title", "template", "noscript"})
_BLOCKS = frozenset(
    {"p", "div", "br", "li", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "hr", "pre"}
)
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "col", "area", "base", "wbr", "source", "embed"})

# "El lun, 2 mar 2026 a las 9:00, Amigro (<a@b.mx>) escribió:", on one line or two; English and what programs add.
_WROTE = re.compile(
    r"^[>\s]*(?:El|On|Le|Am|Em)\s[^\n]{4,200}(?:\n[^\n]{0,200})?(?:escribi[oó]|wrote|a écrit|schrieb|escreveu)\s*:\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_HEADERS = re.compile(
    r"^[*>\s]*(?:De|From)\s*:[^\n]*\n(?:[^\n]*\n){0,2}?[*>\s]*(?:Enviado|Enviado el|Fecha|Sent|Date|Para|To)\s*:",
    re.IGNORECASE | re.MULTILINE,
)
_RULE = re.compile(
    r"^\s*(?:-{2,}\s*(?:Mensaje original|Mensaje reenviado|Original Message|Forwarded message)\s*-{2,}|_{20,})\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_FORWARDED = re.compile(
    r"^[>\s]*(?:-{2,}\s*(?:Mensaje reenviado|Forwarded message)\s*-{2,}|"
    r"(?:Inicio del mensaje reenviado|Begin forwarded message)\s*:)\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_HEAD_LINE = re.compile(
    r"^[*>\s]*(?:De|From|Enviado|Enviado el|Fecha|Date|Sent|Para|To|Cc|CC|Asunto|Subject)\s*:", re.IGNORECASE
)
_SIGNATURE = re.compile(r"^--\s*$", re.MULTILINE)
_SENT_FROM = re.compile(
    r"^\s*(?:Enviado desde|Enviado con|Obt[eé]n(?:er)? Outlook|Sent from|Sent with|Get Outlook)\b[^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)


def written(text: str, *, forwarded: bool = False) -> str:
    """Return what was newly written. Where that would be nothing, all of it: an answer between the lines is kept.

    forwarded: what was forwarded below it belongs to it, without the head that the program put before it.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").replace("\u200b", "")
    passed_on = _forwarded(text) if forwarded else ""
    top = text
    for pattern in (_WROTE, _HEADERS, _RULE):
        found = pattern.search(top)
        if found is not None:
            top = top[: found.start()]
    lines = [line for line in top.split("\n") if not line.lstrip().startswith(">")]
    top = _without_signature("\n".join(lines))
    if passed_on:
        top = f"{top.strip()}\n\n{passed_on}"
    if not top.strip():
        top = "\n".join(line.lstrip("> ") for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", top).strip()[:_MOST_CHARACTERS]


def _forwarded(text: str) -> str:
    """Return what was forwarded, as it was newly written by whom it came from; "" where nothing was."""
    mark, head = _FORWARDED.search(text), _HEADERS.search(text)
    if mark is None and head is None:
        return ""
    # Outlook puts the head of the older mail there and nothing else.
    begins = mark.end() if mark is not None else head.start() if head is not None else 0
    lines = text[begins:].lstrip("\n").split("\n")
    while lines and (not lines[0].strip() or _HEAD_LINE.match(lines[0])):
        lines.pop(0)
    return written("\n".join(line.lstrip("> ") for line in lines))


def _without_signature(text: str) -> str:
    for pattern in (_SIGNATURE, _SENT_FROM):
        found = pattern.search(text)
        if found is not None and text[: found.start()].strip():
            text = text[: found.start()]
    return text


def from_html(markup: str, *, forwarded: bool = False) -> str:
    """Return the words of a page as a person sees them, what it quotes left out unless it was forwarded."""
    reader = _Reader(quotes=forwarded)
    reader.feed(markup)
    reader.close()
    text = re.sub(r"[ \t\f\v]+", " ", "".join(reader.words))
    return re.sub(r" ?\n ?", "\n", text).strip()


class _Reader(HTMLParser):
    """Collects text; `_left_out` counts how deep we are inside something that is not read."""

    def __init__(self, *, quotes: bool = False) -> None:
        """quotes: read what is quoted too."""
        super().__init__(convert_charrefs=True)
        self._quotes = quotes
        self.words: list[str] = []
        self._left_out = 0
        self._ended = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._ended:
            return
        if tag in _VOID:
            if tag in _BLOCKS and not self._left_out:
                self.words.append("\n")
            return
        given = {name: value or "" for name, value in attrs}
        if self._left_out:
            self._left_out += 1
            return
        if given.get("id", "").lower() in _QUOTE_IDS and not self._quotes:
            # Outlook puts a mark before what it quotes; all that follows is the older mail.
            self._ended = True
            return
        classes = set(given.get("class", "").lower().split())
        quoted = tag == "blockquote" and (given.get("type") == "cite" or "cite" in given)
        quoted = (quoted or bool(classes & _QUOTE_CLASSES)) and not self._quotes
        hidden = "display:none" in given.get("style", "").replace(" ", "").lower()
        if tag in _UNSEEN or quoted or hidden or classes & _SIGNATURE_CLASSES:
            self._left_out = 1
        elif tag in _BLOCKS:
            self.words.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS and not (self._left_out or self._ended):
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if self._left_out:
            self._left_out -= 1
        elif tag in _BLOCKS and not self._ended:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not (self._left_out or self._ended):
            self.words.append(re.sub(r"\s+", " ", data))
