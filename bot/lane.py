"""The queue of chats: claim one, pin what is read, commit its turn or give it back.

A chat is a lane: whoever holds its token works on it alone and in order. Everything that a turn changes is
written by `commit` in one transaction, and only while the token still holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool

from bot.said import Said
from bot.store import Connection, transaction
from bot.turn import InboxRow, OfferedOption, Overtaken, Turn
from contract.ids import new_id
from contract.message import Inbound

_OPTION_LIFE = "30 days"
_FROM_INSIDE = ("notice", "consultant", "opened")


@dataclass(frozen=True)
class Claim:
    chat_id: UUID
    token: UUID


class Lane:
    """units: whose chats this process takes. lease, burst: seconds."""

    def __init__(self, pool: ConnectionPool[Connection], units: Sequence[str], *, lease: float, burst: float) -> None:
        self._pool = pool
        self._units = list(units)
        self._lease = lease
        self._burst = burst

    def claim(self) -> Claim | None:
        """Lease the chat that has been due longest, or return None."""
        token = uuid4()
        with transaction(self._pool) as connection:
            row = connection.execute(
                "SELECT id FROM chats WHERE due <= clock_timestamp() AND unit = ANY(%s)"
                " ORDER BY due LIMIT 1 FOR UPDATE SKIP LOCKED",
                (self._units,),
            ).fetchone()
            if row is None:
                return None
            connection.execute(
                "UPDATE chats SET due = clock_timestamp() + make_interval(secs => %s), token = %s WHERE id = %s",
                (self._lease, token, row["id"]),
            )
        return Claim(row["id"], token)

    def seconds_until_due(self) -> float | None:
        """Return how long until the next chat is due (0 where one is), or None where none will be."""
        with transaction(self._pool) as connection:
            row = connection.execute(
                "SELECT greatest(extract(epoch FROM min(due) - clock_timestamp()), 0)::float AS wait"
                " FROM chats WHERE due IS NOT NULL AND unit = ANY(%s)",
                (self._units,),
            ).fetchone()
        return None if row is None else row["wait"]

    def renew(self, tokens: Sequence[UUID]) -> None:
        """Push the expiry of the leases that are still ours."""
        if tokens:
            with transaction(self._pool) as connection:
                connection.execute(
                    "UPDATE chats SET due = clock_timestamp() + make_interval(secs => %s) WHERE token = ANY(%s)",
                    (self._lease, list(tokens)),
                )

    def open_turn(self, claim: Claim) -> Turn | None:
        """Pin the waiting rows that are read as one message and load their conversation.

        Returns None, and gives the chat back, where nothing waits. Raises Overtaken where the lease is lost.
        """
        with transaction(self._pool) as connection:
            chat = self._lock(connection, claim)
            rows = self._waiting(connection, claim.chat_id)
            if not rows:
                self._give_back(connection, claim, self._next_due(connection, claim.chat_id))
                return None
            rows = _of_one_turn(rows, self._burst)
            # A turn that is tried again stays where it was pinned, even if its action has moved the chat on.
            # What comes from inside names its unit: a reminder of one unit is said by it, wherever the chat is now.
            stays = rows[0].turn_id or (rows[0].kind in _FROM_INSIDE and rows[0].unit in self._units)
            unit: str = (rows[0].unit if stays else None) or chat["unit"]
            connection.execute("SELECT set_config('app.units', %s, true)", (unit,))
            conversation = self._conversation(connection, chat, unit)
            connection.execute(
                "UPDATE inbox SET turn_id = %s, conversation_id = %s, unit = %s WHERE id = ANY(%s)",
                (rows[0].turn_id or rows[0].id, conversation["id"], unit, [row.id for row in rows]),
            )
            events = connection.execute(
                "SELECT seq, event FROM tracker_events WHERE conversation_id = %s AND seq >= coalesce("
                " (SELECT max(seq) FROM tracker_events WHERE conversation_id = %s AND name = 'session_started'), 0)"
                " ORDER BY seq",
                (conversation["id"], conversation["id"]),
            ).fetchall()
            options = connection.execute(
                "SELECT option_id, title, intent, entities, ord, multiple, expires_at < now() AS expired"
                " FROM offered_options WHERE conversation_id = %s ORDER BY ord",
                (conversation["id"],),
            ).fetchall()
        return Turn(
            chat_id=claim.chat_id,
            token=claim.token,
            unit=unit,
            channel=chat["channel"],
            channel_account_id=chat["channel_account_id"],
            conversation_id=conversation["id"],
            rows=rows,
            handling=conversation["handling"],
            version=conversation["version"],
            last_seq=events[-1]["seq"] if events else 0,
            events=[row["event"] for row in events],
            options=[OfferedOption(id=row.pop("option_id"), **row) for row in options],
            parse=rows[0].parse,
        )

    def pin_parse(self, turn: Turn, parse: dict[str, Any]) -> None:
        """Store the parse before anything is predicted, so that a replay predicts from the same."""
        with transaction(self._pool, turn.unit) as connection:
            updated = connection.execute(
                "UPDATE inbox SET parse = %s WHERE id = %s AND EXISTS"
                " (SELECT 1 FROM chats WHERE id = %s AND token = %s)",
                (Jsonb(parse), turn.rows[0].id, turn.chat_id, turn.token),
            )
            if updated.rowcount != 1:
                raise Overtaken("the lease was lost before the parse was pinned")

    def commit(self, turn: Turn, events: Sequence[dict[str, Any]], said: Sequence[Said], step: str) -> None:
        """Write the whole turn: tracker, messages, replies, options, rows done, the chat's next due time.

        events: new events of the tracker. said: in order. step: the active form, or "".
        Raises Overtaken where the lease is lost or the conversation changed hands meanwhile.
        """
        with transaction(self._pool, turn.unit) as connection:
            self._lock(connection, Claim(turn.chat_id, turn.token))
            for row in turn.rows:
                if row.kind not in _FROM_INSIDE:
                    _write_inbound(connection, turn, row)
            _write_events(connection, turn, events)
            for ord_, one in enumerate(said):
                _write_said(connection, turn, ord_, one)
            _write_options(connection, turn, said)
            heard = [row for row in turn.rows if row.kind not in _FROM_INSIDE]
            texts = [one.message.text for one in said if one.message.text]
            last_text = (texts[-1] if texts else heard[-1].payload.text if heard else "")[:200]
            updated = connection.execute(
                "UPDATE conversations SET version = version + 1, current_step = %s,"
                " message_count = message_count + %s, last_message_at = clock_timestamp(),"
                " unread_count = CASE WHEN handling = 'bot' THEN 0 ELSE unread_count + %s END,"
                " last_text = coalesce(nullif(%s, ''), last_text)"
                " WHERE id = %s AND version = %s",
                (step, len(heard) + len(said), len(heard), last_text, turn.conversation_id, turn.version),
            )
            if updated.rowcount != 1:
                raise Overtaken("the conversation changed hands during the turn")
            connection.execute(
                "UPDATE inbox SET state = 'done', done_at = clock_timestamp(), error = NULL WHERE id = ANY(%s)",
                ([row.id for row in turn.rows],),
            )
            self._give_back(connection, Claim(turn.chat_id, turn.token), self._next_due(connection, turn.chat_id))
        self._announce(turn)

    def retry_later(self, claim: Claim, seconds: float) -> None:
        """Give the chat back, due again after a while; its rows keep waiting, pinned as they are."""
        with transaction(self._pool) as connection:
            connection.execute(
                "UPDATE chats SET token = NULL, due = clock_timestamp() + make_interval(secs => %s)"
                " WHERE id = %s AND token = %s",
                (seconds, claim.chat_id, claim.token),
            )

    def count_fault(self, turn: Turn, error: str) -> int:
        """Note a fault of the message itself; return how many there are now."""
        with transaction(self._pool, turn.unit) as connection:
            row = connection.execute(
                "UPDATE inbox SET attempts = attempts + 1, error = %s WHERE id = %s RETURNING attempts",
                (error[:2000], turn.rows[0].id),
            ).fetchone()
        return int(row["attempts"]) if row else 0

    def put_aside(self, turn: Turn, said: Sequence[Said]) -> None:
        """Put the rows aside for a person to look at, tell the person so, and let the conversation go on."""
        with transaction(self._pool, turn.unit) as connection:
            self._lock(connection, Claim(turn.chat_id, turn.token))
            for row in turn.rows:
                if row.kind not in _FROM_INSIDE:
                    _write_inbound(connection, turn, row)
            for ord_, one in enumerate(said):
                _write_said(connection, turn, ord_, one, source="aside")
            connection.execute("UPDATE inbox SET state = 'aside' WHERE id = ANY(%s)", ([row.id for row in turn.rows],))
            self._give_back(connection, Claim(turn.chat_id, turn.token), self._next_due(connection, turn.chat_id))
        self._announce(turn)

    def say_outage(self, turn: Turn, one: Said) -> None:
        """Say once for a message that we are slow; a second call for the same message does nothing."""
        with transaction(self._pool, turn.unit) as connection:
            _write_said(connection, turn, 0, one, source="outage")
        self._announce(turn)

    def end_handoff_queue(self, turn: Turn) -> None:
        """The person prefers the bot to waiting: the conversation is the bot's again."""
        with transaction(self._pool, turn.unit) as connection:
            connection.execute(
                "UPDATE conversations SET handling = 'bot' WHERE id = %s AND handling = 'queued' AND version = %s",
                (turn.conversation_id, turn.version),
            )
            connection.execute(
                "UPDATE handoffs SET state = 'returned', returned_at = clock_timestamp()"
                " WHERE conversation_id = %s AND state = 'queued'",
                (turn.conversation_id,),
            )
        turn.handling = "bot"

    def _lock(self, connection: Connection, claim: Claim) -> dict[str, Any]:
        chat = connection.execute(
            "SELECT id, unit, channel, channel_account_id, conversation_id, person_id FROM chats"
            " WHERE id = %s AND token = %s FOR UPDATE",
            (claim.chat_id, claim.token),
        ).fetchone()
        if chat is None:
            raise Overtaken("the lease was lost")
        return chat

    def _waiting(self, connection: Connection, chat_id: UUID) -> list[InboxRow]:
        rows = connection.execute(
            "SELECT id, kind, vendor_id, payload, received_at, turn_id, parse, attempts, conversation_id, unit"
            " FROM inbox WHERE chat_id = %s AND state = 'waiting' ORDER BY id LIMIT 50",
            (chat_id,),
        ).fetchall()
        return [InboxRow(**{**row, "payload": Inbound.from_json(row["payload"])}) for row in rows]

    def _conversation(self, connection: Connection, chat: dict[str, Any], unit: str) -> dict[str, Any]:
        connection.execute(
            "INSERT INTO conversations (id, unit, chat_id, channel, person_id, last_inbound_at)"
            " VALUES (%s, %s, %s, %s, %s, clock_timestamp()) ON CONFLICT (chat_id, unit) DO NOTHING",
            (new_id(), unit, chat["id"], chat["channel"], chat["person_id"]),
        )
        conversation = connection.execute(
            "SELECT id, handling, version FROM conversations WHERE chat_id = %s AND unit = %s",
            (chat["id"], unit),
        ).fetchone()
        assert conversation is not None
        if unit == chat["unit"] and chat["conversation_id"] != conversation["id"]:
            connection.execute("UPDATE chats SET conversation_id = %s WHERE id = %s", (conversation["id"], chat["id"]))
        return conversation

    def _next_due(self, connection: Connection, chat_id: UUID) -> Any:
        row = connection.execute(
            "SELECT CASE WHEN kind = 'text' THEN received_at + make_interval(secs => %s) ELSE received_at END AS due"
            " FROM inbox WHERE chat_id = %s AND state = 'waiting' ORDER BY id LIMIT 1",
            (self._burst, chat_id),
        ).fetchone()
        return row["due"] if row else None

    def _give_back(self, connection: Connection, claim: Claim, due: Any) -> None:
        connection.execute(
            "UPDATE chats SET token = NULL, due = %s, version = version + 1 WHERE id = %s AND token = %s",
            (due, claim.chat_id, claim.token),
        )

    def _announce(self, turn: Turn) -> None:
        """Wake the gateway and the live pages; after the commit, since NOTIFY inside takes a global lock."""
        with transaction(self._pool) as connection:
            connection.execute("SELECT pg_notify('outbox', '')")
            connection.execute(
                "SELECT pg_notify('live', json_build_object('unit', %s::text, 'conversation', %s::text)::text)",
                (turn.unit, str(turn.conversation_id)),
            )


