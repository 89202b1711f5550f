"""The SQL of one flush: everything that came in together, in one transaction.

Chats are locked first, in one order, so that two flushes neither deadlock nor invert the messages of a chat. A chat
that is leased keeps its due; one that waits out a burst is put off while the burst goes on, three windows at most.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import psycopg

from bot import reasons, vendor_news, watermarks
from bot.accounts import Account
from bot.arrivals import (
    AccountNews,
    Arrival,
    Bounce,
    Event,
    PageTurn,
    Renumbered,
    StatusChange,
    TemplateNews,
    Unreadable,
    Watermark,
)
from bot.cleaning import clean_inbound, mask_raw, storable
from bot.encoding import encode
from bot.floods import USUAL, Floods
from contract.ids import new_id
from contract.message import Inbound

MOST_QUARANTINED_BYTES = 65_536

_Cursor = psycopg.AsyncCursor[Any]

_LOCK_CHATS = """
INSERT INTO chats AS c (id, channel_account_id, channel, user_id, user_name, phone, unit)
SELECT * FROM json_to_recordset(%s)
    AS n (id uuid, account uuid, channel text, user_id text, name text, phone text, unit text)
ORDER BY account, user_id
ON CONFLICT (channel_account_id, user_id) DO UPDATE SET user_name = excluded.user_name WHERE false
"""

# The chats of one person per row; what is new makes them due, and what was known already changes nothing. To who
# floods one kind line is said at once, and shown in their history, while what they wrote waits. To open a chat opens
# the vendor's window on Messenger and Instagram (their policy names Get started), on WhatsApp it does not.
_INSERT = """
WITH new AS (
    INSERT INTO inbox (chat_id, unit, channel_account_id, channel, kind, vendor_id, vendor_at, vendor_seq, payload,
        raw)
    SELECT c.id, c.unit, n.account, n.channel, n.kind, n.vendor_id, n.vendor_at, n.vendor_seq, n.payload, n.raw
    FROM json_to_recordset(%(arrivals)s) AS n (ord int, account uuid, channel text, user_id text, kind text,
        vendor_id text, vendor_at timestamptz, vendor_seq bigint, payload jsonb, raw jsonb)
    JOIN chats c ON c.channel_account_id = n.account AND c.user_id = n.user_id
    ORDER BY n.ord
    ON CONFLICT (channel_account_id, kind, vendor_id) DO NOTHING
    RETURNING id, chat_id, unit, channel_account_id, channel, kind, payload, received_at, vendor_at
), filed AS (
    INSERT INTO media (id, unit, channel_account_id, channel, chat_id, inbox_id, kind, vendor_id, url, claimed_type,
        claimed_name, claimed_size)
    SELECT (m->>'id')::uuid, unit, channel_account_id, channel, chat_id, new.id, kind, coalesce(m->>'vendor_id', ''),
        coalesce(m->>'url', ''), coalesce(m->>'content_type', ''), coalesce(m->>'filename', ''),
        coalesce((m->>'size')::bigint, 0)
    FROM new, LATERAL (SELECT payload->'media' AS m) file WHERE m ? 'id'
), touched AS (
    SELECT chat_id, count(*) AS rows, bool_and(kind = 'text') AS burst, max(received_at) AS received_at,
        max(least(vendor_at, received_at)) FILTER (WHERE kind <> 'deleted'
            AND (kind <> 'opened' OR channel IN ('messenger', 'instagram'))) AS spoke_at,
        array_agg(received_at) FILTER (WHERE kind <> 'opened') AS ats
    FROM new GROUP BY chat_id
), counted AS (
    SELECT t.*, f.recent, f.flooded, CASE WHEN f.flooded
        THEN t.received_at + make_interval(secs => %(flood_pause)s) ELSE h.paused_until END AS paused_until
    FROM touched t JOIN chats h ON h.id = t.chat_id, LATERAL (
        SELECT array_agg(at ORDER BY at) AS recent, count(*) > %(flood_messages)s
            AND coalesce(h.paused_until <= t.received_at, true) AS flooded
        FROM (SELECT at FROM unnest(h.recent || t.ats) at
            WHERE at > t.received_at - make_interval(secs => %(flood_seconds)s)
            ORDER BY at DESC LIMIT %(flood_messages)s + 1) latest
    ) f
), due AS (
    UPDATE chats c SET
        last_inbound_at = greatest(c.last_inbound_at, t.spoke_at),
        user_name = coalesce(nullif(p.name, ''), c.user_name),
        phone = coalesce(nullif(p.phone, ''), c.phone),
        background = false,
        recent = t.recent,
        paused_until = t.paused_until,
        due = CASE WHEN c.token IS NOT NULL THEN c.due ELSE greatest(t.paused_until, CASE
            WHEN NOT t.burst THEN least(c.due, t.received_at)
            WHEN c.due IS NULL THEN t.received_at + make_interval(secs => %(window)s)
            WHEN c.due <= t.received_at THEN c.due
            ELSE greatest(c.due, least(
                t.received_at + make_interval(secs => %(window)s),
                (SELECT min(i.received_at) FROM inbox i WHERE i.chat_id = c.id AND i.state = 'waiting')
                    + make_interval(secs => 3 * %(window)s)))
        END) END
    FROM counted t
    JOIN chats d ON d.id = t.chat_id
    JOIN json_to_recordset(%(people)s) AS p (account uuid, user_id text, name text, phone text)
        ON p.account = d.channel_account_id AND p.user_id = d.user_id
    WHERE c.id = t.chat_id
    RETURNING c.id, c.unit, c.channel_account_id, c.channel, c.paused_until, c.conversation_id, t.spoke_at, t.rows,
        t.flooded
), told AS (
    UPDATE conversations v SET last_inbound_at = greatest(v.last_inbound_at, due.spoke_at)
    FROM due WHERE v.id = due.conversation_id AND due.spoke_at IS NOT NULL
), said AS (
    INSERT INTO outbox (unit, conversation_id, chat_id, channel_account_id, channel, source, source_id, ord, purpose,
        payload, priority, due)
    SELECT d.unit, v.id, d.id, d.channel_account_id, d.channel, 'flood', d.id || ':' || d.paused_until, 0, 'reply',
        jsonb_build_object('kind', 'text', 'text', coalesce(%(lines)s::jsonb->>d.unit, %(lines)s::jsonb->>'')), 10,
        clock_timestamp()
    FROM due d LEFT JOIN conversations v ON v.id = d.conversation_id AND v.unit = d.unit
    WHERE d.flooded AND %(lines)s::jsonb <> '{}'
    ON CONFLICT (source, source_id, ord) DO NOTHING
    RETURNING id, unit, conversation_id, payload
), shown AS (
    INSERT INTO messages (id, unit, conversation_id, direction, author, kind, text, payload, outbox_id)
    SELECT gen_random_uuid(), unit, conversation_id, 'out', 'bot', 'text', payload->>'text', payload, id
    FROM said WHERE conversation_id IS NOT NULL
)
SELECT coalesce(sum(rows), 0), (SELECT count(*) FROM said) FROM due
"""

_KEEP_CONTENT = "UPDATE media SET content = %s WHERE id = %s"

# What the next mail of a chat answers to. An older mail that comes late does not move the thread back.
_THREAD = """
UPDATE chats SET thread = %(thread)s::jsonb WHERE channel_account_id = %(account)s AND user_id = %(user)s
  AND coalesce(thread->>'at' <= %(at)s, true)
