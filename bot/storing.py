"""The SQL of one flush: everything that came in together, in one transaction.

Chats are locked first, in one order, so that two flushes neither deadlock nor invert the messages of a chat. A chat
that is leased keeps its due; one that waits out a burst is put off while the burst goes on, three windows at most.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg

from bot.accounts import Account
from bot.arrivals import Arrival, Event, PageTurn, Renumbered, StatusChange, Unreadable
from bot.cleaning import clean_inbound, mask_raw, storable
from contract.ids import new_id

MOST_QUARANTINED_BYTES = 65_536

_LOCK_CHATS = """
INSERT INTO chats AS c (id, channel_account_id, channel, user_id, user_name, phone, unit)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
    AS n (id, account, channel, user_id, name, phone, unit)
ORDER BY account, user_id
ON CONFLICT (channel_account_id, user_id) DO UPDATE SET user_name = excluded.user_name WHERE false
"""

# The chats of one person per row; what is new makes them due, and what was known already changes nothing.
_INSERT = """
WITH new AS (
    INSERT INTO inbox (chat_id, unit, channel_account_id, channel, kind, vendor_id, vendor_at, payload, raw)
    SELECT c.id, c.unit, n.account, n.channel, n.kind, n.vendor_id, n.vendor_at, n.payload::jsonb, n.raw::jsonb
    FROM unnest(%(accounts)s::uuid[], %(channels)s::text[], %(users)s::text[], %(kinds)s::text[],
        %(vendor_ids)s::text[], %(vendor_ats)s::timestamptz[], %(payloads)s::text[], %(raws)s::text[])
        WITH ORDINALITY AS n (account, channel, user_id, kind, vendor_id, vendor_at, payload, raw, ord)
    JOIN chats c ON c.channel_account_id = n.account AND c.user_id = n.user_id
    ORDER BY n.ord
    ON CONFLICT (channel_account_id, kind, vendor_id) DO NOTHING
    RETURNING chat_id, kind, received_at, vendor_at
), touched AS (
    SELECT chat_id, count(*) AS rows, bool_and(kind = 'text') AS burst, max(received_at) AS received_at,
        max(least(vendor_at, received_at)) FILTER (WHERE kind NOT IN ('deleted', 'opened')) AS spoke_at
    FROM new GROUP BY chat_id
), due AS (
    UPDATE chats c SET
        last_inbound_at = greatest(c.last_inbound_at, t.spoke_at),
        user_name = coalesce(nullif(p.name, ''), c.user_name),
        phone = coalesce(nullif(p.phone, ''), c.phone),
        due = CASE
            WHEN c.token IS NOT NULL THEN c.due
            WHEN NOT t.burst THEN least(c.due, t.received_at)
            WHEN c.due IS NULL THEN t.received_at + make_interval(secs => %(window)s)
            WHEN c.due <= t.received_at THEN c.due
            ELSE greatest(c.due, least(
                t.received_at + make_interval(secs => %(window)s),
                (SELECT min(i.received_at) FROM inbox i WHERE i.chat_id = c.id AND i.state = 'waiting')
                    + make_interval(secs => 3 * %(window)s)))
        END
    FROM touched t
    JOIN chats d ON d.id = t.chat_id
    JOIN unnest(%(people_accounts)s::uuid[], %(people_users)s::text[], %(names)s::text[], %(phones)s::text[])
        AS p (account, user_id, name, phone) ON p.account = d.channel_account_id AND p.user_id = d.user_id
    WHERE c.id = t.chat_id
    RETURNING c.conversation_id, t.spoke_at, t.rows
), told AS (
    UPDATE conversations v SET last_inbound_at = greatest(v.last_inbound_at, due.spoke_at)
    FROM due WHERE v.id = due.conversation_id AND due.spoke_at IS NOT NULL
)
SELECT coalesce(sum(rows), 0) FROM due
"""

# "More options": the same message again, begun later. Only a row of the presser's own chat is ever shown.
_TURN_PAGE = """
WITH pressed AS (
    UPDATE chats SET last_inbound_at = greatest(last_inbound_at, clock_timestamp())
    WHERE channel_account_id = %(account)s AND user_id = %(user)s RETURNING id
)
INSERT INTO outbox (unit, conversation_id, chat_id, channel_account_id, channel, source, source_id, ord, purpose,
    payload, priority, due)
