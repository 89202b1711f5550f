"""Errors in the form of the Graph API."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.responses import JSONResponse

# code: (HTTP status, title), as Meta's table of error codes has them.
KNOWN: dict[int, tuple[int, str]] = {
    4: (400, "Application request limit reached"),
    33: (400, "Parameter value is not valid"),
    100: (400, "Invalid parameter"),
    190: (401, "Invalid OAuth access token - Cannot parse access token"),
    2200: (400, "Callback verification failed"),
    130429: (400, "Rate limit hit"),
    131000: (500, "Something went wrong"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131016: (503, "Service unavailable"),
    131026: (400, "Message undeliverable"),
    131047: (400, "Re-engagement message"),
    131049: (400, "This message was not delivered to maintain healthy ecosystem engagement"),
    131052: (400, "Media download error"),
    131053: (400, "Media upload error"),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit"),
    132000: (400, "Number of parameters does not match the expected number of params"),
    132001: (404, "Template name does not exist in the translation"),
    132015: (400, "Template is paused"),
    132016: (400, "Template is disabled"),
}


def graph_error(code: int, detail: str, status: int | None = None, **extra: Any) -> JSONResponse:
    """Answer as the Graph API does; the product has to go by `code` and `error_data.details`."""
    known_status, title = KNOWN.get(code, (status or 400, "Unknown error"))
    error: dict[str, Any] = {
        "message": f"(#{code}) {title}",
        "type": "OAuthException",
        "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": detail},
        "fbtrace_id": "A" + secrets.token_urlsafe(16),
        **extra,
    }
    return JSONResponse({"error": error}, status_code=status or known_status)


def status_error(code: int, detail: str) -> dict[str, Any]:
    """Return the error as a failed status carries it."""
    title = KNOWN[code][1]
    return {"code": code, "title": title, "message": title, "error_data": {"details": detail}}
