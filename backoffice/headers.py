"""Security headers: the content policy with a nonce, and what browsers may do with our pages."""

from __future__ import annotations

from flask import Flask, Response, request
from flask_talisman import Talisman

POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self' data:",
    "worker-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
}


def init_app(app: Flask, *, secure: bool) -> None:
    """secure: behind TLS, so that browsers are told to stay there."""
    Talisman(
        app,
        force_https=False,
        strict_transport_security=secure,
        session_cookie_secure=secure,
        content_security_policy=POLICY,
        content_security_policy_nonce_in=["script-src", "style-src"],
        frame_options="DENY",
        referrer_policy="same-origin",
        permissions_policy={"geolocation": "()", "camera": "()", "microphone": "()"},
    )
    app.after_request(_no_store)


def _no_store(response: Response) -> Response:
    # Pages hold what people told us: no cache on the way keeps them.
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response
