"""From errors that we raise on purpose to pages and messages; the words stand in `templates/texts.html`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, current_app, flash, g, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from backoffice import work
from backoffice.api import problems
from huntred.errors import FieldInvalid, HuntredError, NotFound, RuleBroken


class Refused:
    """Whether a change was refused, and the field that is to blame where there is one."""

    def __init__(self) -> None:
        self.happened = False
        self.error: RuleBroken | None = None

    def __bool__(self) -> bool:
        return self.happened


@contextmanager
def refusals_flashed() -> Iterator[Refused]:
    """Turn a broken rule into a message on the next page, with nothing written. NotFound stays a 404."""
    refused = Refused()
    try:
        yield refused
        work.session.flush()
    except NotFound:
        raise
    except RuleBroken as error:
        work.refuse()
        refused.happened, refused.error = True, error
        flash_refusal(error)


def flash_refusal(error: RuleBroken) -> None:
    """Say on the next page why nothing was done."""
    field = getattr(error, "field", "")
    problem = getattr(error, "problem", "")
    flash(f"{error.code}|{field}|{problem}", "refused")


def done(code: str) -> None:
    """Say on the next page what has happened."""
    flash(code, "done")


def init_app(app: Flask) -> None:
    app.register_error_handler(NotFound, lambda error: _page(404))
    app.register_error_handler(FieldInvalid, lambda error: _page(400))
    app.register_error_handler(HuntredError, lambda error: _page(409))
    app.register_error_handler(CSRFError, lambda error: _page(400, "csrf"))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _http(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    return problems.of_http(error) if _of_api() else _page(error.code)


def _unexpected(error: Exception) -> Any:
    current_app.logger.exception("request failed: %s %s", request.method, request.path)
    if current_app.testing:
        raise error
    return problems.of_status(500) if _of_api() else _page(500)


def _of_api() -> bool:
    return request.path.startswith("/api/") or request.path == "/graphql"


def _page(status: int, reason: str = "") -> tuple[str, int]:
    if "work" in g:
        work.refuse()
    return render_template("error.html", status=status, reason=reason), status