"""

# A mail that came back. Its Message-ID, which nobody can guess, is the proof that it was ours.
_BOUNCED = """
UPDATE outbox SET state = 'failed', error_code = %s, error = %s, token = NULL, due = NULL
WHERE id = %s AND vendor_id = %s AND channel = 'email' AND state IN ('sending', 'sent', 'delivered')
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
        ARRAY['waiting', 'sent', 'delivered', 'read'],
        CASE WHEN o.state IN ('held', 'sending', 'review') THEN 'waiting' ELSE o.state END) END
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

    def encoded(self) -> str:
        """Everybody once, as JSON for the statements; the ids are those of the chats that are new."""
        return encode(
            [
                {
                    "id": new_id(), "account": key[0], "channel": account.channel, "user_id": key[1],
                    "name": self.names[key], "phone": self.phones[key] or None, "unit": account.unit,
                }
                for key, account in self.accounts.items()
            ]
        )  # fmt: skip


async def write(
    connection: psycopg.AsyncConnection[Any],
    events: Sequence[Event],
    burst_window: float,
    floods: Floods = USUAL,
    patience: float | None = None,
) -> Stored:
    """Store all of it in one transaction of its own, committed on return. connection: one that commits by itself.

    patience: seconds that it waits for a chat whose row somebody holds; the connection's own unless told.
    Everything is made ready first and goes to the server as one batch, BEGIN to COMMIT: with one round trip nobody who
    wants the same chats waits for this process's turn at a busy processor.
    """
    prepared = _Prepared(events, burst_window, floods)
    async with connection.pipeline():
        await connection.execute("BEGIN")
        if patience is not None:
            await connection.execute("SELECT set_config('lock_timeout', %s, true)", (f"{patience * 1000:.0f}ms",))
        cursors = await _send(connection, prepared)
        await connection.execute("COMMIT")
    new, lines = (await cursors.inserted.fetchone() or (0, 0)) if cursors.inserted else (0, 0)
    return Stored(
        new=int(new),
        known=len(prepared.arrivals) - int(new),
        pages=int(lines) + sum(cursor.rowcount for cursor in cursors.pages),
        moved=sum(cursor.rowcount for cursor in cursors.moved),
    )


