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
from bot import storing_sql as sql
from bot.accounts import Account
from bot.arrivals import (
    AccountNews,
    Arrival,
    Bounce,
    Event,
    IntakeMail,
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
                sql.RENUMBER, {"account": event.account.id, "old": event.old, "new": event.new, "phone": phone}
            )
    if prepared.people:
        await connection.execute(sql.LOCK_CHATS, (prepared.people,))
    if prepared.arrivals:
        cursors.inserted = await connection.execute(sql.INSERT, prepared.values)
        await _send_extras(connection, prepared)
    for turn in prepared.turns:
        cursors.pages.append(
            await connection.execute(
                sql.TURN_PAGE,
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
            await connection.execute(sql.NOTE_PART, (change.part, int(change.callback), change.account.id))
    if prepared.news:
        await vendor_news.keep_templates(connection, prepared.news)
    for event in prepared.events:
        if isinstance(event, Bounce):
            await connection.execute(
                sql.BOUNCED, (event.code[:20], event.reason[:500], event.outbox_id, event.message_id)
            )
        elif isinstance(event, AccountNews):
            await vendor_news.keep_account(connection, event)
        elif isinstance(event, IntakeMail):
            told = storable([event.message_id, event.sender, event.sender_name, event.subject])
            await connection.execute(
                sql.KEEP_INTAKE, (new_id(), event.account.unit, event.account.id, *told, event.raw, event.sent_at)
            )
        elif isinstance(event, Unreadable):
            body = event.body[:MOST_QUARANTINED_BYTES]
            await connection.execute(sql.QUARANTINE, [*storable([event.channel, event.app, event.reason[:500]]), body])
    return cursors


async def _send_extras(connection: psycopg.AsyncConnection[Any], prepared: _Prepared) -> None:
    """The files that mails bring with them, and what the next mail of a chat answers to."""
    for arrival, inbound in zip(prepared.arrivals, prepared.inbounds, strict=True):
        if arrival.content is not None and inbound.media is not None:
            # Of a repeated mail the id is of no row, and nothing is kept twice.
            await connection.execute(sql.KEEP_CONTENT, (arrival.content, inbound.media.id))
        if arrival.thread is not None:
            thread = storable(arrival.thread)
            await connection.execute(
                sql.THREAD,
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
        sql.MOVE_STATES,
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