def _of_one_turn(rows: list[InboxRow], burst: float) -> list[InboxRow]:
    """Return the first row, or the rows that were pinned with it, or the free texts of one burst."""
    first = rows[0]
    if first.turn_id is not None:
        return [row for row in rows if row.turn_id == first.turn_id]
    turn = [first]
    if first.kind == "text":
        for row in rows[1:]:
            gap = (row.received_at - turn[-1].received_at).total_seconds()
            if row.kind != "text" or row.turn_id is not None or gap > burst:
                break
            turn.append(row)
    return turn


def _write_inbound(connection: Connection, turn: Turn, row: InboxRow) -> None:
    parse = turn.parse or {}
    intent = parse.get("intent") or {}
    confidence = intent.get("confidence")
    connection.execute(
        "INSERT INTO messages (id, unit, conversation_id, direction, author, kind, text, payload, intent,"
        " confidence, inbox_id, at) VALUES (%s, %s, %s, 'in', 'person', %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (inbox_id) DO NOTHING",
        (
            new_id(), turn.unit, turn.conversation_id, row.kind, row.payload.text, Jsonb(row.payload.as_json()),
            intent.get("name"), None if confidence is None else f"{confidence:.3f}", row.id, row.received_at,
        ),
    )  # fmt: skip


def _write_events(connection: Connection, turn: Turn, events: Sequence[dict[str, Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO tracker_events (conversation_id, seq, unit, name, event) VALUES (%s, %s, %s, %s, %s)",
            [
                (turn.conversation_id, turn.last_seq + number, turn.unit, str(event["event"]), Jsonb(event))
                for number, event in enumerate(events, start=1)
            ],
        )


def _write_said(connection: Connection, turn: Turn, ord_: int, one: Said, source: str = "") -> None:
    row = connection.execute(
        "INSERT INTO outbox (unit, conversation_id, chat_id, channel_account_id, channel, source, source_id, ord,"
        " purpose, payload, priority, due) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, clock_timestamp())"
        " ON CONFLICT (source, source_id, ord) DO NOTHING RETURNING id",
        (
            turn.unit, turn.conversation_id, turn.chat_id, turn.channel_account_id, turn.channel,
            source or one.source, str(turn.id), ord_, one.purpose, Jsonb(one.message.as_json()),
            10 if one.purpose == "reply" else 5,
        ),
    ).fetchone()  # fmt: skip
    if row is None:
        return
    connection.execute(
        "INSERT INTO messages (id, unit, conversation_id, direction, author, user_id, kind, text, payload,"
        " outbox_id) VALUES (%s, %s, %s, 'out', %s, %s, %s, %s, %s, %s)",
        (
            new_id(), turn.unit, turn.conversation_id, one.author, one.user_id, one.message.kind,
            one.message.text, Jsonb(one.message.as_json()), row["id"],
        ),
    )  # fmt: skip


def _write_options(connection: Connection, turn: Turn, said: Sequence[Said]) -> None:
    if not said:
        return
    # Numbers and titles mean what was shown last; an older button still works by its id.
    connection.execute(
        "UPDATE offered_options SET ord = 0 WHERE conversation_id = %s AND ord > 0", (turn.conversation_id,)
    )
    offered = [(one, offer) for one in said for offer in one.offers]
    for number, (one, offer) in enumerate(offered, start=1):
        connection.execute(
            "INSERT INTO offered_options (conversation_id, option_id, unit, title, intent, entities, ord, turn_id,"
            " multiple, offered_at, expires_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, now(),"
            f" now() + interval '{_OPTION_LIFE}') ON CONFLICT (conversation_id, option_id) DO UPDATE SET"
            " title = excluded.title, intent = excluded.intent, entities = excluded.entities, ord = excluded.ord,"
            " turn_id = excluded.turn_id, multiple = excluded.multiple, offered_at = excluded.offered_at,"
            " expires_at = excluded.expires_at",
            (
                turn.conversation_id, offer.id, turn.unit, offer.title, offer.intent, Jsonb(offer.entities), number,
                turn.id, one.message.kind == "multi_select",
            ),
        )  # fmt: skip