class _Prepared:
    """What came in, sorted by kind and written down for the statements."""

    def __init__(self, events: Sequence[Event], window: float, floods: Floods) -> None:
        self.events = events
        self.arrivals = [event for event in events if isinstance(event, Arrival)]
        self.turns = [event for event in events if isinstance(event, PageTurn)]
        self.changes = [event for event in events if isinstance(event, StatusChange)]
        self.marks = [event for event in events if isinstance(event, Watermark)]
        self.news = [event for event in events if isinstance(event, TemplateNews)]
        people = _People()
        for arrival in self.arrivals:
            people.add(arrival.account, arrival.user_id, arrival.inbound.sender_name, arrival.inbound.sender_phone)
        for turn in self.turns:
            people.add(turn.account, turn.user_id)
        self.people = people.encoded() if people.accounts else ""
        self.inbounds = [_with_file_id(clean_inbound(arrival.inbound)) for arrival in self.arrivals]
        rows = [
            {
                "ord": ord_, "account": arrival.account.id, "channel": arrival.account.channel,
                "user_id": arrival.user_id, "kind": inbound.kind, "vendor_id": arrival.vendor_id,
                "vendor_at": arrival.vendor_at, "vendor_seq": arrival.vendor_seq, "payload": inbound.as_json(),
                "raw": None if arrival.raw is None else mask_raw(arrival.raw),
            }
            for ord_, (arrival, inbound) in enumerate(zip(self.arrivals, self.inbounds, strict=True))
        ]  # fmt: skip
        self.values = {
            "arrivals": encode(rows), "people": self.people, "window": window, "flood_messages": floods.messages,
            "flood_seconds": floods.seconds, "flood_pause": floods.pause, "lines": json.dumps(dict(floods.lines)),
        }  # fmt: skip


@dataclass
class _Cursors:
    """What tells, once all is committed, what was done."""

    inserted: _Cursor | None = None
    pages: list[_Cursor] = field(default_factory=list)
    moved: list[_Cursor] = field(default_factory=list)