SELECT o.unit, o.conversation_id, o.chat_id, o.channel_account_id, o.channel, 'page', %(source)s, 0, 'reply',
    o.payload || jsonb_build_object('start', %(start)s::int), o.priority, clock_timestamp()
FROM outbox o JOIN pressed ON pressed.id = o.chat_id
WHERE o.id = %(outbox)s AND jsonb_array_length(coalesce(o.payload->'options', '[]')) > %(start)s
ON CONFLICT (source, source_id, ord) DO NOTHING
"""

# Forward only: sending < sent < delivered < read; failed ends what has not been delivered. The lock comes first, in
# one order. Several statuses of one row in one webhook count as the furthest.
_MOVE_STATES = """
WITH told AS (
    SELECT * FROM unnest(%(accounts)s::uuid[], %(callbacks)s::bigint[], %(vendor_ids)s::text[], %(states)s::text[],
        %(ats)s::timestamptz[], %(codes)s::text[], %(errors)s::text[])
        AS t (account, callback, vendor_id, state, at, code, error)
), locked AS MATERIALIZED (
    SELECT o.id, o.state, o.vendor_id FROM outbox o WHERE o.id IN (
        SELECT b.id FROM outbox b JOIN told t ON b.id = t.callback AND b.channel_account_id = t.account
        UNION SELECT b.id FROM outbox b JOIN told t
            ON t.callback IS NULL AND b.channel_account_id = t.account AND b.vendor_id = t.vendor_id
    ) ORDER BY o.id FOR UPDATE
), furthest AS (
    SELECT l.id, max(%(rank)s) AS rank, max(t.vendor_id) AS vendor_id,
        min(t.at) FILTER (WHERE t.state = 'delivered') AS delivered_at,
        min(t.at) FILTER (WHERE t.state = 'read') AS read_at, min(t.at) AS at,
        max(t.code) AS code, max(t.error) AS error
    FROM locked l JOIN told t ON t.callback = l.id OR (t.callback IS NULL AND t.vendor_id = l.vendor_id)
    GROUP BY l.id
)
UPDATE outbox o SET
    state = CASE f.rank WHEN 4 THEN 'read' WHEN 3 THEN 'delivered' WHEN 5 THEN 'failed' ELSE 'sent' END,
    vendor_id = coalesce(o.vendor_id, f.vendor_id),
    sent_at = coalesce(o.sent_at, f.at),
    delivered_at = coalesce(o.delivered_at, f.delivered_at, f.read_at),
    read_at = coalesce(o.read_at, f.read_at),
    error_code = CASE WHEN f.rank = 5 THEN f.code ELSE o.error_code END,
    error = CASE WHEN f.rank = 5 THEN f.error ELSE o.error END,
    token = NULL, due = NULL
FROM furthest f
WHERE o.id = f.id AND o.state NOT IN ('failed', 'refused') AND CASE f.rank
    WHEN 5 THEN o.state NOT IN ('delivered', 'read')
    ELSE f.rank > array_position(
        ARRAY['waiting', 'sent', 'delivered', 'read'], replace(o.state, 'sending', 'waiting')) END
RETURNING o.id
""".replace("%(rank)s", "CASE t.state WHEN 'sent' THEN 2 WHEN 'delivered' THEN 3 WHEN 'read' THEN 4 ELSE 5 END")

_NOTE_PART = """
UPDATE outbox SET parts_sent = greatest(parts_sent, %s)
WHERE id = %s AND channel_account_id = %s AND state IN ('waiting', 'sending')
"""

_RENUMBER = """
UPDATE chats c SET user_id = %(new)s, phone = CASE WHEN c.phone IS NULL THEN NULL ELSE %(phone)s END
WHERE c.channel_account_id = %(account)s AND c.user_id = %(old)s
  AND NOT EXISTS (SELECT 1 FROM chats d WHERE d.channel_account_id = c.channel_account_id AND d.user_id = %(new)s)
