"""The outbox's SQL: claim what is due, in order within a chat, and write down what became of it.

A claim is a lease with a random token; whoever has lost it changes nothing. A row that was being sent when its
process died is claimed again after the lease; WhatsApp's only 60 s later, because a status may tell meanwhile that
it went. What must not go twice notes the moment before the vendor is asked: only from then on is its end in doubt.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from bot.batching import Batches

STATUS_WAIT_SECONDS = 60
# Never sent a second time while it is not known what became of the first.
ONCE = frozenset({"payment", "signature", "promotion"})
_MOST_DEAD = 32
_AT_ONCE_RELEASED = 1000

# An earlier row of the chat that is open holds up a later one; but a promotion that waits holds up no reply.
_FIRST_OF_CHAT = """NOT EXISTS (
        SELECT 1 FROM outbox e WHERE e.chat_id = o.chat_id AND e.id < o.id AND e.state IN ('waiting', 'sending')
            AND (e.state = 'sending' OR e.purpose <> 'promotion' OR o.purpose = 'promotion'))"""
_MAY_GO = """o.state = 'waiting' AND (o.due IS NULL OR o.due <= now())
      AND (%(shares)s = 1 OR (hashtext(coalesce(o.chat_id::text, o.address)) & 2147483647) %% %(shares)s = %(share)s)
      AND :first_of_chat"""

# One probe of an index for each number and kind of haste: what waits for one number's rate slows no other's claim.
_CLAIM = """
WITH dead AS MATERIALIZED (
    SELECT o.id, o.priority, o.state, o.possible_duplicate FROM outbox o
    WHERE o.state = 'sending' AND o.due <= now()
            - CASE o.channel WHEN 'whatsapp' THEN make_interval(secs => %(status_wait)s) ELSE interval '0' END
      AND :first_of_chat
    ORDER BY o.due LIMIT %(most_dead)s FOR UPDATE OF o SKIP LOCKED
), lined AS MATERIALIZED (
    SELECT w.id, w.priority, w.state, w.possible_duplicate
    FROM unnest(%(accounts)s::uuid[], %(lows)s::int[], %(highs)s::int[], %(rooms)s::int[])
        AS l (account, low, high, room)
    CROSS JOIN LATERAL (
        SELECT o.id, o.priority, o.state, o.possible_duplicate FROM outbox o
        WHERE o.channel_account_id = l.account AND o.priority BETWEEN l.low AND l.high AND :may_go
        ORDER BY o.priority DESC, o.id LIMIT l.room FOR UPDATE OF o SKIP LOCKED
    ) w
), mailed AS MATERIALIZED (
    SELECT o.id, o.priority, o.state, o.possible_duplicate FROM outbox o
    WHERE o.channel_account_id IS NULL AND :may_go
    ORDER BY o.priority DESC, o.id LIMIT %(mail_room)s FOR UPDATE OF o SKIP LOCKED
), candidates AS MATERIALIZED (
    SELECT * FROM (SELECT * FROM dead UNION ALL SELECT * FROM lined UNION ALL SELECT * FROM mailed) AS every
    ORDER BY priority DESC, id LIMIT %(most)s
), claimed AS (
    UPDATE outbox o SET state = 'sending', token = gen_random_uuid(),
        due = clock_timestamp() + make_interval(secs => %(lease)s),
        possible_duplicate = o.possible_duplicate
            OR c.state = 'sending' AND (o.begun OR o.purpose <> ALL (%(once)s))
    FROM candidates c WHERE o.id = c.id
    RETURNING o.id, o.token, o.unit, o.conversation_id, o.chat_id, o.channel_account_id, o.channel, o.address,
        o.source, o.purpose, o.payload, o.priority, o.attempts, o.parts_sent, o.created_at,
        c.state = 'sending' AND (o.begun OR o.purpose <> ALL (%(once)s)) AS was_sending,
        c.possible_duplicate AS was_doubtful
)
SELECT r.id, r.token, r.unit, r.conversation_id, r.chat_id, r.channel, r.source, r.purpose, r.payload, r.priority,
    r.attempts, r.parts_sent, r.created_at, r.was_sending, r.was_doubtful,
    coalesce(r.channel_account_id, t.channel_account_id) AS account_id,
    coalesce(CASE WHEN r.channel = 'email' THEN r.address END, t.user_id, r.address, '') AS address,
    hashtext(coalesce(r.chat_id::text, r.address)) & 2147483647 AS lane,
    t.last_inbound_at, coalesce(v.opted_out, '{}') AS opted_out, coalesce(v.agreed, '{}') AS agreed,
    coalesce(v.handling, '') AS handling,
    coalesce(v.unit, r.unit) AS conversation_unit
