"""Statuses that speak of a whole chat: Messenger and Instagram tell up to when all of it was delivered or read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any
from uuid import UUID

import psycopg

from bot.arrivals import Watermark

# A row is noted as sent a moment after the vendor's own time of it; one that was made later is never meant.
_MOVE = """
WITH told AS (
    SELECT * FROM unnest(%(accounts)s::uuid[], %(users)s::text[], %(ats)s::timestamptz[], %(vendor_ids)s::text[])
        AS t (account, user_id, at, vendor_id)
), passed AS MATERIALIZED (
    SELECT o.id, coalesce(t.at, clock_timestamp()) AS at FROM told t
    JOIN chats c ON c.channel_account_id = t.account AND c.user_id = t.user_id
    JOIN conversations v ON v.chat_id = c.id
    JOIN outbox o ON o.conversation_id = v.id AND o.chat_id = c.id
    WHERE o.state = ANY (%(before)s) AND CASE
        WHEN t.at IS NOT NULL THEN o.created_at <= t.at AND o.sent_at <= t.at + interval '1 second'
        ELSE o.id <= (SELECT max(m.id) FROM outbox m
            WHERE m.channel_account_id = t.account AND m.vendor_id = t.vendor_id) END
    ORDER BY o.id FOR UPDATE OF o
)
UPDATE outbox o SET state = %(state)s, delivered_at = coalesce(o.delivered_at, p.at),
    read_at = CASE WHEN %(state)s = 'read' THEN coalesce(o.read_at, p.at) ELSE o.read_at END
FROM passed p WHERE o.id = p.id
"""
_BEFORE = {"delivered": ["sent"], "read": ["sent", "delivered"]}
_NEVER = datetime.min.replace(tzinfo=timezone.utc)


async def move(connection: psycopg.AsyncConnection[Any], marks: Sequence[Watermark]) -> list[psycopg.AsyncCursor[Any]]:
    """Move what the marks speak of forward, inside the caller's transaction; return cursors that count the rows."""
    moved: list[psycopg.AsyncCursor[Any]] = []
    for state, before in _BEFORE.items():
        furthest: dict[tuple[UUID, str], Watermark] = {}
        for mark in marks:
            key = (mark.account.id, mark.user_id)
            known = furthest.get(key)
            if mark.state == state and (known is None or (mark.at or _NEVER) >= (known.at or _NEVER)):
                furthest[key] = mark
        if not furthest:
            continue
        cursor = await connection.execute(
            _MOVE,
            {
                "accounts": [mark.account.id for mark in furthest.values()],
                "users": [mark.user_id for mark in furthest.values()],
                "ats": [mark.at for mark in furthest.values()],
                "vendor_ids": [mark.vendor_id for mark in furthest.values()],
                "state": state, "before": before,
            },
        )  # fmt: skip
        moved.append(cursor)
    return moved
