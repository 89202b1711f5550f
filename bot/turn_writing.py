"""The statements of a turn's commit. Each goes out in the caller's pipeline, under the chat's lock, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import Cursor
from psycopg.types.json import Jsonb

from bot.order import FROM_INSIDE
from bot.said import Offer, Said
from bot.store import Connection
from bot.turn import Turn
from contract.ids import new_id

_PRIORITIES = {"reply": 10, "promotion": 0}
_PRIORITY = 5
# What is said to a person leaves a closed conversation closed; whatever comes from them opens it again.
_SAID_TO_THEM = ("notice", "consultant")

_HEARD = """
INSERT INTO messages (id, unit, conversation_id, direction, author, kind, text, payload, intent, confidence, inbox_id,
    at)
SELECT id, %(unit)s, %(conversation)s, 'in', 'person', kind, text, payload, %(intent)s, %(confidence)s, inbox_id, at
FROM jsonb_to_recordset(%(rows)s) AS h (id uuid, kind text, text text, payload jsonb, inbox_id bigint, at timestamptz)
ON CONFLICT (inbox_id) DO NOTHING
"""
_EVENTS = """
INSERT INTO tracker_events (conversation_id, seq, unit, name, event)
SELECT %(conversation)s, %(last)s + ord, %(unit)s, event->>'event', event
FROM jsonb_array_elements(%(events)s) WITH ORDINALITY AS e (event, ord)
"""
# The bubbles of a turn differ by a microsecond at least: they are shown in the order of their times.
_SAID = """
WITH given AS (
    SELECT * FROM jsonb_to_recordset(%(said)s) AS g (ord int, id uuid, source text, purpose text, author text,
        user_id uuid, kind text, text text, payload jsonb, priority int)
), sent AS (
    INSERT INTO outbox (unit, conversation_id, chat_id, channel_account_id, channel, source, source_id, ord, purpose,
        payload, priority, due)
    SELECT %(unit)s, %(conversation)s, %(chat)s, %(account)s, %(channel)s, source, %(turn)s, ord, purpose, payload,
        priority, clock_timestamp()
    FROM given ORDER BY ord
    ON CONFLICT (source, source_id, ord) DO NOTHING
    RETURNING id, ord
)
INSERT INTO messages (id, unit, conversation_id, direction, author, user_id, kind, text, payload, outbox_id, at)
SELECT given.id, %(unit)s, %(conversation)s, 'out', author, user_id, kind, text, payload, sent.id,
    statement_timestamp() + ord * interval '1 microsecond'
FROM given JOIN sent USING (ord)
"""
_OPTIONS = """
INSERT INTO offered_options (conversation_id, option_id, unit, title, description, intent, entities, ord, turn_id,
    multiple, offered_at, expires_at)
SELECT DISTINCT ON (id) %(conversation)s, id, %(unit)s, title, description, intent, entities, ord, %(turn)s, multiple,
    now(), now() + interval '30 days'
FROM jsonb_to_recordset(%(offered)s)
    AS o (ord int, id text, title text, description text, intent text, entities jsonb, multiple boolean)
ORDER BY id, ord DESC
ON CONFLICT (conversation_id, option_id) DO UPDATE SET
    title = excluded.title, description = excluded.description, intent = excluded.intent,
    entities = excluded.entities, ord = excluded.ord, turn_id = excluded.turn_id,
    multiple = excluded.multiple, offered_at = excluded.offered_at, expires_at = excluded.expires_at
"""
_CONVERSATION = """
UPDATE conversations SET version = version + 1, current_step = %(step)s,
    message_count = message_count + %(messages)s, last_message_at = clock_timestamp(),
    unread_count = CASE WHEN handling IN ('bot', 'closed') THEN 0 ELSE unread_count + %(heard)s END,
    handling = CASE WHEN handling = 'closed' AND %(reopens)s THEN 'bot' ELSE handling END,
    last_text = coalesce(nullif(%(text)s, ''), last_text), language = coalesce(nullif(%(language)s, ''), language)
