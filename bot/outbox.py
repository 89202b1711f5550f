"""The outbox's SQL: claim what is due, in order within a chat, and write down what became of it.

A claim is a lease with a random token; whoever has lost it changes nothing. A row that was being sent when its
process died is claimed again after the lease; WhatsApp's only 60 s later, because a status may tell meanwhile that
it went.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

STATUS_WAIT_SECONDS = 60

_CLAIM = """
WITH candidates AS MATERIALIZED (
    SELECT o.id, o.state, o.possible_duplicate FROM outbox o
    WHERE (o.state = 'waiting' AND (o.due IS NULL OR o.due <= now())
        OR o.state = 'sending' AND o.due <= now()
            - CASE o.channel WHEN 'whatsapp' THEN make_interval(secs => %(status_wait)s) ELSE interval '0' END)
      AND NOT EXISTS (
        SELECT 1 FROM outbox e WHERE e.chat_id = o.chat_id AND e.id < o.id AND e.state IN ('waiting', 'sending'))
    ORDER BY o.priority DESC, o.id LIMIT %(most)s FOR UPDATE OF o SKIP LOCKED
), claimed AS (
    UPDATE outbox o SET state = 'sending', token = gen_random_uuid(),
        due = clock_timestamp() + make_interval(secs => %(lease)s),
        possible_duplicate = o.possible_duplicate OR c.state = 'sending'
    FROM candidates c WHERE o.id = c.id
    RETURNING o.id, o.token, o.unit, o.conversation_id, o.chat_id, o.channel_account_id, o.channel, o.address,
        o.purpose, o.payload, o.priority, o.attempts, o.parts_sent, o.created_at,
        c.state = 'sending' AS was_sending, c.possible_duplicate AS was_doubtful
)
SELECT r.id, r.token, r.unit, r.conversation_id, r.chat_id, r.channel, r.purpose, r.payload, r.attempts, r.parts_sent,
    r.created_at, r.was_sending, r.was_doubtful, coalesce(r.channel_account_id, t.channel_account_id) AS account_id,
    coalesce(CASE WHEN r.channel = 'email' THEN r.address ELSE t.user_id END, r.address, '') AS address,
    t.last_inbound_at, coalesce(v.opted_out, '{}') AS opted_out, coalesce(v.unit, r.unit) AS conversation_unit
FROM claimed r
LEFT JOIN chats t ON t.id = r.chat_id
LEFT JOIN conversations v ON v.id = coalesce(r.conversation_id, t.conversation_id)
ORDER BY r.priority DESC, r.id
"""

_SENT = """
UPDATE outbox SET state = 'sent', vendor_id = coalesce(vendor_id, %(vendor_id)s), sent_at = clock_timestamp(),
    error_code = NULL, error = NULL, token = NULL, due = NULL
WHERE id = %(id)s AND token = %(token)s
"""
_AGAIN = """
UPDATE outbox SET state = 'waiting', due = clock_timestamp() + make_interval(secs => %(after)s), token = NULL,
    attempts = least(attempts + %(tries)s, 32000), error_code = coalesce(%(code)s, error_code),
    error = coalesce(%(reason)s, error), possible_duplicate = possible_duplicate OR %(doubtful)s
WHERE id = %(id)s AND token = %(token)s
"""
_UNKNOWN = """
UPDATE outbox SET due = clock_timestamp(), token = NULL, attempts = least(attempts + 1, 32000),
    error_code = %(code)s, error = %(reason)s
WHERE id = %(id)s AND token = %(token)s
"""
_ENDED = """
UPDATE outbox SET state = %(state)s, due = NULL, token = NULL, attempts = least(attempts + %(tries)s, 32000),
    error_code = %(code)s, error = %(reason)s
WHERE id = %(id)s AND token = %(token)s
"""
_PART = """
UPDATE outbox SET parts_sent = %(part)s, due = clock_timestamp() + make_interval(secs => %(lease)s)
WHERE id = %(id)s AND token = %(token)s
"""
_TEMPLATE = """
SELECT language, state, components FROM message_templates
WHERE unit = %(unit)s AND channel = 'whatsapp' AND name = %(name)s
ORDER BY state = 'APPROVED' DESC, language = %(language)s DESC LIMIT 1
"""


@dataclass(frozen=True)
class Claimed:
    """One row that is ours for the length of the lease, with what the gates ask about.

    was_sending: a process died, or got no answer, while it sent this; was_doubtful: that happened before already.
    """

    id: int
    token: UUID
    unit: str
    conversation_id: UUID | None
    chat_id: UUID | None
    channel: str
    purpose: str
    payload: dict[str, Any]
    attempts: int
    parts_sent: int
    created_at: datetime
    was_sending: bool
    was_doubtful: bool
    account_id: UUID | None
    address: str
    last_inbound_at: datetime | None
    opted_out: list[str]
    conversation_unit: str


@dataclass(frozen=True)
class TemplateRow:
    """A template as the unit has it. components: `buttons` and the like, as the vendor wants them."""

    language: str
    state: str
    components: dict[str, Any]


class Outbox:
    """Claims and finishes rows, each in a transaction of its own."""

    def __init__(self, pool: AsyncConnectionPool[Any], *, lease: float) -> None:
        self._pool = pool
        self._lease = lease

    async def claim(self, most: int) -> list[Claimed]:
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Claimed))
            await cursor.execute(_CLAIM, {"most": most, "lease": self._lease, "status_wait": STATUS_WAIT_SECONDS})
            return await cursor.fetchall()

    async def sent(self, row: Claimed, vendor_id: str) -> None:
        await self._change(_SENT, row, vendor_id=vendor_id or None)

    async def again(
        self, row: Claimed, after: float, *, code: str = "", reason: str = "", tried: bool = True,
        doubtful: bool = False,
    ) -> None:  # fmt: skip
        """Put it back for later. tried: whether this counts as a try."""
        await self._change(
            _AGAIN, row, after=after, code=code or None, reason=reason or None, tries=int(tried), doubtful=doubtful
        )

    async def unknown(self, row: Claimed, code: str, reason: str) -> None:
        """Leave it as being sent, without anybody who sends it: a status or the next claim decides."""
        await self._change(_UNKNOWN, row, code=code, reason=reason)

    async def failed(self, row: Claimed, code: str, reason: str) -> None:
        await self._change(_ENDED, row, state="failed", code=code, reason=reason, tries=1)

    async def refused(self, row: Claimed, code: str, reason: str) -> None:
        await self._change(_ENDED, row, state="refused", code=code, reason=reason, tries=0)

    async def part_sent(self, row: Claimed, part: int) -> None:
        """Note how far a message in several parts has come, and renew the lease."""
        await self._change(_PART, row, part=part, lease=self._lease)

    async def template(self, unit: str, name: str, language: str) -> TemplateRow | None:
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(TemplateRow))
            await cursor.execute(_TEMPLATE, {"unit": unit, "name": name, "language": language})
            return await cursor.fetchone()

    async def _change(self, statement: str, row: Claimed, **values: Any) -> None:
        """Write it down, over a short outage too: what was sent and not noted would be sent again."""
        for pause in (0.1, 0.4, 1.0, 2.0, None):
            try:
                async with self._pool.connection() as connection:
                    await connection.execute(statement, {"id": row.id, "token": row.token, **values})
                return
            except (psycopg.OperationalError, PoolTimeout):
                if pause is None:
                    raise
                await asyncio.sleep(pause)
                await self._pool.check()
