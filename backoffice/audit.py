"""The audit of every change: field by field for what the session wrote, and one row for any change besides.

Values that must not be read stand as "•••". Rows of the platform's own machinery (queues, events) are left out, and
who took part in the statistics of fairness.
"""

from __future__ import annotations

from typing import Any

from flask import g, has_request_context, request
from flask_login import current_user
from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from huntred.access.models import AuditEntry
from huntred.api_clients.models import ApiRequest, ApiToken
from huntred.conversations.models import ActionReply, ChatMessage, InboxRow, OutboxRow, ScheduledNotice
from huntred.events.models import StoredEvent
from huntred.events.types import plain
from huntred.privacy.service import FAIRNESS_STATISTICS
from huntred.push.models import PushMessage
from huntred.webhooks.models import WebhookDelivery

HIDDEN = "•••"
_MACHINERY = (
    AuditEntry, ActionReply, ApiRequest, ApiToken, ChatMessage, InboxRow, OutboxRow, PushMessage, ScheduledNotice,
    StoredEvent, WebhookDelivery,
)  # fmt: skip
_SECRET = frozenset({"password", "tf_totp_secret", "fs_uniquifier", "secrets", "code_hash", "address_hash"})
_NOISE = frozenset({"search_text", "updated_at", "version"})


def watch(session: Session) -> None:
    """Record the changes of this session."""
    event.listen(session, "after_flush", _record)


def finish(session: Session) -> None:
    """Before the commit: a change that the session did not see as rows (SQL, a queue) is recorded too."""
    if g.get("audited") or not (g.get("api_caller") or getattr(current_user, "is_authenticated", False)):
        return
    args = {key: str(value) for key, value in (request.view_args or {}).items()}
    unit = next(iter(session.info["scope"].units), None) if len(session.info["scope"].units) == 1 else None
    _insert(session, [_entry("request", next(iter(args.values()), ""), unit, args)])


def _record(session: Session, context: Any) -> None:
    rows = []
    for kind, instances in (("created", session.new), ("changed", session.dirty), ("deleted", session.deleted)):
        for row in instances:
            if isinstance(row, _MACHINERY) or getattr(row, "purpose", "") == FAIRNESS_STATISTICS:
                continue
            changes = _changes(row, kind)
            if changes or kind == "deleted":
                state = inspect(row)
                identity = state.identity or (getattr(row, "id", ""),)
                changes["_"] = kind
                table = str(state.mapper.local_table)
                rows.append(_entry(table, str(identity[0]), getattr(row, "unit", None), changes))
    if rows:
        _insert(session, rows)
        if has_request_context():
            g.audited = True


def _changes(row: Any, kind: str) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    state = inspect(row)
    for column in state.mapper.column_attrs:
        if column.key in _NOISE:
            continue
        history = state.attrs[column.key].history
        if not history.has_changes():
            continue
        before = history.deleted[0] if history.deleted else None
        after = history.added[0] if history.added else None
        if before == after or (kind == "created" and after in (None, "", [], {})):
            continue
        if column.key in _SECRET or column.key.endswith(("_sealed", "_hash")):
            before, after = (HIDDEN if value else None for value in (before, after))
        changes[column.key] = [before, after]
    return plain(changes)


def _entry(object_type: str, object_id: str, unit: str | None, changes: dict[str, Any]) -> dict[str, Any]:
    in_request = has_request_context()
    caller = g.get("api_caller") if in_request else None
    # A cookie that comes along with a token says nothing.
    user = getattr(current_user, "id", None) if in_request and caller is None else None
    return {
        "unit": unit,
        "user_id": user,
        "client_id": caller.client_id if caller else None,
        "action": (request.endpoint or "") if in_request else "",
        "object_type": object_type,
        "object_id": object_id,
        "changes": changes,
        "address": (request.remote_addr or "") if in_request else "",
    }


def _insert(session: Session, rows: list[dict[str, Any]]) -> None:
    # A list of values asks for nothing back: reading the new row may be beyond what the user may see.
    session.connection().execute(AuditEntry.__table__.insert().values(rows))  # type: ignore[attr-defined]
