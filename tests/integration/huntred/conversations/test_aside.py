"""What could not be handled is told of, listed and replayed; a replay twice does nothing more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from contract.message import Inbound
from huntred.conversations.aside import (
    list_aside,
    list_quarantine,
    replay_aside,
    replay_quarantine,
)
from huntred.conversations.events import MessagePutAside
from huntred.conversations.models import Chat, Conversation, InboxRow, Quarantined
from huntred.errors import NotFound
from huntred.events.registry import Context
from huntred.notifications.handlers import tell_of_aside
from tests.factories.desk import Desk


def put_aside(desk: Desk, conversation: Conversation) -> list[int]:
    """Two bubbles that were one turn, and one that is done."""
    account = desk.one(Chat, conversation.chat_id).channel_account_id
    rows = [
        InboxRow(
            chat_id=conversation.chat_id, conversation_id=conversation.id, unit="amigro", channel_account_id=account,
            channel="whatsapp", kind="text", vendor_id=f"aside-{number}", state=state, attempts=3, error="KeyError: x",
            payload=Inbound("text", text=f"parte {number}").as_json(),
        )
        for number, state in enumerate(("aside", "aside", "done"))
    ]  # fmt: skip
    desk.add(*rows)
    found = desk.inbox(conversation.chat_id)
    first = found[0].id
    desk.execute("UPDATE inbox SET turn_id = :t, parse = '{}' WHERE chat_id = :c", t=first, c=conversation.chat_id)
    return [row.id for row in found]


def test_it_is_listed_for_its_unit_only(desk: Desk) -> None:
    conversation = desk.chat()
    put_aside(desk, conversation)
    with desk.work() as uow:
        listed = list_aside(uow)
        assert [(one.text, one.error, one.conversation_id) for one in listed] == [
            ("parte 1", "KeyError: x", conversation.id),
            ("parte 0", "KeyError: x", conversation.id),
        ]
        assert [one.text for one in list_aside(uow, before_id=listed[0].inbox_id)] == ["parte 0"]
    with desk.work("huntu") as uow:
        assert list_aside(uow) == []
        with pytest.raises(NotFound):
            replay_aside(uow, listed[0].inbox_id, now=desk.now)


def test_a_replay_lets_the_whole_turn_wait_again_and_once(desk: Desk) -> None:
    conversation = desk.chat()
    first, second, done = put_aside(desk, conversation)
    for expected in (2, 0):
        with desk.work() as uow:
            assert replay_aside(uow, second, now=desk.now) == expected
    with desk.work() as uow:
        assert replay_aside(uow, done, now=desk.now) == 0
    rows = {row.id: row for row in desk.inbox(conversation.chat_id)}
    assert [rows[id_].state for id_ in (first, second, done)] == ["waiting", "waiting", "done"]
    assert {(rows[id_].attempts, rows[id_].parse, rows[id_].turn_id) for id_ in (first, second)} == {(0, None, first)}
    assert desk.one(Chat, conversation.chat_id).due == desk.now


def test_the_unit_is_told_by_mail_unless_it_was_replayed(desk: Desk) -> None:
    conversation = desk.chat()
    first, *_ = put_aside(desk, conversation)
    event = MessagePutAside(first, conversation.id)
    context = Context(desk.now, desk.links)
    with desk.work() as uow:
        tell_of_aside(uow, event, context)
        tell_of_aside(uow, event, context)
    ((address, mail),) = desk.sent("email")
    assert "@" in address
    assert f"/conversations/{conversation.id}" in mail.text
    with desk.work() as uow:
        replay_aside(uow, first, now=desk.now)
        tell_of_aside(uow, event, replace(context, now=desk.now.replace(year=desk.now.year + 1)))
    assert len(desk.sent("email")) == 1


def test_a_body_is_marked_for_the_gateway_by_who_sees_all_units(desk: Desk) -> None:
    desk.add(Quarantined(channel="whatsapp", app="demo", reason="not a webhook", body=b"{"))
    with desk.work() as uow:
        assert list_quarantine(uow) == []
    with desk.work(all_units=True) as uow:
        (unread,) = list_quarantine(uow)
        assert (unread.body, unread.result) == (b"{", "")
        assert replay_quarantine(uow, unread.id, now=desk.now)
    (row,) = desk.rows(select(Quarantined))
    assert row.replay_at == desk.now
    desk.execute("UPDATE quarantine SET replay_at = NULL, replayed_at = :n", n=desk.now)
    with desk.work(all_units=True) as uow:
        assert not replay_quarantine(uow, unread.id, now=desk.now)
