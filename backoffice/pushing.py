"""What the pages know of web push: our key, and the program that a browser runs while no page of ours is open."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, current_app

from backoffice import work


def init_app(app: Flask) -> None:
    """Serve the program from the root of our origin: it may then open and focus any page of ours, and no other's."""
    app.add_url_rule("/push-worker.js", "push_worker", _worker)


def public_key() -> str:
    """Ours, as a browser wants it; empty where this installation has none."""
    service = work.wiring().push
    return service.public_key if service else ""


def _worker() -> Response:
    # Asked for by the browser itself, signed in or not.
    program = Path(current_app.static_folder or "", "push-worker.js").read_bytes()
    return Response(program, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})