WHERE id = %(id)s AND version = %(version)s
"""
_DONE = "UPDATE inbox SET state = 'done', done_at = clock_timestamp(), error = NULL WHERE id = ANY(%s)"


def heard(connection: Connection, turn: Turn) -> None:
    """What the person wrote, as people read it."""
    rows = [row for row in turn.rows if row.kind not in FROM_INSIDE]
    if not rows:
        return
    intent = (turn.parse or {}).get("intent") or {}
    confidence = intent.get("confidence")
    connection.execute(
        _HEARD,
        {
            "unit": turn.unit, "conversation": turn.conversation_id, "intent": intent.get("name"),
            "confidence": None if confidence is None else f"{confidence:.3f}",
            "rows": Jsonb([
                {
                    "id": str(new_id()), "kind": row.kind, "text": row.payload.text, "payload": row.payload.as_json(),
                    "inbox_id": row.id, "at": row.received_at.isoformat(),
                }
                for row in rows
            ]),
        },
    )  # fmt: skip


def events(connection: Connection, turn: Turn, fresh: Sequence[dict[str, Any]]) -> None:
    """The tracker's new events, numbered on."""
    if fresh:
        connection.execute(
            _EVENTS,
            {
                "conversation": turn.conversation_id, "last": turn.last_seq, "unit": turn.unit,
                "events": Jsonb(list(fresh)),
            },
        )  # fmt: skip


def said(connection: Connection, turn: Turn, ones: Sequence[Said], source: str = "") -> None:
    """What is sent, and the same as people read it; a second time under the same source nothing.

    source: instead of each one's own.
    """
    if not ones:
        return
    given = [
        {
            "ord": ord_, "id": str(new_id()), "source": source or one.source, "purpose": one.purpose,
            "author": one.author, "user_id": str(one.user_id) if one.user_id else None, "kind": one.message.kind,
            "text": one.message.text, "payload": one.message.as_json(),
            "priority": _PRIORITIES.get(one.purpose, _PRIORITY),
        }
        for ord_, one in enumerate(ones)
    ]  # fmt: skip
    connection.execute(
        _SAID,
        {
            "unit": turn.unit, "conversation": turn.conversation_id, "chat": turn.chat_id,
            "account": turn.channel_account_id, "channel": turn.channel, "turn": str(turn.id), "said": Jsonb(given),
        },
    )  # fmt: skip


def options(connection: Connection, turn: Turn, ones: Sequence[Said]) -> None:
    """What the person was shown: numbers and titles mean the latest; an older button still works by its id."""
    if not ones:
        return
    if any(option.ord > 0 for option in turn.options):
        connection.execute(
            "UPDATE offered_options SET ord = -ord WHERE conversation_id = %s AND ord > 0", (turn.conversation_id,)
        )
    # Numbered as they are drawn: each message counts from 1 and an id once; a number means the latest message.
    latest_first: dict[str, tuple[bool, Offer]] = {}
    for one in reversed(ones):
        for offer in one.offers:
            latest_first.setdefault(offer.id, (one.message.kind == "multi_select", offer))
    offered = [
        {
            "ord": number, "id": offer.id, "title": offer.title, "description": offer.description,
            "intent": offer.intent, "entities": offer.entities, "multiple": multiple,
        }
        for number, (multiple, offer) in enumerate(latest_first.values(), start=1)
    ]  # fmt: skip
    if offered:
        connection.execute(
            _OPTIONS,
            {"conversation": turn.conversation_id, "unit": turn.unit, "turn": turn.id, "offered": Jsonb(offered)},
        )


def conversation(connection: Connection, turn: Turn, ones: Sequence[Said], step: str) -> Cursor[dict[str, Any]]:
    """Compare and set the conversation's version; no row was updated where it changed hands meanwhile."""
    rows = [row for row in turn.rows if row.kind not in FROM_INSIDE]
    texts = [one.message.text for one in ones if one.message.text]
    return connection.execute(
        _CONVERSATION,
        {
            "step": step, "messages": len(rows) + len(ones), "heard": len(rows),
            "reopens": turn.rows[0].kind not in _SAID_TO_THEM, "id": turn.conversation_id, "language": turn.language,
            "text": (texts[-1] if texts else rows[-1].payload.text if rows else "")[:200], "version": turn.version,
        },
    )  # fmt: skip


def done(connection: Connection, turn: Turn) -> None:
    connection.execute(_DONE, ([row.id for row in turn.rows],))


def event(connection: Connection, turn: Turn, name: str, payload: Mapping[str, Any]) -> None:
    """Store an event for the app's handlers (huntred/conversations/events.py has its class)."""
    connection.execute(
        "INSERT INTO stored_events (unit, name, payload) VALUES (%s, %s, %s)", (turn.unit, name, Jsonb(dict(payload)))
    )


def campaign_followed(connection: Connection, turn: Turn) -> None:
    """That the code of a campaign was said, from when it came."""
    event(
        connection, turn, "CampaignFollowed",
        {
            "conversation_id": str(turn.conversation_id), "code": turn.campaign,
            "at": turn.rows[0].received_at.isoformat(),
        },
    )  # fmt: skip
