"""The way into a chat from inside."""

from __future__ import annotations

from datetime import timedelta

import psycopg

from contract.ids import new_id
from contract.message import Inbound
from huntred.conversations.lane import enter
from huntred.conversations.models import Chat
from tests.factories.desk import Desk

NOTICE = Inbound("notice", values={"response": "utter_reminder_24h", "values": {"position": "Cajera"}})


def test_a_notice_makes_its_chat_due_and_wakes_the_bot_after_the_commit(desk: Desk) -> None:
    conversation = desk.chat()
    url = desk.admin.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as listener:
        listener.execute("LISTEN inbox")
        with desk.work() as uow:
            assert enter(uow, conversation.chat_id, "notice", NOTICE, "n-1", now=desk.now)
            with uow.session.begin_nested():
                pass  # a savepoint is no commit
            assert list(listener.notifies(timeout=0.2)) == []
        assert [note.channel for note in listener.notifies(timeout=5, stop_after=1)] == ["inbox"]

    (row,) = desk.inbox(conversation.chat_id)
    assert (row.kind, row.unit, row.state) == ("notice", "amigro", "waiting")
    assert Inbound.from_json(row.payload) == NOTICE
    assert desk.one(Chat, conversation.chat_id).due == desk.now


def test_the_same_notice_enters_once(desk: Desk) -> None:
    conversation = desk.chat()
    for expected in (True, False):
        with desk.work() as uow:
            assert enter(uow, conversation.chat_id, "notice", NOTICE, "n-1", now=desk.now) is expected
    assert len(desk.inbox(conversation.chat_id)) == 1


def test_a_lease_is_not_touched(desk: Desk) -> None:
    """The turn that holds the chat gives it its next time when it ends."""
    conversation = desk.chat()
    expiry = desk.now + timedelta(seconds=15)
    desk.execute("UPDATE chats SET token = :t, due = :d WHERE id = :c", t=new_id(), d=expiry, c=conversation.chat_id)
    with desk.work() as uow:
        enter(uow, conversation.chat_id, "notice", NOTICE, "n-1", now=desk.now)
    assert desk.one(Chat, conversation.chat_id).due == expiry


def test_what_is_rolled_back_wakes_nobody(desk: Desk) -> None:
    conversation = desk.chat()
    url = desk.admin.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as listener:
        listener.execute("LISTEN inbox")
        try:
            with desk.work() as uow:
                enter(uow, conversation.chat_id, "notice", NOTICE, "n-1", now=desk.now)
                raise InterruptedError
        except InterruptedError:
            pass
        assert list(listener.notifies(timeout=0.3)) == []
    assert desk.inbox(conversation.chat_id) == []
