"""Engines and the scope of a session: which units and divisions it may see.

The scope goes to PostgreSQL as `SET LOCAL app.units` and so on at the start of every transaction; the policies
of `policies.py` read it. An empty scope sees nothing.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.orm import Session, SessionTransaction

from huntred.db.scope import NOTHING, Scope

__all__ = ["NOTHING", "Scope", "make_engine", "open_session", "rescope"]

_SET_SCOPE = text(
    "SELECT set_config('app.units', :units, true), set_config('app.divisions', :divisions, true), "
    "set_config('app.all_units', :all_units, true), set_config('app.user_id', :user_id, true), "
    "set_config('app.login', :login, true), set_config('app.design', :design, true)"
)


def make_engine(database_url: str, *, pool_size: int = 5) -> Engine:
    """Return an engine for a `postgresql://` URL; nothing is opened until it is used."""
    url = database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    return create_engine(url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True)


def open_session(engine: Engine, scope: Scope) -> Session:
    """Return a session whose every transaction carries the scope."""
    session = Session(engine, expire_on_commit=False, info={"scope": scope})
    event.listen(session, "after_begin", _apply_scope)
    return session


def rescope(session: Session, scope: Scope) -> None:
    """Change what a session may see from now on (after a log-in); an open transaction changes at once."""
    session.info["scope"] = scope
    if session.in_transaction():
        _send_scope(session.connection(), scope)


def _apply_scope(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    _send_scope(connection, session.info["scope"])


def _send_scope(connection: Connection, scope: Scope) -> None:
    connection.execute(
        _SET_SCOPE,
        {
            "units": ",".join(scope.units),
            "divisions": ",".join(str(division) for division in scope.divisions),
            "all_units": "on" if scope.all_units else "",
            "user_id": str(scope.user_id) if scope.user_id else "",
            "login": "on" if scope.login else "",
            "design": ",".join(scope.design),
        },
    )
