"""Hands down a file that somebody sent, so that a browser never takes it for anything but what it is."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from flask import abort, send_file
from werkzeug.wrappers import Response

from huntred.conversations.media import SentFile

# Shown in the page; everything else is saved, whatever it says of itself.
_SHOWN = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
_ENDINGS = {"audio/ogg": ".ogg", "audio/amr": ".amr", "audio/mp4": ".m4a", "image/webp": ".webp", "image/heic": ".heic"}


def answer(sent: SentFile, folder: Path) -> Response:
    """Stream it (in parts, where a player asks for them). 404 where the disk has it no more."""
    path = folder.resolve() / (sent.stored_name or "")
    if not sent.stored_name or not path.is_file():
        abort(404)
    shown = sent.content_type in _SHOWN or sent.family in {"audio", "video"}
    response = send_file(
        path, mimetype=sent.content_type, as_attachment=not shown, download_name=_name(sent), conditional=True,
        etag=sent.stored_name.rpartition("/")[2],
    )  # fmt: skip
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Opened on its own, it may run and load nothing.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _name(sent: SentFile) -> str:
    """Keep the name that was told, with the ending of what it is."""
    ending = _ENDINGS.get(sent.content_type) or mimetypes.guess_extension(sent.content_type) or ""
    stem = Path(sent.name.replace("\\", "/")).name.rpartition(".")[0] or sent.name or sent.kind
    return f"{stem}{ending}"
