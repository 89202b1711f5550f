"""Puts an uploaded CV below MEDIA_DIR, as the gateway does with what comes by a chat (`bot/media/shelf.py`)."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from uuid import uuid4

from huntred.cv.service import Stored

MOST_BYTES = 8 * 1024 * 1024
_KINDS = (
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG", "image/png"),
)


def keep(folder: Path, content: bytes, name: str) -> Stored:
    """Write it whole or not at all; the same content once. The kind is a guess: the reader judges it."""
    digest = hashlib.sha256(content).hexdigest()
    stored_name = f"{digest[:2]}/{digest}"
    target = folder / stored_name
    incoming = folder / "incoming" / uuid4().hex
    for parent in (target.parent, incoming.parent):
        parent.mkdir(parents=True, exist_ok=True)
    try:
        with incoming.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        incoming.replace(target)
    finally:
        incoming.unlink(missing_ok=True)
    return Stored(digest, stored_name, _kind(content), name[:200], len(content))


def _kind(content: bytes) -> str:
    for head, kind in _KINDS:
        if content.startswith(head):
            return kind
    return "application/octet-stream" if b"\x00" in content[:4096] else "text/plain"
