"""The folder of files, MEDIA_DIR: `<two characters of the hash>/<the hash>`, the same content once.

A file stands there whole or not at all: it is written beside, made durable, then renamed. Blocking; call it in a
thread. Who deletes: `huntred/privacy/files.py`, what no row names, a day after it was last put here.
"""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from uuid import uuid4

_INCOMING = "incoming"
_LEFT_BEHIND_SECONDS = 86_400


class Parcel:
    """One file that is coming in."""

    def __init__(self, folder: Path, path: Path) -> None:
        self.path = path
        self.size = 0
        self._folder = folder
        self._hash = hashlib.sha256()
        self._file = path.open("xb")

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self._hash.update(chunk)
        self.size += len(chunk)

    def finish(self) -> None:
        """Make what was written durable, and readable by whoever judges it."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def keep(self) -> str:
        """Put it on the shelf; return its name there. Call finish() before."""
        name = f"{self.sha256[:2]}/{self.sha256}"
        target = self._folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        # Also where it stands already: the fresh one has today's date, and a sweep leaves it alone.
        self.path.replace(target)
        for folder in (target.parent, self._folder):
            _sync(folder)
        return name

    def drop(self) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)


class Shelf:
    """folder: MEDIA_DIR; made where it is not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self) -> Parcel:
        """Raises OSError where the folder cannot be written, or the disk is full."""
        incoming = self._folder / _INCOMING
        incoming.mkdir(parents=True, exist_ok=True)
        return Parcel(self._folder, incoming / uuid4().hex)

    def tidy(self) -> None:
        """Remove what a killed process left half-written."""
        incoming = self._folder / _INCOMING
        for path in incoming.iterdir() if incoming.is_dir() else ():
            try:
                if time.time() - path.stat().st_mtime > _LEFT_BEHIND_SECONDS:
                    path.unlink()
            except FileNotFoundError:
                continue


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
