"""Wakes other processes after a commit.

A `NOTIFY` inside the transaction would take a global lock at its commit, so it goes out by itself afterwards; a
lost one costs nothing but the time until the listener's next sweep.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal

from sqlalchemy import Engine, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

_NOTIFY = text("SELECT pg_notify(:channel, :payload)")

Channel = Literal["inbox", "outbox", "events", "live", "models", "workbench"]


def wake_after_commit(session: Session, channel: Channel, payload: Mapping[str, str] | None = None) -> None:
    """Notify a channel once, after the transaction that is open now has committed."""
    waiting: set[tuple[str, str]] = session.info.setdefault("wake", set())
    waiting.add((channel, json.dumps(payload) if payload else ""))
    if not event.contains(session, "after_commit", _send):
        event.listen(session, "after_commit", _send)
        event.listen(session, "after_rollback", _forget)


def _send(session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint was released: the commit is yet to come
    waiting: set[tuple[str, str]] = session.info.pop("wake", set())
    bind = session.get_bind()
    if not waiting or not isinstance(bind, Engine):
        return
    try:
        with bind.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for channel, payload in sorted(waiting):
                connection.execute(_NOTIFY, {"channel": channel, "payload": payload})
    except SQLAlchemyError:
        # The work is committed; every listener sweeps behind its notifications.
        pass


def _forget(session: Session) -> None:
    if session.in_nested_transaction():
        return  # what was noted outside the savepoint still holds; one wake-up too many harms nobody
    session.info.pop("wake", None)
