"""What a web chat shows of what was said before: the messages of its own conversations, and what still waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from bot.database import scoped
from bot.rendering.options import CannotRender
from bot.rendering.web import render
from contract.message import Message

MOST = 80

_CHAT = "SELECT id FROM chats WHERE channel_account_id = %s AND user_id = %s"
_CONVERSATIONS = "SELECT id FROM conversations WHERE chat_id = %s ORDER BY last_message_at DESC NULLS LAST LIMIT 8"
_MESSAGES = """
SELECT m.id, m.direction, m.author, m.kind, m.text, m.payload, m.outbox_id, m.at, i.vendor_id
FROM messages m LEFT JOIN inbox i ON i.id = m.inbox_id
WHERE m.conversation_id = %s ORDER BY m.at DESC, m.id DESC LIMIT %s
"""
_WAITING = """
SELECT vendor_id, kind, payload, received_at FROM inbox WHERE chat_id = %s AND state = 'waiting' AND kind = ANY(%s)
ORDER BY id LIMIT 50
"""
_SHOWN_WAITING = ["text", "option", "location"]


@dataclass(frozen=True)
class ChatHistory:
    chat_id: UUID
    messages: list[dict[str, Any]]


async def read_history(pool: AsyncConnectionPool[Any], account_id: UUID, user_id: str) -> ChatHistory | None:
    """Return the visitor's chat, oldest message first; None where there is none (yet, or any more)."""
    async with pool.connection() as connection:
        row = await (await connection.execute(_CHAT, (account_id, user_id))).fetchone()
        if row is None:
            return None
        chat_id = UUID(str(row[0]))
        conversations = await (await connection.execute(_CONVERSATIONS, (chat_id,))).fetchall()
        found: list[dict[str, Any]] = []
        for (conversation_id,) in conversations:
            # The scope of one conversation at a time: more than that this role may not see.
            async with scoped(connection, conversation_id=conversation_id):
                rows = await (await connection.execute(_MESSAGES, (conversation_id, MOST))).fetchall()
            for values in rows:
                drawn = _drawn(*values)
                if drawn is not None:
                    found.append(drawn)
        waiting = await (await connection.execute(_WAITING, (chat_id, _SHOWN_WAITING))).fetchall()
    known = {message["id"] for message in found}
    for vendor_id, kind, payload, at in waiting:
        message = _said(vendor_id, kind, str(payload.get("text") or ""), at.timestamp())
        if message["id"] not in known:
            found.append(message)
    found.sort(key=lambda message: float(message["at"]))
    return ChatHistory(chat_id, found[-MOST:])


def _drawn(
    message_id: UUID, direction: str, author: str, kind: str, text: str, payload: dict[str, Any],
    outbox_id: int | None, at: Any, vendor_id: str | None,
) -> dict[str, Any] | None:  # fmt: skip
    if direction == "in":
        if kind in ("opened", "notice", "consultant"):
            return None
        return _said(vendor_id or str(message_id), kind, text, at.timestamp())
    try:
        message = Message.from_json(payload)
        return render(message, f"o{outbox_id or message_id}", author=author, at=at.timestamp())
    except (CannotRender, TypeError, KeyError, ValueError):
        # What was written for another channel only (a mail) has no place on this page.
        return None


def _said(vendor_id: str, kind: str, text: str, at: float) -> dict[str, Any]:
    """The page gave its own id to what it sent: the part behind the visitor's."""
    return {"id": vendor_id.rpartition(":")[2], "direction": "in", "kind": kind, "text": text, "at": at}
