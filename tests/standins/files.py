"""Files at the stand-ins: what a person sent and what the product uploaded, each with its end."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

from tests.standins.clock import Clock

DAY = 86_400


@dataclass(frozen=True)
class StoredFile:
    """account: who may read it. expires_at: an id from a webhook lives 7 days, an uploaded one 30."""

    id: str
    account: str
    content: bytes
    content_type: str
    filename: str
    expires_at: float

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class Files:
    """Files by id."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._files: dict[str, StoredFile] = {}

    def clear(self) -> None:
        self._files.clear()

    def put(self, account: str, content: bytes, content_type: str, filename: str, days: int) -> StoredFile:
        name = str(secrets.randbelow(10**16) + 10**15)
        stored = StoredFile(name, account, content, content_type, filename, self._clock.now() + days * DAY)
        self._files[name] = stored
        return stored

    def get(self, file_id: str) -> StoredFile | None:
        stored = self._files.get(file_id)
        return stored if stored is not None and stored.expires_at > self._clock.now() else None

    def remove(self, file_id: str) -> bool:
        return self._files.pop(file_id, None) is not None


@dataclass(frozen=True)
class Part:
    """One part of a multipart form. filename is None for a plain field."""

    name: str
    content: bytes
    filename: str | None
    content_type: str


def parse_multipart(content_type: str, raw: bytes) -> list[Part]:
    """Split a multipart/form-data body. Raises ValueError where it is none."""
    found = re.search(r'boundary="?([^";]+)"?', content_type)
    if found is None:
        raise ValueError("multipart without a boundary")
    parts: list[Part] = []
    for piece in raw.split(b"--" + found.group(1).encode())[1:-1]:
        head, separator, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        header = head.decode("utf-8", "replace")
        name = re.search(r'[; ]name="([^"]*)"', header)
        if not separator or name is None:
            raise ValueError("a multipart part without a name")
        filename = re.search(r'filename="([^"]*)"', header)
        kind = re.search(r"(?im)^content-type:\s*(\S+)", header)
        parts.append(
            Part(
                name.group(1),
                content.removesuffix(b"\r\n"),
                filename.group(1) if filename else None,
                kind.group(1).rstrip(";") if kind else "text/plain",
            )
        )
    return parts