FROM claimed r
LEFT JOIN chats t ON t.id = r.chat_id
LEFT JOIN conversations v ON v.id = coalesce(r.conversation_id, t.conversation_id)
ORDER BY r.priority DESC, r.id
""".replace(":may_go", _MAY_GO).replace(":first_of_chat", _FIRST_OF_CHAT)

# Of many rows at once: locked in one order, as the statuses that come in lock them.
_BEGIN = """
WITH ours AS MATERIALIZED (
    SELECT o.id, n.begun FROM unnest(%(ids)s::bigint[], %(tokens)s::uuid[], %(begun)s::bool[]) AS n (id, token, begun)
    JOIN outbox o ON o.id = n.id AND o.token = n.token ORDER BY o.id FOR UPDATE OF o
)
UPDATE outbox o SET begun = o.begun OR ours.begun, due = clock_timestamp() + make_interval(secs => %(lease)s)
FROM ours WHERE o.id = ours.id RETURNING o.id
"""
_SENT = """
WITH ours AS MATERIALIZED (
    SELECT o.id, n.vendor_id
    FROM unnest(%(ids)s::bigint[], %(tokens)s::uuid[], %(vendor_ids)s::text[]) AS n (id, token, vendor_id)
    JOIN outbox o ON o.id = n.id AND o.token = n.token ORDER BY o.id FOR UPDATE OF o
)
UPDATE outbox o SET state = 'sent', vendor_id = coalesce(o.vendor_id, ours.vendor_id), sent_at = clock_timestamp(),
    error_code = NULL, error = NULL, token = NULL, due = NULL
FROM ours WHERE o.id = ours.id
"""
_AGAIN = """
UPDATE outbox SET state = 'waiting', due = clock_timestamp() + make_interval(secs => %(after)s), token = NULL,
    begun = false, attempts = least(attempts + %(tries)s, 32000), error_code = coalesce(%(code)s, error_code),
    error = coalesce(%(reason)s, error), possible_duplicate = possible_duplicate OR %(doubtful)s
WHERE id = %(id)s AND token = %(token)s
"""
_HOLD = """
UPDATE outbox SET state = 'held', due = %(until)s, token = NULL WHERE id = %(id)s AND token = %(token)s
"""
_RELEASE = """
UPDATE outbox SET state = 'waiting', due = NULL WHERE id IN (
    SELECT id FROM outbox WHERE state = 'held' AND due <= now() ORDER BY due, id LIMIT %s
    FOR UPDATE SKIP LOCKED)
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
_USED = """
SELECT coalesce(sum(parts_sent + 1), 0) FROM outbox
WHERE conversation_id IN (SELECT id FROM conversations WHERE chat_id = %(chat)s)
  AND sent_at > now() - make_interval(secs => %(seconds)s)
"""
# To an address without a chat no index leads: what was sent lately lies among the latest rows.
_USED_BY_ADDRESS = """
SELECT coalesce(sum(parts_sent + 1), 0) FROM outbox
WHERE id BETWEEN %(id)s - 20000 AND %(id)s AND chat_id IS NULL AND channel_account_id = %(account)s
  AND address = %(address)s AND sent_at > now() - make_interval(secs => %(seconds)s)
"""
# `es` and `es_MX` are one language: a template and the values that fill it are never of two.
_TEMPLATE = """
SELECT language, state, components FROM message_templates
WHERE unit = %(unit)s AND channel = 'whatsapp' AND name = %(name)s
  AND split_part(language, '_', 1) = split_part(%(language)s::text, '_', 1)
ORDER BY state IN ('APPROVED', 'FLAGGED') DESC, language = %(language)s DESC LIMIT 1
"""
# For a free text: an approved one about one's own affairs, with as few values to fill as can be.
_FITTING = """
SELECT name FROM message_templates
WHERE unit = %(unit)s AND channel = 'whatsapp' AND state = 'APPROVED' AND category = 'UTILITY'
ORDER BY length(body) - length(replace(body, '{{', '')), name LIMIT 1
"""


@dataclass(frozen=True)
class Room:
    """How many rows of one number (None: mail) may be claimed, with a priority from low to high."""

    account: UUID | None
    low: int
    high: int
    rows: int


