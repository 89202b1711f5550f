"""Old rows leave inbox, outbox and tracker by age; what is young, waits or is still read stays."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from huntred.conversations.models import Conversation, InboxRow
from huntred.privacy import archive
from tests.factories.desk import Desk

_INBOX = (
    "INSERT INTO inbox (chat_id, conversation_id, unit, channel_account_id, channel, kind, vendor_id, payload, raw,"
    " state, done_at, received_at) SELECT id, :c, :u, channel_account_id, channel, 'text', :v, :p, '{\"a\": 1}', :s,"
    " :at, :at FROM chats WHERE id = :h"
)


def received(
    desk: Desk, of: Conversation, vendor_id: str, days: int, state: str = "done", unit: Any = "amigro"
) -> None:
    desk.execute(
        _INBOX, c=of.id, h=of.chat_id, u=unit, v=vendor_id, p=json.dumps({"kind": "text", "text": vendor_id}), s=state,
        at=desk.now - timedelta(days=days),
    )  # fmt: skip


def moved(desk: Desk, table: archive.Archived, *, days: int, most: int = archive.BATCH) -> int:
    """Walk through the table as the task does."""
    total, place = 0, archive.first_place(table)
    while place is not None:
        with desk.work() as uow:
            count, place = archive.move_out(uow, table, place, days=days, now=desk.now, most=most)
        total += count
    return total


def rows(desk: Desk, sql: str, **values: Any) -> list[Any]:
    with desk.admin.begin() as connection:
        return list(connection.execute(text(sql), values))


def ids(desk: Desk, sql: str, **values: Any) -> list[Any]:
    return [row[0] for row in rows(desk, sql, **values)]


def test_old_done_rows_leave_the_inbox_and_messages_keep_their_text(desk: Desk) -> None:
    conversation = desk.chat()
    received(desk, conversation, "old", 50)
    received(desk, conversation, "no-unit", 50, unit=None)
    received(desk, conversation, "young", 40)
    received(desk, conversation, "aside", 50, state="aside")
    received(desk, conversation, "waiting", 50, state="waiting")
    desk.execute(
        "INSERT INTO messages (id, unit, conversation_id, direction, author, kind, text, payload, inbox_id)"
        " SELECT gen_random_uuid(), 'amigro', :c, 'in', 'person', 'text', 'hola', '{}', id FROM inbox WHERE vendor_id = 'old'",
        c=conversation.id,
    )  # fmt: skip

    assert moved(desk, "inbox", days=45) == 2

    assert ids(desk, "SELECT vendor_id FROM inbox ORDER BY id") == ["young", "aside", "waiting"]
    kept = rows(desk, "SELECT unit, chat_id, conversation_id, row FROM inbox_archive ORDER BY id")
    assert [(row.unit, row.chat_id, row.row["payload"]["text"]) for row in kept] == [
        ("amigro", conversation.chat_id, "old"), ("amigro", conversation.chat_id, "no-unit"),
    ]  # fmt: skip
    assert not {"raw", "parse"} & set(kept[0].row)
    assert ids(desk, "SELECT text FROM messages WHERE inbox_id IN (SELECT id FROM inbox_archive)") == ["hola"]


def test_nothing_younger_than_thirty_days_leaves_whatever_is_asked(desk: Desk) -> None:
    """A vendor that brings a message again within its days finds it known."""
    desk.now = datetime.now(UTC)  # the floor is by the database's clock
    conversation = desk.chat()
    received(desk, conversation, "w-29", 29)
    received(desk, conversation, "w-31", 31)
    assert moved(desk, "inbox", days=0) == 1
    assert desk.one(InboxRow, ids(desk, "SELECT id FROM inbox")[0]).vendor_id == "w-29"


def test_batches_walk_over_all_of_it_and_pass_over_locked_rows(desk: Desk, database: Any) -> None:
    import psycopg

    conversation = desk.chat()
    for number in range(7):
        received(desk, conversation, f"w-{number}", 60)
    with psycopg.connect(database.admin_url) as other:
        other.execute("SELECT 1 FROM inbox WHERE vendor_id = 'w-3' FOR UPDATE")
        assert moved(desk, "inbox", days=45, most=2) == 6
    assert moved(desk, "inbox", days=45, most=2) == 1


def test_what_is_on_its_way_stays_in_the_outbox(desk: Desk) -> None:
    conversation = desk.chat()
    for number, state in enumerate(("sent", "read", "failed", "refused", "waiting", "sending")):
        desk.execute(
            "INSERT INTO outbox (unit, conversation_id, chat_id, channel, source, source_id, ord, payload, state,"
            " created_at) VALUES ('amigro', :c, :h, 'whatsapp', 'turn', :n, 0, '{\"kind\": \"text\"}', :s, :at)",
            c=conversation.id, h=conversation.chat_id, n=str(number), s=state, at=desk.now - timedelta(days=50),
        )  # fmt: skip
    assert moved(desk, "outbox", days=45) == 4
    assert ids(desk, "SELECT state FROM outbox ORDER BY id") == ["waiting", "sending"]
    assert ids(desk, "SELECT row->>'state' FROM outbox_archive ORDER BY id") == ["sent", "read", "failed", "refused"]


def tracked(desk: Desk, conversation: Conversation, seq: int, kind: str, days: int, event: dict[str, str]) -> None:
    desk.execute(
        "INSERT INTO tracker_events (conversation_id, seq, unit, name, event, at) VALUES (:c, :q, 'amigro', :n, :e, :at)",
        c=conversation.id, q=seq, n=kind, e=json.dumps({"event": kind, **event}), at=desk.now - timedelta(days=days),
    )  # fmt: skip


def test_the_tracker_keeps_everything_from_the_session_that_it_is_read_from(desk: Desk) -> None:
    one, other = desk.chat(), desk.chat()
    for seq, name, more in (
        (1, "session_started", {}), (2, "action", {"name": "action_listen"}), (3, "user", {}),
        (4, "session_started", {}), (5, "action", {"name": "action_listen"}), (6, "user", {}),
    ):  # fmt: skip
        tracked(desk, one, seq, name, 40, more)
    # Its second session has not listened yet: it is read from the first one.
    for seq, name, more in (
        (1, "session_started", {}),
        (2, "action", {"name": "action_listen"}),
        (3, "session_started", {}),
    ):
        tracked(desk, other, seq, name, 40, more)
    assert moved(desk, "tracker_events", days=60) == 0
    assert moved(desk, "tracker_events", days=30, most=2) == 3
    assert ids(desk, "SELECT seq FROM tracker_events WHERE conversation_id = :c ORDER BY seq", c=one.id) == [4, 5, 6]
    assert ids(desk, "SELECT count(*) FROM tracker_events WHERE conversation_id = :c", c=other.id) == [3]
    assert ids(desk, "SELECT row->>'name' FROM tracker_events_archive ORDER BY seq") == [
        "session_started",
        "action",
        "user",
    ]


def test_a_persons_erasure_reaches_the_archive_of_its_unit_only(desk: Desk) -> None:
    one, other = desk.chat(), desk.chat()
    received(desk, one, "one", 60)
    received(desk, other, "other", 60)
    moved(desk, "inbox", days=45)
    with desk.work("huntu") as uow:
        assert archive.erase_archived(uow, [one.id], [one.chat_id]) == 0
    with desk.work() as uow:
        assert archive.erase_archived(uow, [one.id], [one.chat_id]) == 1
    assert ids(desk, "SELECT row->>'vendor_id' FROM inbox_archive") == ["other"]


def test_what_belongs_to_no_unit_is_forgotten_after_thirty_days(desk: Desk) -> None:
    conversation = desk.chat()
    received(desk, conversation, "no-unit", 31, state="aside", unit=None)
    received(desk, conversation, "a-units", 31, state="aside")
    for days in (31, 29):
        desk.execute(
            "INSERT INTO quarantine (channel, app, reason, body, received_at) VALUES ('whatsapp', 'demo', 'x', 'b', :at)",
            at=desk.now - timedelta(days=days),
        )
    with desk.work() as uow:
        assert archive.forget_unowned(uow, now=desk.now) == 2
    assert ids(desk, "SELECT count(*) FROM quarantine") == [1]
    assert ids(desk, "SELECT vendor_id FROM inbox WHERE raw IS NULL") == ["no-unit"]
