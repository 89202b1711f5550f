"""A conversation goes to a person and comes back (C12)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from contract.message import Inbound
from huntred.conversations import handoff
from huntred.conversations.errors import AlreadyTaken, NotTaken
from huntred.conversations.models import Conversation, Handoff
from huntred.errors import FieldInvalid, NotFound
from huntred.events.models import StoredEvent
from tests.factories.desk import Desk


def test_asked_for_twice_it_waits_once(desk: Desk) -> None:
    conversation = desk.chat()
    with desk.work() as uow:
        first = handoff.request_handoff(uow, conversation.id, "quiere hablar de su contrato", now=desk.now)
        again = handoff.request_handoff(uow, conversation.id, "otra vez", now=desk.now)
        assert first.id == again.id
    stored = desk.one(Conversation, conversation.id)
    assert (stored.handling, stored.version) == ("queued", 0)
    assert [event.name for event in desk.rows(select(StoredEvent))] == ["HandoffRequested"]


def test_one_of_two_consultants_takes_it(desk: Desk) -> None:
    conversation = desk.chat()
    with desk.work() as uow:
        handoff.request_handoff(uow, conversation.id, now=desk.now)
    users = [desk.user(), desk.user()]

    def take(user_id: object) -> str:
        try:
            with desk.work(user_id=user_id) as uow:
                handoff.take(uow, conversation.id, user_id, now=desk.now)  # type: ignore[arg-type]
        except AlreadyTaken:
            return "refused"
        return "taken"

    with ThreadPoolExecutor(2) as both:
        results = sorted(both.map(take, [user.id for user in users]))
    assert results == ["refused", "taken"]
    stored = desk.one(Conversation, conversation.id)
    assert stored.handling == "with_person"
    assert stored.version == 1, "a turn that was in the middle must not commit"


def test_a_reply_enters_the_lane_once_in_the_consultants_name(desk: Desk) -> None:
    conversation, user = desk.chat(), desk.user()
    with desk.work() as uow:
        handoff.take(uow, conversation.id, user.id, now=desk.now)
        for expected in (True, False):
            assert expected is handoff.reply(
                uow, conversation.id, user.id, " Hola, soy Laura ", now=desk.now, message_id="m-1"
            )
    (row,) = desk.inbox(conversation.chat_id)
    payload = Inbound.from_json(row.payload)
    assert (row.kind, payload.text, payload.values["user_id"]) == ("consultant", "Hola, soy Laura", str(user.id))
    assert row.conversation_id == conversation.id


def test_only_who_has_it_writes_and_gives_it_back(desk: Desk) -> None:
    conversation, user, other = desk.chat(), desk.user(), desk.user()
    with desk.work() as uow:
        with pytest.raises(NotTaken):
            handoff.reply(uow, conversation.id, user.id, "hola", now=desk.now, message_id="m-0")
        handoff.take(uow, conversation.id, user.id, now=desk.now)
        with pytest.raises(NotTaken):
            handoff.reply(uow, conversation.id, other.id, "hola", now=desk.now, message_id="m-1")
        with pytest.raises(NotTaken):
            handoff.give_back(uow, conversation.id, other.id, now=desk.now)
        with pytest.raises(FieldInvalid):
            handoff.reply(uow, conversation.id, user.id, "  ", now=desk.now, message_id="m-2")
        with pytest.raises(FieldInvalid):
            handoff.reply(uow, conversation.id, user.id, "a" * 5000, now=desk.now, message_id="m-3")


def test_given_back_the_bot_says_so(desk: Desk) -> None:
    conversation, user = desk.chat(), desk.user()
    with desk.work() as uow:
        handoff.request_handoff(uow, conversation.id, now=desk.now)
        handoff.take(uow, conversation.id, user.id, now=desk.now)
        handoff.give_back(uow, conversation.id, user.id, now=desk.now + timedelta(minutes=9))
    stored = desk.one(Conversation, conversation.id)
    assert (stored.handling, stored.assigned_to) == ("bot", None)
    (row,) = desk.inbox(conversation.chat_id)
    assert row.payload["values"]["response"] == "utter_handoff_returned"
    assert [one.state for one in desk.rows(select(Handoff))] == ["returned"]


def test_a_colleague_who_is_away_can_be_released(desk: Desk) -> None:
    conversation, user = desk.chat(), desk.user()
    with desk.work() as uow:
        handoff.take(uow, conversation.id, user.id, now=desk.now)
        handoff.release(uow, conversation.id, now=desk.now)
        handoff.release(uow, conversation.id, now=desk.now)
    assert desk.one(Conversation, conversation.id).handling == "bot"
    assert len(desk.inbox(conversation.chat_id)) == 1


def test_who_waited_too_long_is_told_and_goes_on_with_the_bot(desk: Desk) -> None:
    late, fresh, gone = desk.chat(), desk.chat(), desk.chat()
    with desk.work() as uow:
        handoff.request_handoff(uow, late.id, now=desk.now - timedelta(minutes=481))
        handoff.request_handoff(uow, fresh.id, now=desk.now - timedelta(minutes=5))
        handoff.request_handoff(uow, gone.id, now=desk.now - timedelta(minutes=481))
    # That person preferred the menu to waiting: the turn puts the conversation back by itself.
    desk.execute("UPDATE conversations SET handling = 'bot' WHERE id = :c", c=gone.id)
    with desk.work() as uow:
        assert handoff.time_out(uow, now=desk.now) == 1
        assert handoff.time_out(uow, now=desk.now) == 0
    assert desk.one(Conversation, late.id).handling == "bot"
    assert desk.one(Conversation, fresh.id).handling == "queued"
    assert desk.inbox(late.chat_id)[0].payload["values"]["response"] == "utter_handoff_timed_out"
    assert desk.inbox(gone.chat_id) == []


def test_of_a_demonstration_nobody_waits_too_long(desk: Desk) -> None:
    shown = desk.chat()
    with desk.work() as uow:
        handoff.request_handoff(uow, shown.id, now=desk.now - timedelta(days=3))
    desk.execute("UPDATE conversations SET generated = true WHERE id = :c", c=shown.id)

    with desk.work() as uow:
        assert handoff.time_out(uow, now=desk.now) == 0

    assert desk.one(Conversation, shown.id).handling == "queued"
    assert desk.inbox(shown.chat_id) == []


def test_another_units_consultant_sees_no_such_conversation(desk: Desk) -> None:
    conversation = desk.chat()
    stranger = desk.user("huntu")
    with desk.work("huntu", user_id=stranger.id) as uow, pytest.raises(NotFound):
        handoff.take(uow, conversation.id, stranger.id, now=desk.now)
