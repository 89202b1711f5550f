"""The SQL of files that wait: claim with a lease, and write down what became of one together with its event.

Whoever has lost the lease changes nothing; the file on the shelf is the same for both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

_CLAIM = """
UPDATE media m SET token = gen_random_uuid(), attempts = least(attempts + 1, 32000),
    due = clock_timestamp() + make_interval(secs => %(lease)s)
WHERE m.id IN (
    SELECT id FROM media WHERE state = 'waiting' AND due <= clock_timestamp()
    ORDER BY due LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
RETURNING id, token, channel_account_id AS account_id, channel, chat_id, inbox_id, kind, vendor_id, url, claimed_name,
    claimed_size, content, attempts, created_at
"""
# The turn may have been another unit's meanwhile (C9): the file goes with the message.
_STORED = """
UPDATE media SET state = 'stored', sha256 = %(sha256)s, content_type = %(content_type)s, size = %(size)s,
    stored_name = %(stored_name)s, marks = %(marks)s, stored_at = clock_timestamp(), content = NULL, token = NULL,
    reason = '', unit = coalesce((SELECT i.unit FROM inbox i WHERE i.id = media.inbox_id), unit)
WHERE id = %(id)s AND token = %(token)s RETURNING unit
"""
_ENDED = """
UPDATE media SET state = %(state)s, reason = %(reason)s, content = NULL, token = NULL,
    unit = coalesce((SELECT i.unit FROM inbox i WHERE i.id = media.inbox_id), unit)
WHERE id = %(id)s AND token = %(token)s RETURNING unit
"""
_AGAIN = """
UPDATE media SET due = clock_timestamp() + make_interval(secs => %(after)s), token = NULL, reason = %(reason)s
WHERE id = %(id)s AND token = %(token)s
"""
_EVENT = "INSERT INTO stored_events (unit, name, payload) VALUES (%s, %s, %s)"


@dataclass(frozen=True)
class Waiting:
    """One file that is ours to fetch for the length of the lease. content: of mail, which came with it."""

    id: UUID
    token: UUID
    account_id: UUID
    channel: str
    chat_id: UUID
    inbox_id: int
    kind: str
    vendor_id: str
    url: str
    claimed_name: str
    claimed_size: int
    content: bytes | None
    attempts: int
    created_at: datetime


class MediaQueue:
    """lease: seconds in which one file must be fetched."""

    def __init__(self, pool: AsyncConnectionPool[Any], *, lease: float) -> None:
        self._pool = pool
        self._lease = lease

    async def claim(self, most: int) -> Sequence[Waiting]:
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Waiting))
            await cursor.execute(_CLAIM, {"most": most, "lease": self._lease})
            return await cursor.fetchall()

    async def stored(
        self, row: Waiting, *, stored_name: str, sha256: str, size: int, content_type: str, marks: Sequence[str]
    ) -> bool:
        values = {
            "stored_name": stored_name, "sha256": sha256, "size": size, "content_type": content_type,
            "marks": list(marks),
        }  # fmt: skip
        return await self._end(_STORED, row, values, "MediaStored", {"content_type": content_type})

    async def ended(self, row: Waiting, state: str, code: str, reason: str = "") -> bool:
        """It is not kept. code: what the person is told by; reason: for people of ours, the code unless given."""
        return await self._end(_ENDED, row, {"state": state, "reason": reason or code}, "MediaRefused", {"code": code})

    async def again(self, row: Waiting, after: float, reason: str) -> None:
        async with self._pool.connection() as connection:
            values = {"id": row.id, "token": row.token, "after": after, "reason": reason[:300]}
            await connection.execute(_AGAIN, values)

    async def _end(
        self, statement: str, row: Waiting, values: dict[str, Any], event: str, told: dict[str, str]
    ) -> bool:
        """Write it down with its event, in one transaction; False where the lease was lost."""
        async with self._pool.connection() as connection, connection.transaction():
            cursor = await connection.execute(statement, {"id": row.id, "token": row.token, **values})
            changed = await cursor.fetchone()
            if changed is None:
                return False
            payload = {
                "media_id": str(row.id), "chat_id": str(row.chat_id), "inbox_id": row.inbox_id, "kind": row.kind,
                "name": row.claimed_name, **told,
            }  # fmt: skip
            await connection.execute(_EVENT, (changed[0], event, Jsonb(payload)))
        return True
