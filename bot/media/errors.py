"""Why a file is not kept.

MediaRefused      .code says why, and the person is told once
MediaGone         the vendor has it no more
MediaLater        try again; .after seconds, where the vendor says so
"""

from __future__ import annotations


class MediaRefused(Exception):
    """code: empty, too_big, type, active, macros, protected. Its words for people stand on the app's side."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class MediaGone(Exception):
    """Its id or address has expired, or was never good."""


class MediaLater(Exception):
    """The vendor, the way to it, or our disk is in trouble."""

    def __init__(self, reason: str, after: float = 0.0) -> None:
        super().__init__(reason)
        self.after = after
