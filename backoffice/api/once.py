"""A POST with an Idempotency-Key is done once; the same again is answered as it was the first time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from contextlib import AbstractContextManager

from flask import Response, request

from backoffice import work
from backoffice.api import access
from backoffice.api.problems import Problem
from huntred.api_clients import idempotency
from huntred.db.unit_of_work import UnitOfWork, unit_of_work

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_KEPT_HEADERS = ("ETag", "Location")


def run(act: Callable[[], Response]) -> Response:
    """Claim the key in a transaction of its own, act, and keep the answer in the transaction of the work."""
    key, client_id = request.headers["Idempotency-Key"], access.caller().client_id
    if not _KEY.fullmatch(key):
        raise Problem("key_invalid")
    with _apart() as uow:
        claimed = idempotency.claim(uow, client_id, key, _fingerprint(), now=work.now())
    if claimed.verdict == "done":
        return _again(claimed)
    if claimed.verdict != "go" or claimed.claim is None:
        raise Problem("key_reused" if claimed.verdict == "other" else "key_busy")
    try:
        response = act()
        headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
        if not idempotency.answer(
            work.current_work(), client_id, key, claimed.claim, response.status_code, headers, response.get_data(True)
        ):
            raise Problem("key_busy")
    except BaseException:
        work.refuse()
        with _apart() as uow:
            idempotency.release(uow, client_id, key, claimed.claim)
        raise
    return response


def _again(kept: idempotency.Claim) -> Response:
    response = Response(kept.body, kept.status, mimetype="application/json" if kept.body else None)
    response.headers.update(kept.headers or {})
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _fingerprint() -> str:
    told = f"{request.method} {request.full_path}\n".encode() + request.get_data()
    return hashlib.sha256(told).hexdigest()


def _apart() -> AbstractContextManager[UnitOfWork]:
    return unit_of_work(work.wiring().engine, work.current_work().scope)
