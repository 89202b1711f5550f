"""Log files of the processes: rotated by size, read back for `make logs` and for one-line reasons."""

from __future__ import annotations

import shutil
from pathlib import Path

MAX_BYTES = 10 * 2**20
KEPT = 3


def rotate(log: Path, *, max_bytes: int = MAX_BYTES, kept: int = KEPT) -> bool:
    """Put a log that grew too long aside as .1, .2, …; returns whether it did.

    The process goes on writing to the same file (opened for appending), so it is copied and emptied, not
    renamed: the few lines of that instant are the price for children that need no pipe and therefore
    survive nothing.
    """
    try:
        if log.stat().st_size <= max_bytes:
            return False
    except FileNotFoundError:
        return False
    for number in range(kept - 1, 0, -1):
        older = Path(f"{log}.{number}")
        if older.exists():
            older.replace(f"{log}.{number + 1}")
    shutil.copyfile(log, f"{log}.1")
    with log.open("r+b") as stream:
        stream.truncate(0)
    return True


def tail(log: Path, lines: int) -> list[str]:
    """The last lines of a log."""
    try:
        with log.open("rb") as stream:
            stream.seek(0, 2)
            size = stream.tell()
            stream.seek(max(0, size - 400 * max(lines, 1)))
            text = stream.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return []
    return text.splitlines()[-lines:]


def last_words(log: Path, since_byte: int = 0) -> str:
    """The last line that a process said, for the one line that says why it ended."""
    try:
        with log.open("rb") as stream:
            stream.seek(0, 2)
            size = stream.tell()
            stream.seek(max(min(since_byte, size), size - 16384))
            text = stream.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    said = [line.strip() for line in text.splitlines() if line.strip()]
    return said[-1][:300] if said else ""