async def _send(connection: psycopg.AsyncConnection[Any], prepared: _Prepared) -> _Cursors:
    """Send the statements in the caller's pipeline; none of them waits for the result of another."""
    cursors = _Cursors()
    for event in prepared.events:
        if isinstance(event, Renumbered):
            phone = f"+{event.new}" if event.new.isdigit() else None
            await connection.execute(
                _RENUMBER, {"account": event.account.id, "old": event.old, "new": event.new, "phone": phone}
            )
    if prepared.people:
        await connection.execute(_LOCK_CHATS, (prepared.people,))
    if prepared.arrivals:
        cursors.inserted = await connection.execute(_INSERT, prepared.values)
        await _send_extras(connection, prepared)
    for turn in prepared.turns:
        cursors.pages.append(
            await connection.execute(
                _TURN_PAGE,
                {
                    "account": turn.account.id, "user": turn.user_id, "outbox": turn.outbox_id, "start": turn.start,
                    "source": f"{turn.account.id}:{turn.vendor_id}",
                },
            )
        )  # fmt: skip
    whole = [change for change in prepared.changes if not change.part or change.state == "failed"]
    if whole:
        cursors.moved.append(await _move_states(connection, whole))
    if prepared.marks:
        cursors.moved.extend(await watermarks.move(connection, prepared.marks))
    for change in prepared.changes:
        if change.part and change.state != "failed":
            await connection.execute(_NOTE_PART, (change.part, int(change.callback), change.account.id))
    if prepared.news:
        await vendor_news.keep_templates(connection, prepared.news)
    for event in prepared.events:
        if isinstance(event, Bounce):
            await connection.execute(
                _BOUNCED, (event.code[:20], event.reason[:500], event.outbox_id, event.message_id)
            )
        elif isinstance(event, AccountNews):
            await vendor_news.keep_account(connection, event)
        elif isinstance(event, Unreadable):
            body = event.body[:MOST_QUARANTINED_BYTES]
            await connection.execute(_QUARANTINE, [*storable([event.channel, event.app, event.reason[:500]]), body])
    return cursors


async def _send_extras(connection: psycopg.AsyncConnection[Any], prepared: _Prepared) -> None:
    """The files that mails bring with them, and what the next mail of a chat answers to."""
    for arrival, inbound in zip(prepared.arrivals, prepared.inbounds, strict=True):
        if arrival.content is not None and inbound.media is not None:
            # Of a repeated mail the id is of no row, and nothing is kept twice.
            await connection.execute(_KEEP_CONTENT, (arrival.content, inbound.media.id))
        if arrival.thread is not None:
            thread = storable(arrival.thread)
            await connection.execute(
                _THREAD,
                {
                    "thread": json.dumps(thread), "at": thread["at"], "account": arrival.account.id,
                    "user": arrival.user_id,
                },
            )  # fmt: skip


def _with_file_id(inbound: Inbound) -> Inbound:
    """Give a file the id of its row in `media`. A sticker is no file that anybody looks at later."""
    if inbound.media is None or inbound.kind == "sticker":
        return inbound
    return replace(inbound, media=replace(inbound.media, id=str(new_id())))


async def _move_states(connection: psycopg.AsyncConnection[Any], changes: Sequence[StatusChange]) -> _Cursor:
    return await connection.execute(
        _MOVE_STATES,
        {
            "accounts": [change.account.id for change in changes],
            "callbacks": [int(change.callback) if change.callback else None for change in changes],
            "vendor_ids": [change.vendor_id for change in changes],
            "states": [change.state for change in changes],
            "ats": [change.at for change in changes],
            "codes": [change.error_code or None for change in changes],
            "errors": [
                reasons.say(change.account.channel, change.error_code, change.error) if change.error_code
                else change.error or None
                for change in changes
            ],
        },
    )
