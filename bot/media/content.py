"""What a file is, by its content and not by what is claimed, and whether it may be kept.

Nothing is opened further than needed to tell: no picture is decoded, no archive unpacked.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import filetype  # type: ignore[import-untyped]

from bot.media.errors import MediaRefused

MEGABYTE = 1 << 20
# Bytes at most. A document may turn out to be a picture, never the other way round.
LIMITS = {"image": 10 * MEGABYTE, "audio": 16 * MEGABYTE, "video": 20 * MEGABYTE, "document": 25 * MEGABYTE}

_TYPES = {
    "image/jpeg": "image", "image/png": "image", "image/webp": "image", "image/gif": "image", "image/heic": "image",
    "audio/ogg": "audio", "audio/mpeg": "audio", "audio/mp4": "audio", "audio/m4a": "audio", "audio/aac": "audio",
    "audio/amr": "audio", "audio/x-wav": "audio", "audio/x-flac": "audio",
    "video/mp4": "video", "video/quicktime": "video", "video/webm": "video", "video/3gpp": "video",
}  # fmt: skip
_OFFICE = "application/vnd.openxmlformats-officedocument."
_PACKED = {
    "word/document.xml": _OFFICE + "wordprocessingml.document",
    "xl/workbook.xml": _OFFICE + "spreadsheetml.sheet",
    "ppt/presentation.xml": _OFFICE + "presentationml.presentation",
}
_OPEN_DOCUMENT = re.compile(rb"application/vnd\.oasis\.opendocument\.(text|spreadsheet|presentation)")
_OLD_OFFICE = (
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
)
_MOST_ENTRIES = 10_000
# What does something when it is opened, whatever the vendor calls it.
_ACTIVE_NAMES = frozenset({
    "bat", "cmd", "com", "exe", "hta", "htm", "html", "jar", "js", "jse", "lnk", "mht", "mjs", "msi", "ps1", "py",
    "reg", "scr", "sh", "svg", "vb", "vbe", "vbs", "wsf", "xhtml", "xml",
})  # fmt: skip
_MACRO_NAMES = frozenset({"docm", "dotm", "xlsm", "xlsb", "xltm", "xlam", "pptm", "potm", "ppsm"})
_PROGRAMS = (
    b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"dex\n",
)  # fmt: skip
_MARKUP = re.compile(rb"<\s*(!doctype|html|head|body|script|svg|iframe|object|embed|\?xml|\?php)", re.IGNORECASE)
_PDF_MARKS = {
    "javascript": re.compile(rb"/(JavaScript|JS)[^A-Za-z]"), "launch": re.compile(rb"/Launch[^A-Za-z]"),
    "embedded_file": re.compile(rb"/EmbeddedFile"), "encrypted": re.compile(rb"/Encrypt[^A-Za-z]"),
}  # fmt: skip
_CHUNK = 1 << 18
_OVERLAP = 64


@dataclass(frozen=True)
class Judged:
    """family: image, audio, video or document. marks: what a careful person wants to know before opening it."""

    content_type: str
    family: str
    marks: tuple[str, ...] = ()


def judge(path: Path, claimed_name: str = "") -> Judged:
    """Tell what the file is. Raises MediaRefused where it may not be kept."""
    size = path.stat().st_size
    if not size:
        raise MediaRefused("empty")
    ending = claimed_name.rpartition(".")[2].lower() if "." in claimed_name else ""
    if ending in _ACTIVE_NAMES:
        raise MediaRefused("active")
    if ending in _MACRO_NAMES:
        raise MediaRefused("macros")
    with path.open("rb") as file:
        head = file.read(8192)
    found = _by_content(path, head)
    if size > LIMITS[found.family]:
        raise MediaRefused("too_big")
    return found


def _by_content(path: Path, head: bytes) -> Judged:
    if head.startswith(_PROGRAMS):
        raise MediaRefused("active")
    if b"%PDF-" in head[:1024]:
        return Judged("application/pdf", "document", _pdf_marks(path))
    if head.startswith(b"PK\x03\x04"):
        return _packed(path)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _old_office(path)
    if head.startswith(b"{\\rtf"):
        return _rich_text(path)
    guess = filetype.guess_mime(head)
    if guess is None and b"\x00" not in head:
        return _text(path, head)
    if guess is None or guess not in _TYPES:
        raise MediaRefused("type")
    return Judged("audio/mp4" if guess == "audio/m4a" else guess, _TYPES[guess])


def _packed(path: Path) -> Judged:
    """A document of today's office programs; a plain archive is not taken, for nobody knows what is in it."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            kind = archive.read("mimetype")[:100] if "mimetype" in names and names[0] == "mimetype" else b""
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        raise MediaRefused("type") from None
    if len(names) > _MOST_ENTRIES:
        raise MediaRefused("type")
    lowered = [name.lower() for name in names]
    if any(name.endswith(("vbaproject.bin", ".exe", ".js", ".vbs")) for name in lowered):
        raise MediaRefused("macros")
    for member, content_type in _PACKED.items():
        if member in names:
            marks = ("embedded_file",) if any("/embeddings/" in name for name in lowered) else ()
            return Judged(content_type, "document", marks)
    if _OPEN_DOCUMENT.fullmatch(kind):
        if any(name.startswith(("basic/", "scripts/")) for name in lowered):
            raise MediaRefused("macros")
        return Judged(kind.decode(), "document")
    raise MediaRefused("type")


def _old_office(path: Path) -> Judged:
    found = ""
    for piece in _pieces(path):
        if "_VBA_PROJECT".encode("utf-16-le") in piece:
            raise MediaRefused("macros")
        for stream, content_type in _OLD_OFFICE:
            if not found and stream.encode("utf-16-le") in piece:
                found = content_type
    if not found:
        raise MediaRefused("type")
    return Judged(found, "document")


def _rich_text(path: Path) -> Judged:
    for piece in _pieces(path):
        if b"\\objdata" in piece or b"\\objocx" in piece or b"\\ddeauto" in piece:
            raise MediaRefused("active")
    return Judged("application/rtf", "document")


def _pdf_marks(path: Path) -> tuple[str, ...]:
    """Look for what PDF calls actions. Names may be written with #-escapes; those in packed streams are not seen."""
    marks: set[str] = set()
    for piece in _pieces(path):
        plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda escape: bytes([int(escape.group(1), 16)]), piece)
        marks.update(name for name, pattern in _PDF_MARKS.items() if pattern.search(plain))
    if "launch" in marks:
        raise MediaRefused("active")
    return tuple(sorted(marks))


def _text(path: Path, head: bytes) -> Judged:
    """Plain words. Markup is refused wherever in the file it stands: a browser may be told that it is a page."""
    if head.startswith(b"#!"):
        raise MediaRefused("active")
    for piece in _pieces(path):
        if b"\x00" in piece:
            raise MediaRefused("type")
        if _MARKUP.search(piece):
            raise MediaRefused("active")
    return Judged("text/plain", "document")


def _pieces(path: Path) -> Iterator[bytes]:
    """The file in pieces that overlap, so that nothing hides on a seam."""
    with path.open("rb") as file:
        tail = b""
        while chunk := file.read(_CHUNK):
            yield tail + chunk
            tail = chunk[-_OVERLAP:]
