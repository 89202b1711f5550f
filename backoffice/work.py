"""The unit of work of a request: one scoped session, committed at the edge after a successful change.

Every request begins with a scope that sees nothing; `auth.py` widens it to the signed-in user's, a public page to
its link's unit. A GET never commits.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import cast

from flask import Flask, Response, abort, current_app, g, request
from sqlalchemy.orm import Session
from werkzeug.local import LocalProxy

from backoffice import audit, scoping
from backoffice.ports import Wiring
from huntred.db.session import NOTHING, Scope, open_session, rescope
from huntred.db.unit_of_work import UnitOfWork
from huntred.db.wakeups import wake_after_commit

_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def init_app(app: Flask, wiring: Wiring) -> None:
    """Give every request of the app its session."""
    app.extensions["wiring"] = wiring
    app.after_request(_finish)
    app.teardown_request(_close)


def wiring() -> Wiring:
    """What this process was put together with."""
    return cast("Wiring", current_app.extensions["wiring"])


def wiring_of(app: Flask) -> Wiring:
    """That of an app that is being put together."""
    return cast("Wiring", app.extensions["wiring"])


def now() -> datetime:
    """The time of this request."""
    if "now" not in g:
        g.now = wiring().clock()
    return cast(datetime, g.now)


def current_work() -> UnitOfWork:
    """The unit of work of this request; nothing is sent to the database before the first query."""
    if "work" not in g:
        session = open_session(wiring().engine, NOTHING)
        scoping.watch(session)
        audit.watch(session)
        g.work = UnitOfWork(session, NOTHING)
    return cast(UnitOfWork, g.work)


session = cast(Session, LocalProxy(lambda: current_work().session))
"""The session of this request, for Flask-Admin's views."""


def set_scope(scope: Scope) -> None:
    """From here on this request sees what the scope says."""
    work = current_work()
    work.scope = scope
    rescope(work.session, scope)


def work_of(unit: str) -> UnitOfWork:
    """The same session as a unit of work of one unit, for the services that act in exactly one."""
    work = current_work()
    if unit not in work.scope.units:
        raise LookupError(f"unit {unit!r} is outside this request's scope")
    return UnitOfWork(work.session, replace(work.scope, units=(unit,)))


def whole_unit() -> UnitOfWork:
    """The unit of work of this request, for who sees whole units; for a division the page is not there."""
    work = current_work()
    if work.scope.divisions:
        abort(404)
    return work


def refuse() -> None:
    """Undo what this request has done so far; it will not be committed."""
    g.refused = True
    current_work().session.rollback()


def _finish(response: Response) -> Response:
    if "work" not in g:
        return response
    work = current_work()
    if request.method in _CHANGING and response.status_code < 400 and not g.get("refused"):
        work.session.flush()
        audit.finish(work.session)
        wake_after_commit(work.session, "live")
        work.session.commit()
    else:
        work.session.rollback()
    return response


def _close(error: BaseException | None) -> None:
    work = g.pop("work", None)
    if work is not None:
        work.session.close()