@dataclass(frozen=True)
class Claimed:
    """One row that is ours for the length of the lease, with what the gates ask about.

    was_sending: a process died, or got no answer, while it sent this; was_doubtful: that happened before already.
    lane: a number of its chat, the same for every gateway.
    """

    id: int
    token: UUID
    unit: str
    conversation_id: UUID | None
    chat_id: UUID | None
    channel: str
    source: str
    purpose: str
    payload: dict[str, Any]
    priority: int
    attempts: int
    parts_sent: int
    created_at: datetime
    was_sending: bool
    was_doubtful: bool
    account_id: UUID | None
    address: str
    lane: int
    last_inbound_at: datetime | None
    opted_out: list[str]
    agreed: list[str]
    handling: str
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
        self.lease = lease
        self._begun: Batches[tuple[Claimed, bool], bool] = Batches(self._write_begun)
        self._sent: Batches[tuple[Claimed, str], None] = Batches(self._write_sent)

    async def claim(self, rooms: Sequence[Room], most: int, *, shares: int = 1, share: int = 0) -> list[Claimed]:
        """Claim up to `most` rows, within the rooms. shares: only every so-many-th chat, the `share`-th."""
        lined = [room for room in rooms if room.account is not None]
        values = {
            "accounts": [room.account for room in lined], "lows": [room.low for room in lined],
            "highs": [room.high for room in lined], "rooms": [room.rows for room in lined],
            "mail_room": sum(room.rows for room in rooms if room.account is None), "most": most, "once": list(ONCE),
            "lease": self.lease, "status_wait": STATUS_WAIT_SECONDS, "shares": shares, "share": share,
            "most_dead": _MOST_DEAD,
        }  # fmt: skip
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Claimed))
            await cursor.execute(_CLAIM, values)
            return await cursor.fetchall()

    async def release(self) -> bool:
        """Let go what was held and may go now; return whether there may be more of it."""
        async with self._pool.connection() as connection:
            return (await connection.execute(_RELEASE, (_AT_ONCE_RELEASED,))).rowcount >= _AT_ONCE_RELEASED

    async def begin(self, row: Claimed, *, once: bool) -> bool:
        """Renew the lease before the vendor is asked; False where it is lost: somebody else sends it then."""
        return await self._begun.put((row, once))

    async def sent(self, row: Claimed, vendor_id: str) -> None:
        await self._sent.put((row, vendor_id))

    async def again(
        self, row: Claimed, after: float, *, code: str = "", reason: str = "", tried: bool = True,
        doubtful: bool = False,
    ) -> None:  # fmt: skip
        """Put it back for later. tried: whether this counts as a try."""
        await self._change(
            _AGAIN, row, after=after, code=code or None, reason=reason or None, tries=int(tried), doubtful=doubtful
        )

    async def hold(self, row: Claimed, until: datetime) -> None:
        """Keep it aside until then: it holds up nothing that comes after it in its chat."""
        await self._change(_HOLD, row, until=until)

    async def unknown(self, row: Claimed, code: str, reason: str) -> None:
        """Leave it as being sent, without anybody who sends it: a status or the next claim decides."""
        await self._change(_UNKNOWN, row, code=code, reason=reason)

    async def ended(self, row: Claimed, state: str, code: str, reason: str) -> None:
        """state: failed, refused, or review (perhaps it went, and a person decides)."""
        await self._change(_ENDED, row, state=state, code=code, reason=reason, tries=int(state == "failed"))

    async def part_sent(self, row: Claimed, part: int) -> None:
        """Note how far a message in several parts has come, and renew the lease."""
        await self._change(_PART, row, part=part, lease=self.lease)

    async def used(self, row: Claimed, seconds: float) -> int:
        """Return how many vendor messages went to this person in the last so many seconds."""
        values = {
            "chat": row.chat_id, "id": row.id, "account": row.account_id, "address": row.address, "seconds": seconds,
        }  # fmt: skip
        async with self._pool.connection() as connection:
            found = await connection.execute(_USED if row.chat_id else _USED_BY_ADDRESS, values)
            counted = await found.fetchone()
            return int(counted[0] if counted else 0) + row.parts_sent

    async def template(self, unit: str, name: str, language: str) -> TemplateRow | None:
        """Return the unit's template of that language: an approved one before others, one of that country first."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(TemplateRow))
            await cursor.execute(_TEMPLATE, {"unit": unit, "name": name, "language": language})
            return await cursor.fetchone()

    async def fitting_template(self, unit: str) -> str:
        """Return the name of an approved template that could carry a free text; empty where there is none."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_FITTING, {"unit": unit})).fetchone()
            return str(row[0]) if row else ""

    async def _write_begun(self, items: Sequence[tuple[Claimed, bool]]) -> list[bool]:
        values = {
            "ids": [row.id for row, _ in items], "tokens": [row.token for row, _ in items],
            "begun": [once for _, once in items], "lease": self.lease,
        }  # fmt: skip
        async with self._pool.connection() as connection:
            found = {row[0] for row in await (await connection.execute(_BEGIN, values)).fetchall()}
        return [row.id in found for row, _ in items]

    async def _write_sent(self, items: Sequence[tuple[Claimed, str]]) -> list[None]:
        values = {
            "ids": [row.id for row, _ in items], "tokens": [row.token for row, _ in items],
            "vendor_ids": [vendor_id or None for _, vendor_id in items],
        }  # fmt: skip
        await self._write(_SENT, values)
        return [None] * len(items)

    async def _change(self, statement: str, row: Claimed, **values: Any) -> None:
        await self._write(statement, {"id": row.id, "token": row.token, **values})

    async def _write(self, statement: str, values: Mapping[str, Any]) -> None:
        """Write it down, over a short outage too: what was sent and not noted would be sent again."""
        for pause in (0.1, 0.4, 1.0, 2.0, None):
            try:
                async with self._pool.connection() as connection:
                    await connection.execute(statement, values)
                return
            except (psycopg.OperationalError, PoolTimeout):
                if pause is None:
                    raise
                await asyncio.sleep(pause)
                await self._pool.check()
