"""What kind of file it is, by its content and never by its name, and its lines.

Runs only inside the sandbox.
"""

from __future__ import annotations

from huntred.cv.errors import CvIsPicture, CvKindUnknown, CvLocked, CvTooLarge, CvTooLong
from ml.cv import docx, pdf
from ml.cv.bounds import MAX_BYTES, MAX_CHARACTERS
from ml.cv.document import CELL, Document, Line, compose

_TEXT_AT_LEAST = 40
_PICTURES = (
    b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"II*\x00", b"MM\x00*", b"BM", b"\x00\x00\x00\x18ftyphei",
    b"\x00\x00\x00\x1cftyphei", b"\x00\x00\x00 ftyphei", b"\x00\x00\x00$ftyphei",
)  # fmt: skip
# The container of old Word files, and of a DOCX that a password locks.
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")


def read(content: bytes) -> Document:
    """Return the lines of a PDF, a DOCX or a plain text. Raises CvRefused's kinds."""
    if len(content) > MAX_BYTES:
        raise CvTooLarge
    head = content[:1024]
    if head.startswith(_PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        raise CvIsPicture
    if b"%PDF-" in head:
        return compose(pdf.lines(content))
    if head.startswith(b"PK\x03\x04"):
        return compose(docx.lines(content))
    if head.startswith(_COMPOUND):
        raise CvLocked if _LOCKED in content else CvKindUnknown
    return compose(_plain(content))


def _plain(content: bytes) -> list[Line]:
    text = _decoded(content)
    if len(text) > MAX_CHARACTERS:
        raise CvTooLong
    odd = sum(1 for character in text if not (character.isprintable() or character in "\r\n\t\f\v"))
    start = text.lstrip()[:200].lower()
    # Programs, pages and letters' formats are texts too, but no CV as a person reads it.
    if odd * 200 > len(text) or start.startswith(
        ("<!doctype", "<html", "<?xml", "<svg", "{\\rtf", "#!", "mz", "<script")
    ):
        raise CvKindUnknown
    if len(text.strip()) < _TEXT_AT_LEAST:
        raise CvKindUnknown
    lines: list[Line] = []
    gap = 0.0
    for raw in text.splitlines():
        if not raw.strip():
            gap = 1.5
            continue
        cells = [part.strip() for part in raw.strip().replace("    ", "\t").split("\t") if part.strip()]
        lines.append(Line(CELL.join(cells), gap=gap, x=float(len(raw) - len(raw.lstrip()))))
        gap = 0.0
    return lines


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as error:
            raise CvKindUnknown from error
    if b"\0" in content:
        raise CvKindUnknown
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