"""

_QUARANTINE = "INSERT INTO quarantine (channel, app, reason, body) VALUES (%s, %s, %s, %s)"


@dataclass(frozen=True)
class Stored:
    """What a flush did. moved: outbox rows whose state went on (or pages that wait to be sent)."""

    new: int = 0
    known: int = 0
    pages: int = 0
    moved: int = 0


@dataclass
class _People:
    accounts: dict[tuple[UUID, str], Account] = field(default_factory=dict)
    names: dict[tuple[UUID, str], str] = field(default_factory=dict)
    phones: dict[tuple[UUID, str], str] = field(default_factory=dict)

    def add(self, account: Account, user_id: str, name: str = "", phone: str = "") -> None:
        key = (account.id, user_id)
        self.accounts[key] = account
        self.names[key] = name or self.names.get(key, "")
        self.phones[key] = phone or self.phones.get(key, "")


async def write(connection: psycopg.AsyncConnection[Any], events: Sequence[Event], burst_window: float) -> Stored:
    """Store all of it inside the caller's transaction."""
    for event in events:
        if isinstance(event, Renumbered):
            phone = f"+{event.new}" if event.new.isdigit() else None
            await connection.execute(
                _RENUMBER, {"account": event.account.id, "old": event.old, "new": event.new, "phone": phone}
            )
    arrivals = [event for event in events if isinstance(event, Arrival)]
    turns = [event for event in events if isinstance(event, PageTurn)]
    people = _People()
    for arrival in arrivals:
        people.add(arrival.account, arrival.user_id, arrival.inbound.sender_name, arrival.inbound.sender_phone)
    for turn in turns:
        people.add(turn.account, turn.user_id)
    if people.accounts:
        await _lock_chats(connection, people)
    new = await _insert(connection, arrivals, people, burst_window) if arrivals else 0
    pages = 0
    for turn in turns:
        cursor = await connection.execute(
            _TURN_PAGE,
            {
                "account": turn.account.id, "user": turn.user_id, "outbox": turn.outbox_id, "start": turn.start,
                "source": f"{turn.account.id}:{turn.vendor_id}",
            },
        )  # fmt: skip
        pages += cursor.rowcount
    changes = [event for event in events if isinstance(event, StatusChange)]
    whole = [change for change in changes if not change.part or change.state == "failed"]
    moved = await _move_states(connection, whole) if whole else 0
    for change in changes:
        if change.part and change.state != "failed":
            await connection.execute(_NOTE_PART, (change.part, int(change.callback), change.account.id))
    for event in events:
        if isinstance(event, Unreadable):
            body = event.body[:MOST_QUARANTINED_BYTES]
            await connection.execute(_QUARANTINE, (event.channel, event.app, event.reason[:500], body))
    return Stored(new, len(arrivals) - new, pages, moved)


async def _lock_chats(connection: psycopg.AsyncConnection[Any], people: _People) -> None:
    keys = sorted(people.accounts, key=lambda key: (key[0].bytes, key[1]))
    accounts = [people.accounts[key] for key in keys]
    await connection.execute(
        _LOCK_CHATS,
        (
            [new_id() for _ in keys],
            [key[0] for key in keys],
            [account.channel for account in accounts],
            [key[1] for key in keys],
            [people.names[key] for key in keys],
            [people.phones[key] or None for key in keys],
            [account.unit for account in accounts],
        ),
    )


async def _insert(
    connection: psycopg.AsyncConnection[Any], arrivals: Sequence[Arrival], people: _People, window: float
) -> int:
    cursor = await connection.execute(
        _INSERT,
        {
            "accounts": [arrival.account.id for arrival in arrivals],
            "channels": [arrival.account.channel for arrival in arrivals],
            "users": [arrival.user_id for arrival in arrivals],
            "kinds": [arrival.inbound.kind for arrival in arrivals],
            "vendor_ids": [arrival.vendor_id for arrival in arrivals],
            "vendor_ats": [arrival.vendor_at for arrival in arrivals],
            "payloads": [json.dumps(storable(clean_inbound(arrival.inbound).as_json())) for arrival in arrivals],
            "raws": [
                None if arrival.raw is None else json.dumps(storable(mask_raw(arrival.raw))) for arrival in arrivals
            ],
            "people_accounts": [key[0] for key in people.accounts],
            "people_users": [key[1] for key in people.accounts],
            "names": list(people.names.values()),
            "phones": list(people.phones.values()),
            "window": window,
        },
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def _move_states(connection: psycopg.AsyncConnection[Any], changes: Sequence[StatusChange]) -> int:
    cursor = await connection.execute(
        _MOVE_STATES,
        {
            "accounts": [change.account.id for change in changes],
            "callbacks": [int(change.callback) if change.callback else None for change in changes],
            "vendor_ids": [change.vendor_id for change in changes],
            "states": [change.state for change in changes],
            "ats": [change.at for change in changes],
            "codes": [change.error_code or None for change in changes],
            "errors": [change.error or None for change in changes],
        },
    )
    return cursor.rowcount
