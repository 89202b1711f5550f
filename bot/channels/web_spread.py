"""Web chat over several gateways: whoever sends or stores something tells the others, who push it to their sockets.

A visitor's sockets may hang on any gateway, and any gateway may claim what is to be said to them. What is told names
rows only (the text stays behind the tables' policies); a gateway that has no socket of that chat reads nothing.
"""

from __future__ import annotations

import json
import logging
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from bot.rendering.options import CannotRender
from bot.rendering.web import render
from bot.sessions import Hub
from contract.message import Message

logger = logging.getLogger(__name__)

CHANNEL = "web"
_SENT = "SELECT id, chat_id, payload, created_at FROM outbox WHERE id = %s AND channel = 'web'"
_SAID = """
SELECT i.kind, i.payload, i.received_at FROM inbox i JOIN chats c ON c.channel_account_id = i.channel_account_id
WHERE c.id = %s AND i.chat_id = c.id AND i.kind = ANY(%s) AND i.vendor_id = %s
"""
_SHOWN = ["text", "option", "location"]
# What may have been told while nobody listened; the page draws each thing once.
_MISSED = """
SELECT id, chat_id, payload, created_at FROM outbox
WHERE chat_id = ANY(%s) AND channel = 'web' AND state = 'sent' AND sent_at > clock_timestamp() - interval '2 minutes'
ORDER BY id
"""


class Spread:
    """Tells the other gateways, and hears them. tell after the commit of what is told of."""

    def __init__(self, pool: AsyncConnectionPool[Any], hub: Hub) -> None:
        self._pool = pool
        self._hub = hub
        self._me = uuid4().hex[:12]

    async def sent(self, chat_id: UUID, outbox_id: int) -> None:
        """Tell that an outbox row is to be shown."""
        await self._tell({"chat": str(chat_id), "outbox": outbox_id})

    async def said(self, chat_id: UUID, vendor_id: str) -> None:
        """Tell that the visitor said something in one tab, for the others."""
        await self._tell({"chat": str(chat_id), "said": vendor_id})

    async def _tell(self, what: dict[str, Any]) -> None:
        try:
            async with self._pool.connection() as connection:
                await connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, json.dumps({"from": self._me, **what})))
        except (psycopg.Error, PoolTimeout) as error:
            # It is stored: the history shows it when the visitor comes back.
            logger.warning("the other gateways were not told: %s", str(error).splitlines()[:1])

    async def heard(self, payload: str) -> None:
        """Push what another gateway told of, where a socket of that chat hangs here."""
        try:
            told = json.loads(payload)
            chat_id = UUID(told["chat"])
        except (ValueError, KeyError, TypeError):
            logger.warning("what was told of a web chat cannot be read")
            return
        if told["from"] == self._me or not self._hub.holds(chat_id):
            return
        async with self._pool.connection() as connection:
            if "outbox" in told:
                found = await (await connection.execute(_SENT, (told["outbox"],))).fetchall()
            else:
                said = await (await connection.execute(_SAID, (chat_id, _SHOWN, told["said"]))).fetchone()
                if said is not None:
                    await self._echo(chat_id, told["said"], *said)
                return
        await self._push(found)

    async def catch_up(self) -> None:
        """Push what went while the notifications were interrupted."""
        chats = self._hub.chats()
        if chats:
            async with self._pool.connection() as connection:
                found = await (await connection.execute(_MISSED, (chats,))).fetchall()
            await self._push(found)

    async def _push(self, rows: list[Any]) -> None:
        for row_id, chat_id, payload, created_at in rows:
            try:
                drawn = render(Message.from_json(payload), f"o{row_id}", at=created_at.timestamp())
            except (CannotRender, TypeError, KeyError, ValueError):
                continue  # whoever sent it has said so in the row
            await self._hub.push(chat_id, {"type": "message", "message": drawn})

    async def _echo(self, chat_id: UUID, vendor_id: str, kind: str, payload: dict[str, Any], at: Any) -> None:
        message = {
            "id": vendor_id.rpartition(":")[2], "direction": "in", "kind": kind, "text": payload.get("text", ""),
            "at": at.timestamp(),
        }  # fmt: skip
        await self._hub.push(chat_id, {"type": "message", "message": message})
