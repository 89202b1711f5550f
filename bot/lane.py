"""The queue of chats: take one with what is read as its next turn, commit the turn or give the chat back.

A chat is a lane: whoever holds its token works on it alone and in order. Everything that a turn changes is
written by `commit` in one transaction, and only while the token still holds. What a transaction does goes to the
server in two batches (psycopg's pipeline), the commit of a claim with the second. Only `commit` and its like wait for
the disk: a claim that a crash of the server forgets is claimed again under another token.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool, PoolTimeout

from bot import lane_sql as sql
from bot import turn_writing as writing
from bot.order import FROM_INSIDE, in_order, is_late, of_one_turn
from bot.said import Said
from bot.store import Connection, transaction
from bot.turn import InboxRow, OfferedOption, Overtaken, Turn
from contract.ids import new_id
from contract.message import Inbound

logger = logging.getLogger(__name__)

_PAUSE_OF_BROKEN = 1.0


@dataclass(frozen=True)
class Kept:
    """A tracker that was kept from a conversation's last turn. version: of the conversation then."""

    version: int
    last_seq: int
    tracker: Any


Keeper = Callable[[str, UUID], "Kept | None"]


class Lane:
    """units: whose chats this process takes. lease, burst: seconds."""

    def __init__(self, pool: ConnectionPool[Connection], units: Sequence[str], *, lease: float, burst: float) -> None:
        self._pool = pool
        self._units = list(units)
        self._lease = lease
        self._burst = burst

    def take(
        self, kept: Keeper = lambda unit, conversation_id: None, *, background: bool = False
    ) -> tuple[bool, Turn | None]:
        """Lease the chat that has been due longest, and pin and load what is read as its next turn.

        Chats where a person waits go before those where nothing but notices do; background: the other way round.
        kept: asked for the tracker of (unit, conversation). Returns whether a chat was due, and its turn: None where
        nothing waits there, or where it is another process's (which is told).
        """
        token = uuid4()
        claim = sql.CLAIM_BACKGROUND if background else sql.CLAIM_ANY
        chat: dict[str, Any] | None = None
        try:
            with transaction(self._pool) as connection:
                with connection.pipeline():
                    claimed = connection.execute(
                        claim, {"lease": self._lease, "token": token, "units": self._units}, prepare=True
                    )
                    waiting = connection.execute(sql.WAITING, prepare=True)
                    conversation = connection.execute(sql.CLAIMED_CONVERSATION, prepare=True)
                chat = claimed.fetchone()
                if chat is None:
                    return False, None
                rows = in_order([_row_of(row) for row in waiting.fetchall()])
                if not rows:
                    self._give_back(connection, chat["id"], token)
                    return True, None
                unit = _unit_of(rows[0], chat)
                if unit not in self._units:
                    connection.execute(
                        "UPDATE chats SET token = NULL, due = now(), turn_unit = %s WHERE id = %s", (unit, chat["id"])
                    )
                    turn = None
                else:
                    found = conversation.fetchone() if unit == (chat["turn_unit"] or chat["unit"]) else None
                    turn = self._open(connection, chat, token, unit, rows, found, kept)
        except (psycopg.OperationalError, PoolTimeout):
            raise
        except Exception:
            if chat is None:
                raise
            # Nobody holds it: without a pause everybody would try it again at once, and for ever.
            logger.exception("the next turn of chat %s cannot be read", chat["id"])
            self._put_off(chat["id"])
            return True, None
        if turn is None:
            self.wake_others()
        return True, turn

    def seconds_until_due(self) -> float | None:
        """Return how long until the next chat is due (0 where one is), or None where none will be."""
        with transaction(self._pool) as connection:
            row = connection.execute(sql.UNTIL_DUE, {"units": self._units}).fetchone()
        return None if row is None else row["wait"]

    def renew(self, held: Mapping[UUID, UUID]) -> None:
        """Push the expiry of the leases that are still ours. held: chat → token."""
        if held:
            with transaction(self._pool) as connection:
                connection.execute(
                    "UPDATE chats c SET due = clock_timestamp() + make_interval(secs => %s)"
                    " FROM unnest(%s::uuid[], %s::uuid[]) AS h (id, token) WHERE c.id = h.id AND c.token = h.token",
                    (self._lease, list(held), list(held.values())),
                )

    def pin_parse(self, turn: Turn, parse: dict[str, Any]) -> None:
        """Store the parse before the first action is called, so that a replay predicts from the same."""
        with transaction(self._pool) as connection:
            with connection.pipeline():
                connection.execute(sql.WITHOUT_WAITING)
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
        with transaction(self._pool) as connection:
            with connection.pipeline():
                locked = self._lock(connection, turn)
                writing.heard(connection, turn)
                writing.events(connection, turn, events)
                writing.said(connection, turn, said)
                writing.options(connection, turn, said)
                updated = writing.conversation(connection, turn, said, step)
                writing.done(connection, turn)
                if turn.campaign:
                    writing.campaign_followed(connection, turn)
                self._give_back(connection, turn.chat_id, turn.token, turn.rows, turn.late)
            if locked.fetchone() is None:
                raise Overtaken("the lease was lost")
            if updated.rowcount != 1:
                raise Overtaken("the conversation changed hands during the turn")
        if turn.campaign:
            self._notify([("events", "")])

    def greeting_of(self, turn: Turn) -> str:
        """Return what the link of the turn's campaign prefilled; "" where it is none of the unit's."""
        with transaction(self._pool, turn.unit) as connection:
            row = connection.execute(
                "SELECT greeting FROM campaigns WHERE unit = %s AND code = %s", (turn.unit, turn.campaign)
            ).fetchone()
        return str(row["greeting"]) if row else ""

    def retry_later(self, turn: Turn, seconds: float) -> None:
        """Give the chat back, due again after a while; its rows keep waiting, pinned as they are."""
        with transaction(self._pool) as connection:
            connection.execute(
                "UPDATE chats SET token = NULL, due = clock_timestamp() + make_interval(secs => %s),"
                " turn_unit = nullif(%s, unit) WHERE id = %s AND token = %s",
                (seconds, turn.unit, turn.chat_id, turn.token),
            )

    def count_fault(self, turn: Turn, error: str) -> int:
        """Note a fault of the message itself; return how many there are now."""
        with transaction(self._pool) as connection:
            row = connection.execute(
                "UPDATE inbox SET attempts = attempts + 1, error = %s WHERE id = %s RETURNING attempts",
                (error[:2000], turn.rows[0].id),
            ).fetchone()
        return int(row["attempts"]) if row else 0

    def put_aside(self, turn: Turn, said: Sequence[Said]) -> None:
        """Put the rows aside, tell the person so and alert the unit's, and let the conversation go on."""
        with transaction(self._pool) as connection:
            with connection.pipeline():
                locked = self._lock(connection, turn)
                writing.heard(connection, turn)
                writing.said(connection, turn, said, source="aside")
                connection.execute(
                    "UPDATE inbox SET state = 'aside' WHERE id = ANY(%s)", ([row.id for row in turn.rows],)
                )
                writing.event(
                    connection, turn, "MessagePutAside",
                    {"inbox_id": turn.rows[0].id, "conversation_id": str(turn.conversation_id)},
                )  # fmt: skip
                self._give_back(connection, turn.chat_id, turn.token, turn.rows, turn.late)
            if locked.fetchone() is None:
                raise Overtaken("the lease was lost")
        self._notify([("events", "")])

    def say_outage(self, turn: Turn, one: Said) -> None:
        """Say once for a message that we are slow; nothing where it was said, is answered, or is no longer ours."""
        with transaction(self._pool) as connection:
            if self._lock(connection, turn).fetchone() is not None:
                writing.said(connection, turn, [one], source="outage")

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

    def announce(self, changed: Iterable[tuple[str, UUID]]) -> None:
        """Wake the gateway and the live pages; after the commit, since NOTIFY inside takes a global lock."""
        live = [("live", f'{{"unit": "{unit}", "conversation": "{conversation}"}}') for unit, conversation in changed]
        self._notify([("outbox", ""), *live])

    def wake_others(self) -> None:
        self._notify([("inbox", "")])

    def _notify(self, told: Sequence[tuple[str, str]]) -> None:
        with transaction(self._pool) as connection:
            connection.execute(
                "SELECT pg_notify(channel, payload) FROM unnest(%s::text[], %s::text[]) AS t (channel, payload)",
                ([channel for channel, _ in told], [payload for _, payload in told]),
            )

    def _open(
        self, connection: Connection, chat: dict[str, Any], token: UUID, unit: str, waiting: list[InboxRow],
        found: dict[str, Any] | None, kept: Keeper,
    ) -> Turn:  # fmt: skip
        """Pin the rows that are read as one message, load their conversation, and commit the claim.

        found: the conversation, where the claim has read it already.
        """
        rows = of_one_turn(waiting, self._burst)
        if found is not None and (unit != chat["unit"] or chat["conversation_id"] == found["id"]):
            conversation = found
        else:
            conversation = self._conversation(connection, chat, unit)
        tracker = kept(unit, conversation["id"])
        if tracker is not None and tracker.version != conversation["version"]:
            tracker = None
        late = frozenset(row.id for row in rows if is_late(row, chat["heard_at"], chat["heard_seq"]))
        with connection.pipeline():
            connection.execute(
                sql.PIN,
                {
                    "turn": rows[0].turn_id or rows[0].id, "conversation": conversation["id"], "unit": unit,
                    "late": list(late), "rows": [row.id for row in rows],
                },
            )  # fmt: skip
            options = connection.execute(sql.OPTIONS, (conversation["id"],))
            loaded = connection.execute(sql.EVENTS, {"conversation": conversation["id"]}) if tracker is None else None
            connection.commit()  # in the same batch: what follows only reads what came
        events = loaded.fetchall() if loaded is not None else []
        return Turn(
            chat_id=chat["id"],
            token=token,
            unit=unit,
            channel=chat["channel"],
            channel_account_id=chat["channel_account_id"],
            conversation_id=conversation["id"],
            rows=rows,
            handling=conversation["handling"],
            version=conversation["version"],
            last_seq=tracker.last_seq if tracker else events[-1]["seq"] if events else 0,
            events=[row["event"] for row in events],
            options=[OfferedOption(id=row.pop("option_id"), **row) for row in options.fetchall()],
            step=conversation["current_step"],
            language=conversation["language"],
            waited=rows[0].waited,
            again=rows[0].turn_id is not None,
            late=late,
            tracker=tracker.tracker if tracker else None,
            loaded_events=len(tracker.tracker.events) if tracker else 0,
            parse=rows[0].parse,
        )

    def _conversation(self, connection: Connection, chat: dict[str, Any], unit: str) -> dict[str, Any]:
        here = unit == chat["unit"]
        with connection.pipeline():
            connection.execute("SELECT set_config('app.units', %s, true)", (unit,))
            if not here or chat["conversation_id"] is None:
                connection.execute(
                    sql.OPEN_CONVERSATION,
                    {
                        "id": new_id(), "unit": unit, "chat": chat["id"], "channel": chat["channel"],
                        "person": chat["person_id"],
                    },
                )  # fmt: skip
            found = connection.execute(sql.CONVERSATION, (chat["id"], unit))
        conversation = found.fetchone()
        if conversation is None:
            raise Overtaken(f"chat {chat['id']} has no conversation of {unit}")
        if here and chat["conversation_id"] != conversation["id"]:
            connection.execute("UPDATE chats SET conversation_id = %s WHERE id = %s", (conversation["id"], chat["id"]))
        return conversation

    def _lock(self, connection: Connection, turn: Turn) -> Any:
        """Lock the chat while its token holds, in the scope of the turn's unit; no row where it does not.

        Against other turns, arrivals and consultants, and not against an action that is still busy with the person.
        """
        connection.execute("SELECT set_config('app.units', %s, true)", (turn.unit,))
        return connection.execute(
            "SELECT id FROM chats WHERE id = %s AND token = %s FOR NO KEY UPDATE", (turn.chat_id, turn.token)
        )

    def _give_back(
        self, connection: Connection, chat_id: UUID, token: UUID, rows: Sequence[InboxRow] = (),
        late: frozenset[int] = frozenset(),
    ) -> None:  # fmt: skip
        heard = [row for row in rows if row.kind not in FROM_INSIDE and row.id not in late]
        connection.execute(
            sql.GIVE_BACK,
            {
                "chat": chat_id, "token": token, "burst": self._burst,
                "heard_at": max((row.vendor_at for row in heard if row.vendor_at), default=None),
                "heard_seq": max((row.vendor_seq for row in heard if row.vendor_seq is not None), default=None),
            },
        )  # fmt: skip

    def _put_off(self, chat_id: UUID) -> None:
        try:
            with transaction(self._pool) as connection:
                connection.execute(
                    "UPDATE chats SET due = clock_timestamp() + make_interval(secs => %s) WHERE id = %s"
                    " AND due <= now()",
                    (_PAUSE_OF_BROKEN, chat_id),
                )
        except Exception as error:
            logger.warning("chat %s could not be put off: %s", chat_id, error)


def _row_of(row: dict[str, Any]) -> InboxRow:
    return InboxRow(**{**row, "payload": Inbound.from_json(row["payload"])})


def _unit_of(first: InboxRow, chat: dict[str, Any]) -> str:
    """A turn that is tried again stays where it was pinned, even if its action has moved the chat on.

    What comes from inside names its unit: a reminder of one unit is said by it, wherever the chat is now.
    """
    stays = first.turn_id is not None or first.kind in FROM_INSIDE
    return str((first.unit if stays else None) or chat["unit"])
