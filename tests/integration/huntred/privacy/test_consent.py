"""Consent before anything that nobody asked for (C13, LFPDPPP)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from huntred.conversations.models import Conversation
from huntred.notifications.service import tell
from huntred.people import service as people
from huntred.people.models import Consent
from huntred.privacy import service as privacy
from tests.factories.desk import Desk


def test_the_notice_is_accepted_in_the_version_of_today(desk: Desk) -> None:
    conversation = desk.chat()
    with desk.work() as uow:
        person = people.person_of(uow, conversation.id, now=desk.now)
        assert not privacy.has_accepted(uow, person.id)
        privacy.accept_notice(uow, person.id, "whatsapp", now=desk.now)
        privacy.accept_notice(uow, person.id, "whatsapp", now=desk.now)
        assert privacy.has_accepted(uow, person.id)
    (row,) = desk.rows(select(Consent))
    assert (row.purpose, row.granted, row.version, row.channel) == ("privacy_notice", True, "2026-11", "whatsapp")
    desk.execute("UPDATE units SET privacy_version = '2027-01' WHERE code = 'amigro'")
    with desk.work() as uow:
        assert not privacy.has_accepted(uow, person.id), "a new text is asked for anew"


def test_accepting_at_one_unit_says_nothing_about_another(desk: Desk) -> None:
    conversation = desk.chat()
    with desk.work() as uow:
        person = people.person_of(uow, conversation.id, now=desk.now)
        privacy.accept_notice(uow, person.id, "whatsapp", now=desk.now)
    with desk.work("huntu") as uow:
        assert not privacy.has_accepted(uow, person.id)


def test_nobody_is_written_to_first_without_having_agreed(desk: Desk) -> None:
    conversation = desk.chat()
    with desk.work() as uow:
        person = people.person_of(uow, conversation.id, now=desk.now)
        row = uow.session.get_one(Conversation, conversation.id)
        assert not tell(uow, row, "k-1", "utter_reminder_24h", {}, now=desk.now)
        privacy.accept_notice(uow, person.id, "whatsapp", now=desk.now)
        assert tell(uow, row, "k-2", "utter_reminder_24h", {}, now=desk.now)
        assert not tell(uow, row, "k-3", "utter_new_vacancy", {}, now=desk.now, purpose="promotion")
        privacy.opt_in(uow, conversation.id, now=desk.now)
        assert tell(uow, row, "k-4", "utter_new_vacancy", {}, now=desk.now, purpose="promotion")
    assert [one.vendor_id for one in desk.inbox(conversation.chat_id)] == ["notice:k-2", "notice:k-4"]


def test_alto_ends_it_on_that_channel_and_alta_brings_it_back(desk: Desk) -> None:
    conversation = desk.chat()
    with desk.work() as uow:
        person = people.person_of(uow, conversation.id, now=desk.now)
        privacy.accept_notice(uow, person.id, "whatsapp", now=desk.now)
        assert privacy.opt_out(uow, conversation.id, now=desk.now)
        assert not privacy.opt_out(uow, conversation.id, now=desk.now), "confirmed once"
    stored = desk.one(Conversation, conversation.id)
    assert stored.opted_out == ["notice", "promotion"]
    with desk.work() as uow:
        row = uow.session.get_one(Conversation, conversation.id)
        assert not tell(uow, row, "k-1", "utter_reminder_24h", {}, now=desk.now)
        assert not privacy.may_mail_first(uow, person.id)
        assert privacy.opt_in(uow, conversation.id, now=desk.now + timedelta(minutes=1))
        assert tell(uow, row, "k-2", "utter_reminder_24h", {}, now=desk.now)
        assert [entry.granted for entry in privacy.ledger(uow, person.id) if entry.purpose == "messages"] == [True, False]


def test_the_same_persons_other_chats_of_that_channel_fall_silent_too(desk: Desk) -> None:
    first, second, other_channel = desk.chat(), desk.chat(), desk.chat(channel="telegram")
    with desk.work() as uow:
        person = people.person_of(uow, first.id, now=desk.now)
    for conversation in (second, other_channel):
        desk.execute("UPDATE conversations SET person_id = :p WHERE id = :c", p=person.id, c=conversation.id)
    with desk.work() as uow:
        privacy.opt_out(uow, first.id, now=desk.now)
    assert desk.one(Conversation, second.id).opted_out == ["notice", "promotion"]
    assert desk.one(Conversation, other_channel.id).opted_out == []


def test_what_the_gateway_goes_by_follows_the_ledger(desk: Desk) -> None:
    first, second, other_channel = desk.chat(), desk.chat(), desk.chat(channel="telegram")
    with desk.work() as uow:
        person = people.person_of(uow, first.id, now=desk.now)
    for conversation in (second, other_channel):
        desk.execute("UPDATE conversations SET person_id = :p WHERE id = :c", p=person.id, c=conversation.id)

    def agreed() -> list[list[str]]:
        return [desk.one(Conversation, one.id).agreed for one in (first, second, other_channel)]

    assert agreed() == [[], [], []]
    with desk.work() as uow:
        privacy.opt_in(uow, first.id, now=desk.now)
    assert agreed() == [["promotion"], ["promotion"], []]
    with desk.work() as uow:
        privacy.opt_out(uow, second.id, now=desk.now + timedelta(minutes=1))
    assert agreed() == [[], [], []]
    with desk.work() as uow:
        privacy.opt_in(uow, first.id, now=desk.now + timedelta(minutes=2))
        privacy.refuse_notice(uow, person.id, "whatsapp", now=desk.now + timedelta(minutes=3))
    assert agreed() == [[], [], []]
